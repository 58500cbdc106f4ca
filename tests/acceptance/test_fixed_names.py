"""A service with its names built in: in a namespace of its own, and on channels that others use too."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from acceptance.middle import _descendants
from acceptance.project import ROOT, Project
from acceptance.shared_broker import embedded_elsewhere, everything_on

from evtbdd.brokers.kafka.adapter import KafkaBroker
from evtbdd.brokers.kafka.lock import PREFIX
from evtbdd.clock import Deadline
from evtbdd.ports import ChannelPlan, Message

LONG = 60.0
SERVICE = ROOT / "tests" / "systems" / "late" / "service.py"
SETTINGS = """\
[evtbdd]
isolation = {mode}
[evtbdd:broker:main]
url = {url}
[evtbdd:channel:orders]
name = fixed.orders
correlation = orderId
[evtbdd:channel:shipments]
name = fixed.shipments
correlation = orderId
types = OrderShipped
[evtbdd:service:late]
command = python {service}
scope = {scope}
consumes = orders
publishes = shipments
acknowledges = last
group = fixed-group
environment =
    KAFKA = ${{broker.main}}
"""
SCENARIO = """
  Scenario: number {number}
    Given the service "late" is running
    When an "OrderPlaced" event is published to "orders" with key "A":
      | field   | value    |
      | orderId | {number}{more} |
    Then an "OrderShipped" event arrives on "shipments" within 30 seconds with:
      | field   | value    |
      | orderId | {number}{more} |
    And exactly 1 "OrderShipped" event arrives on "shipments" during 200 ms
"""
TELLING = """\
import os
from behave import when


@when("the test is told")
def tell(context):
    with open(os.environ["TELL"], "w") as fifo:
        fifo.write("now")


@when("the test lets it go on")
def go_on(context):
    with open(os.environ["LET_GO"]) as fifo:
        fifo.read()
"""
WAITING = """\
Feature: A long run

  Scenario: it is in the middle
    Given the service "late" is running
    When the test is told
    And the test lets it go on
    And an "OrderPlaced" event is published to "orders" with key "A":
      | field   | value |
      | orderId | long  |
    Then an "OrderShipped" event arrives on "shipments" within 30 seconds
"""


def project(folder: Path, mode: str, url: str, scope: str = "scenario", more: str = "") -> Project:
    """Three scenarios that all do the same, the same way as another project's."""
    made = Project(folder)
    text = SETTINGS.format(mode=mode, url=url, service=SERVICE, scope=scope)
    made.write("evtbdd.cfg", text)
    made.write("steps/telling_steps.py", TELLING)
    scenarios = "".join(SCENARIO.format(number=each, more=more) for each in range(3))
    made.write("features/fixed.feature", f"Feature: Fixed names\n{scenarios}")
    return made


@pytest.fixture
def kafka() -> Iterator[str]:
    """A Kafka of somebody else's, in a process of its own."""
    with embedded_elsewhere() as address:
        yield address


