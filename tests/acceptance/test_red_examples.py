"""Every Then-phrase turns red by the fault it is about, with exactly the text that is expected.

And it is an error, never green and never a failure, where the service or the broker is dead. What
behave says stands word for word in expected/; moments, addresses, names and ids are made alike. So
it is on every broker; what one of them has not got it refuses with a sentence of its own.
"""

from __future__ import annotations

import os

import pytest
from acceptance.conftest import reached
from acceptance.database_examples import EXAMPLES as OF_DATABASES
from acceptance.examples import EXAMPLES, NOT_STARTED, UNPROVEN, RedExample
from acceptance.expected import expected_texts
from acceptance.observability_examples import OBSERVED
from acceptance.project import Outcome
from acceptance.rabbitmq_words import RABBITMQ_RED
from acceptance.red import (
    ON_DEAD_BROKER,
    ON_DEAD_SERVICE,
    run_on_dead_broker,
    run_on_dead_service,
    run_with_faults,
    run_without_readiness,
    verdict,
)
from acceptance.sqs_words import SQS_RED
from acceptance.table import Cell, table
from acceptance.web_examples import WEB_EXAMPLES
from acceptance.where import ALL, Where

from evtbdd.cli.steps import load_libraries
from evtbdd.errors import BrokerUnavailable
from evtbdd.phrases.catalogue import registered
from evtbdd.ports import Capability
from evtbdd.provisioning.local_rabbitmq.find import find_rabbitmq

UNREACHED = {
    "kafka": "BrokerUnavailable: Kafka cannot be reached at HOST:PORT: "
    "nothing listens there (connection refused)",
    "rabbitmq": "BrokerUnavailable: RabbitMQ cannot be reached at HOST:PORT: "
    "nothing listens there (connection refused)",
    "sqs": "BrokerUnavailable: SQS cannot be reached at http://HOST:PORT: "
    "nothing listens there (connection refused)",
}


@pytest.fixture(scope="module", params=ALL)
def where(request: pytest.FixtureRequest) -> Where:
    """Each broker in turn: each verdict is the same on each."""
    return reached(ALL[request.param], request)


