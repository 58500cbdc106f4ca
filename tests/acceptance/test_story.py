"""The story is green whatever the broker, and red for the right reason where a service is wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from acceptance.expected import expected_texts
from acceptance.project import Outcome, normal
from acceptance.story import RED, RedStory, missing, project, story

BROKERS = ["kafka+embedded://", "kafka", "rabbitmq", "sqs+embedded://"]


@pytest.fixture(scope="module", autouse=True)
def _node() -> None:
    if (why := missing()) is not None:
        pytest.skip(why)


@pytest.mark.parametrize("broker", BROKERS, ids=["embedded", "kafka", "rabbitmq", "sqs"])
def test_the_story_is_green_on_every_broker(broker: str, request: pytest.FixtureRequest) -> None:
    """From the click to the parcel, the bank's failures, who listens, and what is no order."""
    url = {
        "kafka": lambda: f"kafka://{request.getfixturevalue('real_kafka')}",
        "rabbitmq": lambda: f"amqp://{request.getfixturevalue('real_rabbitmq')}",
    }.get(broker, lambda: broker)()
    run = story(url)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "4 scenarios passed, 0 failed, 0 skipped" in run.stdout


@pytest.fixture(scope="module")
def red(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """One run with a scenario for every fault."""
    made = project(tmp_path_factory.mktemp("story"))
    made.write("features/red.feature", "Feature: Red\n\n" + "\n".join(r.scenario() for r in RED))
    return made.behave()


@pytest.mark.parametrize("example", RED, ids=lambda each: each.name)
def test_a_fault_of_a_service_is_told_as_what_it_is(example: RedStory, red: Outcome) -> None:
    """The verdict is "failed", and its text is the expected one."""
    assert example.name in red.verdicts, red.output
    found = red.verdicts[example.name]
    text = re.sub(r"after \d+\.\d\d s", "after T s", normal(found.text))
    assert (found.status, text) == ("failed", expected_texts("story")[example.name])


def test_a_dead_service_is_told_before_all_else(tmp_path: Path) -> None:
    """What does not come where nobody lives who could send it is an error, whatever waits for it."""
    made = project(tmp_path)
    steps = {
        "row": 'the table "shipments" of the database "shop" has exactly 1 row within 500 ms',
        "no row": 'the table "shipments" of the database "shop" has no rows within 500 ms',
        "call": 'the webhook "bank" receives a POST request within 500 ms',
        "no call": 'the webhook "bank" receives no request during 500 ms',
        "push": 'the WebSocket "ann" receives a message within 500 ms',
        "no push": 'the WebSocket "ann" receives no message during 500 ms',
        "answer": 'a GET request to "/orders/ORD-1" returns 200 within 500 ms',
    }
    crash = RedStory("{}", "shipping", "crash-on-event").scenario()
    died = (
        'the log of the service "shipping" contains "fatal: the ledger does not add up"\n    And '
    )
    made.write(
        "features/dead.feature",
        "Feature: Dead\n\n"
        + "\n".join(
            crash.replace("shipping, crash-on-event", name).replace("Then {}", f"Then {died}{then}")
            for name, then in steps.items()
        ),
    )
    outcome = made.behave()
    assert {name: verdict.status for name, verdict in outcome.verdicts.items()} == dict.fromkeys(
        steps, "error"
    ), outcome.output
    for name in steps:
        assert 'service "shipping" ended with exit code 1' in outcome.verdicts[name].text