@contextmanager
def in_the_middle(folder: Path, project: Project) -> Iterator[subprocess.Popen[str]]:
    """A run that waits in the middle of its scenario until something is written to `folder`/let-go."""
    project.write("features/fixed.feature", WAITING)
    for name in ("tell", "let-go"):
        os.mkfifo(folder / name)
    tell = os.open(folder / "tell", os.O_RDWR | os.O_NONBLOCK)
    process = subprocess.Popen(
        [sys.executable, "-m", "behave", "--no-color", "-f", "plain"],
        cwd=project.folder,
        env={**os.environ, "TELL": str(folder / "tell"), "LET_GO": str(folder / "let-go")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        told, _, _ = select.select([tell], [], [], LONG)
        assert told, "the run has not come to its middle"
        yield process
    finally:
        os.close(tell)
        process.kill()
        process.communicate()


@pytest.mark.parametrize("scope", ["scenario", "feature", "run"])
def test_a_namespace_of_its_own(scope: str, tmp_path: Path) -> None:
    """Names and group are the same in each, and no scenario sees another's."""
    outcome = project(tmp_path, "namespace", "kafka+embedded://", scope).behave(timeout=120)
    assert outcome.code == 0, outcome.output
    assert "3 scenarios passed" in outcome.output
    assert "Left behind" not in outcome.output


def test_a_namespace_on_a_real_kafka_ends_with_its_run(tmp_path: Path, real_kafka: str) -> None:
    """However that ends: by SIGKILL too, all that was started for it is gone."""
    del real_kafka  # it is there: so a Kafka of its own can be had too
    made = project(tmp_path / "project", "namespace", "kafka+local://", "feature")
    with in_the_middle(tmp_path, made) as process:
        ends = {os.pidfd_open(pid) for pid in _descendants(process.pid)}
        assert len(ends) >= 3  # the keeper, a Kafka, and a service
        process.kill()
        process.communicate(timeout=LONG)
        deadline = Deadline.after(LONG)
        while ends:
            gone = select.select(ends, [], [], deadline.remaining())[0]
            assert gone, "something lives on"
            for end in gone:
                os.close(end)
                ends.discard(end)


def test_a_broker_of_somebody_elses_has_no_namespaces(kafka: str, tmp_path: Path) -> None:
    """Every scenario is an error that says what has."""
    outcome = project(tmp_path, "namespace", f"kafka://{kafka}").behave(timeout=60)
    assert outcome.code == 1
    assert "with isolation = namespace it must be this run's alone" in outcome.output
    assert everything_on(kafka) == ([], [])


def test_fixed_names_need_one_of_the_other_modes(tmp_path: Path) -> None:
    """With names every scenario is an error that names them."""
    outcome = project(tmp_path, "names", "kafka+embedded://").behave(timeout=60)
    assert outcome.code == 1
    assert (
        'The channel "orders" is to have the name "fixed.orders" on its broker, and with isolation '
        "= names every channel gets a name of its own."
    ) in outcome.output


@pytest.mark.parametrize("scope", ["scenario", "run"])
def test_shared_channels_are_left_as_they_were(scope: str, kafka: str, tmp_path: Path) -> None:
    """What others have left on them is seen by nobody; what was there stays, with all that is on it."""
    broker = KafkaBroker(kafka)
    within = Deadline.after(LONG)
    broker.create([ChannelPlan("fixed.orders"), ChannelPlan("others")], within)
    broker.publish("fixed.orders", [Message(b'{"orderId": "0-old"}', b"A")], within)
    for turn in ("-first", "-second"):
        made = project(tmp_path / turn, "shared", f"kafka://{kafka}", scope, turn)
        outcome = made.behave(timeout=120)
        assert outcome.code == 0, outcome.output
        assert "Left behind" not in outcome.output
        topics, groups = everything_on(kafka)
        assert topics == ["fixed.orders", "others"]
        assert [each for each in groups if each.startswith(PREFIX)] == []
    ends = broker.reader().ends(["fixed.orders"], within)
    assert ends["fixed.orders"]["0"] == 7
    broker.close()


def test_only_one_run_at_a_time_shares_channels(kafka: str, tmp_path: Path) -> None:
    """A second one is refused with the name of the first, and let in when that was killed."""
    url = f"kafka://{kafka}"
    first = project(tmp_path / "first", "shared", url)
    second = project(tmp_path / "second", "shared", url)
    with in_the_middle(tmp_path, first) as process:
        refused = second.behave("-D", "evtbdd.connect_timeout=200 ms", timeout=60)
        assert refused.code == 1
        assert (
            "BrokerError: With isolation = shared only one run at a time may use a channel. The "
            f'topics "fixed.orders" and "fixed.shipments" at {kafka} are used by another run just '
            "now, evtbdd-"
        ) in refused.output
        assert f":{process.pid} (waited 300 ms: a run that was killed holds them" in refused.output
        process.kill()
        process.communicate(timeout=LONG)
        let_in = second.behave(timeout=120)
        assert let_in.code == 0, let_in.output
    topics, groups = everything_on(kafka)
    assert [each for each in groups if each.startswith(PREFIX)] == []
    assert topics == ["fixed.orders", "fixed.shipments"]  # which the killed one had made


def test_a_run_that_shares_is_not_disturbed_by_one_that_was_refused(
    kafka: str, tmp_path: Path
) -> None:
    """It goes on, and is green."""
    url = f"kafka://{kafka}"
    first = project(tmp_path / "first", "shared", url)
    second = project(tmp_path / "second", "shared", url)
    with in_the_middle(tmp_path, first) as process:
        assert second.behave("-D", "evtbdd.connect_timeout=200 ms", timeout=60).code == 1
        (tmp_path / "let-go").write_text("go on")
        output, _ = process.communicate(timeout=LONG)
        assert process.returncode == 0, output
    assert everything_on(kafka)[0] == []
