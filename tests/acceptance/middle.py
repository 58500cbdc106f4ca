"""A run of behave that has come to the middle of its scenario, on a broker that outlives it."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

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

TWO_HOURS_AGO = """\
import time

import evtbdd.world
from evtbdd.environment import *
from evtbdd.isolation.names import base36

evtbdd.world.fresh_run_id = lambda: base36(int(time.time()) - 7200) + "a1b2c"
"""
"""An environment.py whose run is two hours old."""


@dataclass
class Middle:
    """A run of behave that has come to the middle of its scenario."""

    process: subprocess.Popen[str]
    temporary: Path
    tree: Sequence[int]

    def ends(self) -> str:
        """Wait until the run, and all that it has started, is gone; what it printed."""
        ends = set()
        for pid in self.tree:
            with suppress(ProcessLookupError):  # it is gone already
                ends.add(os.pidfd_open(pid))
        output, _ = self.process.communicate(timeout=LONG)
        deadline = Deadline.after(LONG)
        while ends:
            gone = select.select(ends, [], [], deadline.remaining())[0]
            assert gone, f"of {self.tree} something lives on"
            for end in gone:
                os.close(end)
                ends.discard(end)
        return output


@contextmanager
def in_the_middle(
    folder: Path, url: str, environment: str | None = None, settings: str | None = None
) -> Iterator[Middle]:
    """The run; its files are in the folder, and `environment` is its environment.py.

    The settings are those of the shop at the URL, if no others are given.
    """
    project = Project(folder / "project")
    project.write("evtbdd.cfg", settings or settings_of_shop(url))
    if environment is not None:
        project.write("environment.py", environment)
    project.write("steps/telling_steps.py", TELLING)
    project.write("features/long.feature", FEATURE)
    temporary = folder / "tmp"
    temporary.mkdir()
    os.mkfifo(folder / "fifo")
    fifo = os.open(folder / "fifo", os.O_RDWR | os.O_NONBLOCK)
    process = subprocess.Popen(
        [sys.executable, "-m", "behave", "--no-color", "-f", "plain"],
        cwd=project.folder,
        env={**os.environ, "FIFO": str(folder / "fifo"), "TMPDIR": str(temporary)},
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
