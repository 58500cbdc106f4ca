"""A run that is ended in the middle of a scenario leaves nothing: no process, folder or topic."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from acceptance.project import Project, settings_of_shop

from evtbdd.clock import Deadline
from evtbdd.embedded.kafka import EmbeddedKafka

LONG = 20.0
"""Seconds after which a wait in these tests has failed."""

FEATURE = """\
Feature: A long run

  Scenario: it is ended in the middle
    Given the service "shipping" is running
    When an "OrderPlaced" event is published to "orders"
    And the test is told
    Then the service "shipping" keeps running during 10 minutes
"""
TELLING = """\
import os
from behave import when


@when("the test is told")
def tell(context):
    with open(os.environ["FIFO"], "w") as fifo:
        fifo.write("now")
"""


@dataclass
class Middle:
    """A run of behave that has come to the middle of its scenario."""

    process: subprocess.Popen[str]
    temporary: Path
    tree: Sequence[int]

    def ends(self) -> str:
        """Wait until the run, and all that it has started, is gone; what it printed."""
        ends = {os.pidfd_open(pid) for pid in self.tree}
        output, _ = self.process.communicate(timeout=LONG)
        deadline = Deadline.after(LONG)
        while ends:
            gone = select.select(ends, [], [], deadline.remaining())[0]
            assert gone, f"of {self.tree} something lives on"
            for end in gone:
                os.close(end)
                ends.discard(end)
        return output


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
    project = Project(tmp_path / "project")
    project.write("evtbdd.cfg", settings_of_shop(f"kafka://{kafka.address}"))
    project.write("steps/telling_steps.py", TELLING)
    project.write("features/long.feature", FEATURE)
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    os.mkfifo(tmp_path / "fifo")
    fifo = os.open(tmp_path / "fifo", os.O_RDWR | os.O_NONBLOCK)
    process = subprocess.Popen(
        [sys.executable, "-m", "behave", "--no-color", "-f", "plain"],
        cwd=project.folder,
        env={**os.environ, "FIFO": str(tmp_path / "fifo"), "TMPDIR": str(temporary)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        told, _, _ = select.select([fifo], [], [], LONG)
        assert told, "the run has not come to its middle"
        yield Middle(process, temporary, _descendants(process.pid))
    finally:
        os.close(fifo)
        process.kill()
        process.communicate()


def _descendants(pid: int) -> list[int]:
    """The processes that a process has started, and those that they have started."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in map(int, (task / "children").read_text().split()):
            found += [child, *_descendants(child)]
    return found


def left_on(kafka: EmbeddedKafka) -> tuple[list[str], list[str]]:
    """The topics and the groups that are there, but for Kafka's own."""
    from kafka import KafkaAdminClient

    admin = KafkaAdminClient(bootstrap_servers=kafka.address)
    try:
        topics = [each for each in admin.list_topics() if not each.startswith("__")]
        return topics, [each["group_id"] for each in admin.list_groups()]
    finally:
        admin.close()


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
        "    brokers = context.evtbdd._world.channels.brokers\n"
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
