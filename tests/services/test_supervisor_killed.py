"""Somebody has killed the process that watches over a service, and the service died with it.

How it ended nobody could see; but it is dead, and a dead service proves nothing.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from acceptance.project import normal, settings_of_shop
from services.conftest import Stage, load
from services.test_membership import groups

from evtbdd.clock import Deadline
from evtbdd.embedded.kafka import EmbeddedKafka
from evtbdd.errors import ServiceError, Unproven
from evtbdd.expect.pattern import Pattern
from evtbdd.journal import ServiceStarted
from evtbdd.keeper import Process
from evtbdd.phrases import Data
from evtbdd.scenario import Scenario
from evtbdd.services import claims, log_claims
from evtbdd.world import World

LONG = 20.0
SHORT = 0.05
SETTINGS = """\
[evtbdd:channel:orders]
[evtbdd:service:shop]
command = sh -c 'echo up; exec sleep 60'
ready = log "up"
publishes = orders
[evtbdd:service:unlucky]
command = sleep 60
ready = log "up"
"""
NOTHING = Data(None, None, ("here", 1), None)
LEFT = 'of the service "{0}": The supervisor of "{0}" died; what it had started was killed.'


def kill_supervisor_of(process: Process) -> None:
    """Return when the run has heard of it."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    os.kill(int(status.partition("PPid:")[2].split()[0]), signal.SIGKILL)
    assert str(process.wait(Deadline.after(LONG))) == "was killed with its supervisor"


def kill_when_started(scenario: Scenario, service: str) -> None:
    """Its process runs, and is not ready."""
    deadline, cursor = Deadline.after(LONG), scenario.journal.cursor()
    while not any(isinstance(each.entry, ServiceStarted) for each in cursor.new()):
        assert cursor.wait(deadline)
    kill_supervisor_of(scenario.services.get(service).require_started())


@pytest.fixture
def scenario(tmp_path: Path) -> Iterator[Scenario]:
    """A scenario whose service was running, and is dead."""
    world = World(load(SETTINGS, tmp_path), tmp_path)
    scenario = Stage(world, tmp_path).begin(["orders"], ["shop"])
    scenario.services.run("shop", {})
    kill_supervisor_of(scenario.services.get("shop").require_started())
    yield scenario
    world.close()


def test_it_does_not_run(scenario: Scenario) -> None:
    """So a step that wants it running starts it again."""
    service = scenario.services.get("shop")
    assert not service.running
    scenario.services.run("shop", {})
    assert service.running


def test_that_nothing_arrives_proves_nothing(scenario: Scenario) -> None:
    """Neither does any other claim about all or none."""
    with pytest.raises(Unproven) as raised:
        scenario.expect.counted("orders", 0, 0, Pattern(None, None), NOTHING, SHORT, False)
    assert normal(str(raised.value)) == (
        'Nothing has contradicted this: on "orders" no event. But the service "shop" was killed '
        "with its supervisor at +T s, and a dead service proves nothing.\n"
        'The log of the service "shop" ends:\n    up'
    )


def test_its_log_says_nothing(scenario: Scenario) -> None:
    """Neither what it contains nor what it lacks."""
    with pytest.raises(ServiceError) as contains:
        log_claims.contains(scenario.services, "shop", "order", Deadline.after(LONG))
    assert str(contains.value).split("\n")[0] == (
        'The service "shop" was killed with its supervisor, so nothing can be said of what was '
        "expected."
    )
    with pytest.raises(Unproven) as lacks:
        log_claims.lacks(scenario.services, "shop", "error", Deadline.after(LONG))
    assert str(lacks.value) == (
        'Nothing has contradicted this: the log of the service "shop" does not contain "error"; '
        "but the service was killed with its supervisor, and a dead service proves nothing. "
        "The end of its log:\n    up"
    )


def test_that_it_keeps_running_is_neither_true_nor_false(scenario: Scenario) -> None:
    """It is an error, with what has happened."""
    with pytest.raises(ServiceError) as raised:
        claims.keeps_running(scenario.services.get("shop"), Deadline.after(LONG))
    assert str(raised.value) == 'The service "shop" was killed with its supervisor.'


def test_it_is_not_waited_for(tmp_path: Path) -> None:
    """Where that happens while it is started, the step ends at once, and says so."""
    world = World(load(SETTINGS, tmp_path), tmp_path)
    scenario = Stage(world, tmp_path).begin(["orders"], ["unlucky"])
    killer = threading.Thread(target=kill_when_started, args=(scenario, "unlucky"))
    killer.start()
    with pytest.raises(ServiceError) as raised:
        scenario.services.run("unlucky", {})
    killer.join()
    assert str(raised.value) == (
        'The service "unlucky" was killed with its supervisor before it was ready (log "up"). '
        "It has logged nothing."
    )
    world.close()
    assert world.left_behind == [LEFT.format("unlucky")]


def test_its_group_is_not_left_behind(tmp_path: Path) -> None:
    """Its member is expelled, and its group deleted, as at every end."""
    with EmbeddedKafka() as kafka:
        world = World(load(settings_of_shop(f"kafka://{kafka.address}"), tmp_path), tmp_path)
        scenario = Stage(world, tmp_path).begin(["orders"], ["shipping"])
        scenario.services.run("shipping", {})
        assert len(groups(kafka)) == 1
        kill_supervisor_of(scenario.services.get("shipping").require_started())
        world.close()
        assert groups(kafka) == []
        assert world.left_behind == [LEFT.format("shipping")]
