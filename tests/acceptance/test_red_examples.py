"""Every Then-phrase turns red by the fault it is about, with exactly the text that is expected.

And it is an error, never green and never a failure, where the service or the broker is dead. What
behave says stands word for word in expected/; moments, addresses, names and ids are made alike.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from acceptance.examples import (
    EXAMPLES,
    NEEDS_NO_BROKER,
    NEEDS_NO_SERVICE,
    NOT_STARTED,
    UNPROVEN,
    RedExample,
)
from acceptance.expected import expected_texts
from acceptance.project import Outcome, Project, Verdict, normal, settings_of_shop
from acceptance.table import Cell, table

from evtbdd.cli.steps import load_libraries
from evtbdd.phrases.catalogue import registered

ON_DEAD_SERVICE = [e for e in EXAMPLES if not e.phrase.startswith(NEEDS_NO_SERVICE)]
ON_DEAD_BROKER = [e for e in EXAMPLES if not e.phrase.startswith(NEEDS_NO_BROKER)]

BROKER_STEPS = """
from behave import when

from evtbdd.clock import Deadline


@when('the broker "{name}" is gone')
def broker_is_gone(context, name):
    context.evtbdd._facilities.channels.brokers._places[name].provisioned.give_back.pop()()


@when('the service "{name}" has died')
def service_has_died(context, name):
    service = context.evtbdd.services.get(name)
    assert service.require_started().wait(Deadline.after(10)) is not None
"""


def run(folder: Path, scenarios: Sequence[str], settings: str) -> Outcome:
    project = Project(folder)
    project.write("evtbdd.cfg", settings)
    project.write("steps/broker_steps.py", BROKER_STEPS)
    project.write("features/red.feature", "Feature: Red\n\n" + "\n".join(scenarios))
    return project.behave()


@pytest.fixture(scope="module", params=["embedded", "real"])
def url(request: pytest.FixtureRequest) -> str:
    """Where the broker comes from: each verdict is the same on each."""
    if request.param == "embedded":
        return "kafka+embedded://"
    return f"kafka://{request.getfixturevalue('real_kafka')}"


@pytest.fixture(scope="module")
def with_faults(url: str, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """Each example with its own fault; and the services that never get ready."""
    scenarios = [each.scenario() for each in (*EXAMPLES, *UNPROVEN, *NOT_STARTED)]
    settings = settings_of_shop(url).replace(
        "consumes = orders", "consumes = orders\nstart timeout = 3 seconds"
    )
    return run(tmp_path_factory.mktemp("faults"), scenarios, settings)


@pytest.fixture(scope="module")
def on_dead_service(url: str, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """Each example with a service that dies at the first event."""
    scenarios = [each.scenario_on_dead_service() for each in ON_DEAD_SERVICE]
    return run(tmp_path_factory.mktemp("service"), scenarios, settings_of_shop(url))


@pytest.fixture(scope="module")
def on_dead_broker(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """Each example about channels of a broker that is gone, a broker for each."""
    brokers = [f"doomed-{number}" for number in range(len(ON_DEAD_BROKER))]
    scenarios = [
        each.scenario_on_dead_broker(broker)
        for each, broker in zip(ON_DEAD_BROKER, brokers, strict=True)
    ]
    sections = [f"[evtbdd:broker:{broker}]\nurl = kafka+embedded://\n" for broker in brokers]
    settings = "[evtbdd]\nconnect timeout = 1 second\n" + "\n".join(sections)
    return run(tmp_path_factory.mktemp("broker"), scenarios, settings)


def verdict(outcome: Outcome, example: RedExample) -> Verdict:
    assert example.name in outcome.verdicts, outcome.output
    found = outcome.verdicts[example.name]
    text = normal(found.text)
    return Verdict(found.status, text if example.numbered else re.sub(r"#\d+", "#N", text))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each.name)
def test_a_fault_fails_the_phrase_with_the_expected_text(
    example: RedExample, with_faults: Outcome, red_table: list[Cell]
) -> None:
    """The verdict is "failed", and its text is the expected one."""
    found = verdict(with_faults, example)
    red_table.append(Cell(example.phrase, example.fault, found.status, found.text))
    assert (found.status, found.text) == ("failed", expected_texts("failed")[example.name])


@pytest.mark.parametrize("example", [*UNPROVEN, *NOT_STARTED], ids=lambda each: each.name)
def test_what_cannot_be_said_is_an_error_with_the_expected_text(
    example: RedExample, with_faults: Outcome, red_table: list[Cell]
) -> None:
    """The verdict is "error", and its text is the expected one."""
    found = verdict(with_faults, example)
    phrase = example.phrase or 'the service "NAME" is running'
    red_table.append(Cell(phrase, example.fault, found.status, found.text))
    assert (found.status, found.text) == ("error", expected_texts("error")[example.name])


@pytest.mark.parametrize("example", ON_DEAD_SERVICE, ids=lambda each: each.name)
def test_a_dead_service_is_an_error(
    example: RedExample, on_dead_service: Outcome, red_table: list[Cell]
) -> None:
    """Whatever the phrase: the error names the service and how it ended, before all else."""
    found = verdict(on_dead_service, example)
    red_table.append(Cell(example.phrase, "dead service", found.status, found.text))
    if example.name == "log does not contain, it does":
        # What contradicts a claim does so whether or not the service lives on.
        assert found.status == "failed"
        return
    assert found.status == "error"
    assert "ended with exit code 1" in found.text.split("\n")[0]


@pytest.mark.parametrize("example", ON_DEAD_BROKER, ids=lambda each: each.name)
def test_a_dead_broker_is_an_error(
    example: RedExample, on_dead_broker: Outcome, red_table: list[Cell]
) -> None:
    """Whatever the phrase: the error names the broker and its address."""
    found = verdict(on_dead_broker, example)
    red_table.append(Cell(example.phrase, "dead broker", found.status, found.text))
    assert found.status == "error"
    assert found.text.startswith(
        "BrokerUnavailable: Kafka cannot be reached at HOST:PORT: "
        "nothing listens there (connection refused)"
    )


def test_every_then_phrase_has_its_red_example() -> None:
    """No phrase of the catalogue is without a fault that turns it red."""
    load_libraries()
    phrases = [each.printed for each in registered() if each.keyword == "Then"]
    shown = [phrase.removeprefix("Then ") for phrase in phrases]
    without = [p for p in shown if not any(p.startswith(e.phrase) for e in EXAMPLES)]
    assert without == []


@pytest.fixture(scope="module")
def red_table(request: pytest.FixtureRequest) -> list[Cell]:
    """Collects the cells of the table that is printed when all are done."""
    cells: list[Cell] = []
    request.config.stash[table] = cells
    return cells
