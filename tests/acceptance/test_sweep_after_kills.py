"""Whenever runs were killed, `evtbdd sweep` leaves nothing of them on a broker that outlives them."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from threading import Event

import pytest
from acceptance.middle import FEATURE
from acceptance.project import Project, settings_of_shop
from acceptance.sweeping import sweep
from fire.field import Field, described
from fire.listening import News

from evtbdd.brokers.kafka.adapter import KafkaBroker
from evtbdd.clock import Deadline

LONG = 30.0
SESSION = 60.0
"""Seconds in which the broker notices that a member of a group was killed: six are the shop's."""

STAGES = {
    "before its channels are created": ("call kafka.admin.* create_topics", 0),
    "when its channels are just created": ("return kafka.admin.* create_topics", 3),
    "in the scenario": ("", 3),
    "before its channels are deleted": ("call kafka.admin.* delete_topics", 3),
    "when its channels are just deleted": ("return kafka.admin.* delete_topics", 0),
}
"""Where the run is held as it is killed, and how many channels it leaves."""
ENVIRONMENT = """\
import os

from fire.hold import arm, hold_at

from evtbdd.environment import *

if os.environ["POINT"]:
    arm(os.environ["FOLDER"])
    hold_at(os.environ["POINT"], os.environ["FOLDER"])
"""
STEPS = """\
import os

from behave import when

from fire.news import tell, wait_at_gate


@when("the test is told")
def tell_test(context):
    if not os.environ["POINT"]:
        tell(os.environ["FOLDER"], "held", os.getpid())
        wait_at_gate(os.environ["FOLDER"])
"""
TESTS = str(Path(__file__).parents[1])


@pytest.fixture(params=["embedded", "real"])
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    """A Kafka in a process that outlives the runs."""
    if request.param == "real":
        yield request.getfixturevalue("real_kafka")
        return
    command = [sys.executable, "-m", "evtbdd.cli.main", "broker", "kafka"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip().removeprefix("kafka://")
        process.terminate()


@pytest.fixture
def broker(address: str) -> Iterator[KafkaBroker]:
    """A connection."""
    connection = KafkaBroker(address)
    yield connection
    connection.close()


def killed_run(point: str, folder: Path, address: str, prefix: str) -> None:
    """Kill a run at the point; nothing of it lives afterwards, and no folder is left."""
    project = Project(folder)
    project.write("evtbdd.cfg", settings_of_shop(f"kafka://{address}", prefix=prefix))
    project.write("environment.py", ENVIRONMENT)
    project.write("steps/telling_steps.py", STEPS)
    project.write("features/long.feature", FEATURE.replace("10 minutes", "20 ms"))
    (folder / "tmp").mkdir()
    paths = [os.environ.get("PYTHONPATH", ""), str(Path(__file__).parents[1])]
    own = {
        "FOLDER": str(folder),
        "POINT": point,
        "TMPDIR": str(folder / "tmp"),
        "PYTHONPATH": os.pathsep.join(path for path in paths if path),
    }
    with News(folder) as news, Field() as field:
        process = subprocess.Popen(
            [sys.executable, "-m", "behave", "--no-color", "-f", "plain"],
            cwd=folder,
            env={**os.environ, **own},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            news.wait_for("held", process)
        finally:
            process.kill()
            process.communicate()
        assert field.empties(Deadline.after(LONG)), [*map(described, field.left())]
    assert list((folder / "tmp").iterdir()) == []


def wait_until(holds: Callable[[], bool], deadline: Deadline) -> None:
    """Look every now and then."""
    while not holds():
        assert not deadline.expired()
        Event().wait(0.05)


def test_nothing_is_left(address: str, broker: KafkaBroker, tmp_path: Path) -> None:
    """Several runs, each killed at another stage, and then one sweep."""
    prefix = f"killed-{secrets.token_hex(4)}"
    before = set(broker.subscriptions().groups(Deadline.after(LONG)))

    def left() -> tuple[list[str], dict[str, bool]]:
        names = [name for name in broker.names(Deadline.after(LONG)) if name.startswith(prefix)]
        groups = broker.subscriptions().groups(Deadline.after(LONG))
        return names, {name: lives for name, lives in groups.items() if name not in before}

    def shows(number: int) -> bool:
        return len(left()[0]) == number

    expected = 0
    for stage, (point, number) in STAGES.items():
        folder = tmp_path / stage
        folder.mkdir()
        killed_run(point, folder, address, prefix)
        expected += number
        # What its controller has answered a broker shows a little later.
        wait_until(partial(shows, expected), Deadline.after(LONG))
    wait_until(lambda: not any(left()[1].values()), Deadline.after(SESSION))
    printed = sweep(tmp_path, f"kafka://{address}", "--older-than", "0 seconds", prefix=prefix)
    assert printed[-1] == "1 group and 9 topics removed."
    assert left() == ([], {})
