"""What only RabbitMQ or SQS has words for: green on a right system, red for the right reason.

And an error where nothing can be said: on a dead broker, with a dead service, by another broker.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from acceptance.expected import expected_texts
from acceptance.own_example import OwnExample, feature
from acceptance.project import Outcome, Project
from acceptance.rabbitmq_project import CONSUME, RABBITMQ_SETTINGS
from acceptance.rabbitmq_words import RABBITMQ_DEAD, RABBITMQ_ERRORS, RABBITMQ_GREEN, RABBITMQ_RED
from acceptance.red import BROKER_STEPS
from acceptance.running import told
from acceptance.sqs_project import RECEIVE, SQS_SETTINGS
from acceptance.sqs_words import SQS_DEAD, SQS_ERRORS, SQS_GREEN, SQS_RED

from evtbdd.brokers.rabbitmq.adapter import connect
from evtbdd.brokers.rabbitmq.names import is_own
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerUnavailable
from evtbdd.provisioning.local_rabbitmq.find import find_rabbitmq


@pytest.fixture(scope="module")
def on_rabbitmq(real_rabbitmq: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcome]:
    """The scenarios about RabbitMQ, and the promise that nothing is left there."""
    try:
        find_rabbitmq(os.environ)
    except BrokerUnavailable as error:
        pytest.skip(str(error))
    project = Project(tmp_path_factory.mktemp("rabbitmq"))
    project.write("evtbdd.cfg", RABBITMQ_SETTINGS.format(rabbitmq=real_rabbitmq))
    project.write("consume.py", CONSUME)
    project.write("steps/broker_steps.py", BROKER_STEPS)
    project.write("features/order.json", '{"payload": {"orderId": "ORD-1"}}')
    examples = (*RABBITMQ_RED, *RABBITMQ_ERRORS, *RABBITMQ_DEAD)
    project.write("features/queues.feature", feature("Queues", examples, RABBITMQ_GREEN))
    yield project.behave()
    broker = connect(real_rabbitmq, patience=10)
    left = [name for name in broker.names(Deadline.after(10)) if not is_own(name)]
    broker.close()
    assert left == []


@pytest.fixture(scope="module")
def on_sqs(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """The scenarios about SQS."""
    project = Project(tmp_path_factory.mktemp("sqs"))
    project.write("evtbdd.cfg", SQS_SETTINGS)
    project.write("receive.py", RECEIVE)
    project.write("steps/broker_steps.py", BROKER_STEPS)
    examples = (*SQS_RED, *SQS_ERRORS, *SQS_DEAD)
    project.write("features/visibility.feature", feature("Visibility", examples, SQS_GREEN))
    return project.behave()


def titles(green: str) -> list[str]:
    """The scenarios of a text."""
    return [line.partition("Scenario: ")[2] for line in green.splitlines() if "Scenario: " in line]


def check(outcome: Outcome, example: OwnExample, status: str) -> None:
    """The verdict is that one, with the expected text."""
    assert example.name in outcome.verdicts, outcome.output
    expected = (status, expected_texts("own_words")[example.name])
    assert told(outcome, example.name) == expected


@pytest.mark.parametrize("name", titles(RABBITMQ_GREEN))
def test_what_holds_on_rabbitmq_is_green(name: str, on_rabbitmq: Outcome) -> None:
    """On a right system."""
    assert name in on_rabbitmq.verdicts, on_rabbitmq.output
    assert told(on_rabbitmq, name) == ("passed", "")


@pytest.mark.parametrize("example", RABBITMQ_RED, ids=lambda each: each.name)
def test_a_fault_on_rabbitmq_is_red(example: OwnExample, on_rabbitmq: Outcome) -> None:
    """For the right reason, word for word."""
    check(on_rabbitmq, example, "failed")


@pytest.mark.parametrize("example", RABBITMQ_ERRORS, ids=lambda each: each.name)
def test_what_rabbitmq_cannot_tell_is_an_error(example: OwnExample, on_rabbitmq: Outcome) -> None:
    """That says what would be right."""
    check(on_rabbitmq, example, "error")


@pytest.mark.parametrize("name", titles(SQS_GREEN))
def test_what_holds_on_sqs_is_green(name: str, on_sqs: Outcome) -> None:
    """On a right system."""
    assert name in on_sqs.verdicts, on_sqs.output
    assert told(on_sqs, name) == ("passed", "")


@pytest.mark.parametrize("example", SQS_RED, ids=lambda each: each.name)
def test_a_fault_on_sqs_is_red(example: OwnExample, on_sqs: Outcome) -> None:
    """For the right reason, word for word."""
    check(on_sqs, example, "failed")


@pytest.mark.parametrize("example", SQS_ERRORS, ids=lambda each: each.name)
def test_what_sqs_cannot_tell_is_an_error(example: OwnExample, on_sqs: Outcome) -> None:
    """That says what would be right."""
    check(on_sqs, example, "error")


def is_lost(outcome: Outcome, example: OwnExample, broker: str) -> bool:
    """Whether it is an error that names the broker and where it was.

    How a broker that was just ended is missed, by a refusal or in the midst of an answer, is chance.
    """
    status, text = told(outcome, example.name)
    kind, _, sentence = text.partition(": ")
    lost = kind in {"BrokerUnavailable", "Unanswered"} and f"{broker} " in sentence
    return status == "error" and lost and "HOST:PORT" in sentence.split("\n")[0]


@pytest.mark.parametrize("example", RABBITMQ_DEAD, ids=lambda each: each.name)
def test_a_dead_rabbitmq_is_an_error(example: OwnExample, on_rabbitmq: Outcome) -> None:
    """Never green, and nobody's failure."""
    assert is_lost(on_rabbitmq, example, "RabbitMQ"), told(on_rabbitmq, example.name)


@pytest.mark.parametrize("example", SQS_DEAD, ids=lambda each: each.name)
def test_a_dead_sqs_is_an_error(example: OwnExample, on_sqs: Outcome) -> None:
    """Never green, and nobody's failure."""
    assert is_lost(on_sqs, example, "SQS"), told(on_sqs, example.name)