@pytest.fixture(scope="module")
def with_faults(where: Where, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """Each example with its own fault; and the services that never get ready."""
    return run_with_faults(tmp_path_factory.mktemp("faults"), where.url)


@pytest.fixture(scope="module")
def on_dead_service(where: Where, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """Each example with a service that dies at the first event."""
    return run_on_dead_service(tmp_path_factory.mktemp("service"), where.url)


@pytest.fixture(scope="module", params=[name for name in ALL if name != "Kafka"])
def doomed(request: pytest.FixtureRequest) -> Where:
    """Each broker that can be ended a dozen times in a moment."""
    return reached(ALL[request.param], request)


@pytest.fixture(scope="module")
def on_dead_broker(doomed: Where, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """Each example about channels of a broker that is gone, a broker for each."""
    return run_on_dead_broker(tmp_path_factory.mktemp("broker"), doomed.url)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each.name)
def test_a_fault_fails_the_phrase_with_the_expected_text(
    example: RedExample, where: Where, with_faults: Outcome, red_table: list[Cell]
) -> None:
    """The verdict is "failed", and its text is the expected one; or it is refused."""
    found = verdict(with_faults, example)
    red_table.append(Cell(example.phrase, example.fault, found.status, found.text))
    wanted = ("failed",) if where.can(example) else ("error", "hook_error")
    assert found.status in wanted
    assert found.text == expected_texts("failed", where.kind)[example.name]


@pytest.mark.parametrize("example", [*UNPROVEN, *NOT_STARTED], ids=lambda each: each.name)
def test_what_cannot_be_said_is_an_error_with_the_expected_text(
    example: RedExample, where: Where, with_faults: Outcome, red_table: list[Cell]
) -> None:
    """The verdict is "error", and its text is the expected one; or it is refused.

    Where nobody knows who is subscribed, it is what comes after that turns red.
    """
    found = verdict(with_faults, example)
    phrase = example.phrase or 'the service "NAME" is running'
    red_table.append(Cell(phrase, example.fault, found.status, found.text))
    wanted = ("error",) if where.can(example) else ("hook_error",)
    if not where.can(example) and example.needs is Capability.SUBSCRIPTIONS:
        wanted = ("failed",)
    assert found.status in wanted
    assert found.text == expected_texts("error", where.kind)[example.name]


def test_where_nobody_knows_who_is_subscribed_that_is_no_readiness(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """SQS refuses it with a sentence, before the service is started."""
    outcome = run_without_readiness(tmp_path_factory.mktemp("sqs"), "sqs+embedded://")
    for example in NOT_STARTED:
        found = verdict(outcome, example)
        assert found.status == "error"
        assert found.text == (
            'UnsupportedCapability: The service "shipping" is to be ready when it is subscribed, '
            "and SQS has no knowledge of which service is subscribed; Kafka and RabbitMQ have it. "
            'Write how else that is seen, as in ready = log "listening", or ready = subscribed, '
            'else log "listening".'
        )


@pytest.mark.parametrize("example", ON_DEAD_SERVICE, ids=lambda each: each.name)
def test_a_dead_service_is_an_error(
    example: RedExample, where: Where, on_dead_service: Outcome, red_table: list[Cell]
) -> None:
    """Whatever the phrase: the error names the service and how it ended, before all else."""
    found = verdict(on_dead_service, example)
    red_table.append(Cell(example.phrase, "dead service", found.status, found.text))
    if not where.can(example):
        assert found.text == expected_texts("failed", where.kind)[example.name]
        return
    if example.name == "log does not contain, it does":
        # What contradicts a claim does so whether or not the service lives on.
        assert found.status == "failed"
        return
    assert found.status == "error"
    assert "ended with exit code 1" in found.text.split("\n")[0]


@pytest.mark.parametrize("example", ON_DEAD_BROKER, ids=lambda each: each.name)
def test_a_dead_broker_is_an_error(
    example: RedExample, doomed: Where, on_dead_broker: Outcome, red_table: list[Cell]
) -> None:
    """Whatever the phrase: the error names the broker and its address."""
    found = verdict(on_dead_broker, example)
    red_table.append(Cell(example.phrase, "dead broker", found.status, found.text))
    assert found.status == "error"
    wanted = UNREACHED[doomed.kind]
    if example.needs is Capability.PARTITIONS and not doomed.can(example):
        # What a broker has not got it need not be asked for.
        wanted = expected_texts("failed", doomed.kind)[example.name]
    assert found.text.startswith(wanted)


def test_a_private_rabbitmq_that_was_stopped_is_a_dead_broker(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """The node itself, and not only the way to it: for what is to come, and for what must not."""
    try:
        find_rabbitmq(os.environ)
    except BrokerUnavailable as error:
        pytest.skip(str(error))
    wanted = [
        each for each in EXAMPLES if each.name in {"arrives, dropped", "none arrives, one does"}
    ]
    outcome = run_on_dead_broker(tmp_path_factory.mktemp("node"), "rabbitmq+local://", wanted)
    for example in wanted:
        found = verdict(outcome, example)
        assert found.status == "error", outcome.output
        assert found.text.startswith(UNREACHED["rabbitmq"])


def test_every_then_phrase_has_its_red_example() -> None:
    """No phrase of the catalogue is without a fault that turns it red."""
    load_libraries()
    phrases = [each.printed for each in registered() if each.keyword == "Then"]
    shown = [phrase.removeprefix("Then ") for phrase in phrases]
    examples = [
        each.phrase
        for each in (*EXAMPLES, *OBSERVED, *OF_DATABASES, *RABBITMQ_RED, *SQS_RED, *WEB_EXAMPLES)
    ]
    without = [p for p in shown if not any(map(p.startswith, examples))]
    assert without == []


@pytest.fixture(scope="module")
def red_table(request: pytest.FixtureRequest) -> list[Cell]:
    """Collects the cells of the table that is printed when all are done."""
    cells: list[Cell] = []
    request.config.stash[table] = cells
    return cells
