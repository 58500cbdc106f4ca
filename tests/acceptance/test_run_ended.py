"""A run that is ended in the middle of a scenario leaves nothing: no process, folder or topic."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from acceptance.middle import Middle, in_the_middle, left_on
from acceptance.project import Project

from evtbdd.embedded.kafka import EmbeddedKafka


@pytest.fixture
def kafka() -> Iterator[EmbeddedKafka]:
    """A Kafka that outlives the run."""
    broker = EmbeddedKafka(0)
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def middle(kafka: EmbeddedKafka, tmp_path: Path) -> Iterator[Middle]:
    """The run, in the middle."""
    with in_the_middle(tmp_path, f"kafka://{kafka.address}") as middle:
        yield middle


def test_ctrl_c_leaves_nothing(middle: Middle, kafka: EmbeddedKafka) -> None:
    """The scenario's end is done as always: services, topics, groups and folders are gone."""
    assert len(middle.tree) >= 2  # the keeper, and below it the service
    assert list(middle.temporary.iterdir()) != []
    assert left_on(kafka) != ([], [])
    middle.process.send_signal(signal.SIGINT)
    output = middle.ends()
    assert middle.process.returncode == 1
    assert "ABORTED: By user" in output
    assert "Traceback" not in output
    assert "Left behind" not in output
    assert list(middle.temporary.iterdir()) == []
    assert left_on(kafka) == ([], [])


def test_a_killed_run_leaves_no_process_and_no_folder(middle: Middle) -> None:
    """Where the run cannot do it any more, the keeper does."""
    assert list(middle.temporary.iterdir()) != []
    middle.process.kill()
    middle.ends()
    assert list(middle.temporary.iterdir()) == []


def test_a_broker_that_is_gone_at_the_end_fails_no_scenario(tmp_path: Path) -> None:
    """What could not be deleted is listed when the run is over, and the verdict stands."""
    project = Project(tmp_path)
    project.write(
        "evtbdd.cfg",
        "[evtbdd]\nconnect timeout = 300 ms\n[evtbdd:channel:orders]\n"
        "[evtbdd:broker:main]\nurl = kafka+embedded://\n",
    )
    project.write(
        "steps/broker_steps.py",
        "from behave import then\n\n\n"
        '@then("the broker is gone")\n'
        "def gone(context):\n"
        "    brokers = context.evtbdd._lent.channels.brokers\n"
        '    brokers._places["main"].provisioned.give_back.pop()()\n',
    )
    project.write(
        "features/gone.feature",
        "Feature: Gone\n\n  Scenario: it passes\n"
        '    When an event is published to "orders"\n'
        '    Then an event arrives on "orders"\n'
        "    And the broker is gone\n",
    )
    outcome = project.behave(timeout=60)
    assert outcome.code == 0, outcome.output
    assert "1 scenario passed, 0 failed, 0 skipped" in outcome.output
    assert "Traceback" not in outcome.output
    (left,) = [line for line in outcome.output.split("\n") if line.startswith("Left behind: ")]
    assert left.startswith("Left behind: evtbdd-")
    assert "-s1-orders-" in left
    assert " could not be deleted: Kafka " in left


def test_a_broker_that_is_gone_between_scenarios_is_told_by_the_next_one(tmp_path: Path) -> None:
    """Its first step says it, on the screen too."""
    project = Project(tmp_path)
    project.write(
        "evtbdd.cfg",
        "[evtbdd]\nconnect timeout = 300 ms\n[evtbdd:channel:orders]\n"
        "[evtbdd:broker:main]\nurl = kafka+embedded://\n"
        "[evtbdd:service:shop]\ncommand = sleep 60\nready = started\nconsumes = orders\n"
        "scope = run\n",
    )
    project.write(
        "environment.py",
        "from evtbdd.environment import *\n\n\n"
        "def after_scenario(context, scenario):\n"
        '    if scenario.name == "one":\n'
        "        brokers = context.evtbdd._lent.channels.brokers\n"
        '        brokers._places["main"].provisioned.give_back.pop()()\n',
    )
    step = 'When an event is published to "orders"'
    project.write(
        "features/gone.feature",
        f"Feature: Gone\n\n  Scenario: one\n    {step}\n\n  Scenario: two\n    {step}\n",
    )
    outcome = project.behave(timeout=60)
    assert outcome.code == 1, outcome.output
    assert "1 scenario passed, 0 failed, 1 error, 0 skipped" in outcome.output
    assert "BrokerUnavailable: Kafka cannot be reached at 127.0.0.1:" in outcome.output
    assert "Traceback" not in outcome.output
