"""The end of a scenario: services together, then channels, whatever fails of it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

from services.conftest import Stage, load

from evtbdd.clock import Deadline
from evtbdd.plan import Plan
from evtbdd.world import World

Begin = Callable[[str], Stage]
LONG = 20.0
# Each ends well only if the other is asked to end too, while it waits.
TOGETHER = """\
[evtbdd:service:{0}]
command = sh -c 'trap "touch {0}; while [ ! -e {1} ]; do sleep 0.01; done; exit 0" TERM; echo up; while :; do sleep 0.01; done'
ready = log "up"
grace = 20 seconds
"""
ORDERS = "[evtbdd:channel:orders]\n"


def test_services_of_a_scenario_are_ended_at_the_same_time(stage: Begin) -> None:
    """Not one after the other: the graces of several do not add up."""
    begun = stage(TOGETHER.format("one", "two") + TOGETHER.format("two", "one"))
    scenario = begun.begin(services=["one", "two"])
    services = [scenario.services.get(name) for name in ("one", "two")]
    for each in services:
        scenario.services.run(each.declaration.name, {})
    begun.world.end()
    assert [each.exit and each.exit.code for each in services] == [0, 0]


def test_one_that_ignores_its_signal_is_killed_when_its_grace_is_over(stage: Begin) -> None:
    """With all that it has started."""
    begun = stage(
        '[evtbdd:service:deaf]\ngrace = 50 ms\nready = log "up"\n'
        "command = sh -c 'trap \"\" TERM; echo up; while :; do sleep 0.01; done'\n"
    )
    scenario = begun.begin(services=["deaf"])
    scenario.services.run("deaf", {})
    service = scenario.services.get("deaf")
    begun.world.end()
    assert str(service.exit) == "was ended by signal SIGKILL"


def parent(pid: int) -> int:
    """The process that has started another."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("PPid:")[2].split()[0])


def test_what_fails_at_the_end_is_listed_and_keeps_nothing_from_being_deleted(
    tmp_path: Path,
) -> None:
    """Here somebody has killed the process that watches over the service."""
    settings = load(f"{ORDERS}[evtbdd:service:shop]\ncommand = sleep 60\n", tmp_path)
    world = World(settings, tmp_path)
    plan = Plan(channels=["orders"], services=["shop"], settings=world.channels.declared)
    scenario = world.begin(plan, tmp_path, "s1")
    scenario.services.run("shop", {})
    broker = world.channels.brokers.get("main")
    physical = scenario.channels.physical("orders")
    pid = scenario.services.get("shop").require_started().pid
    os.kill(parent(pid), signal.SIGKILL)
    world.end()
    world.channels.finish()
    assert world.left_behind == [
        'of the service "shop": The supervisor of "shop" died; what it had started was killed.'
    ]
    assert broker.lanes([physical], Deadline.after(LONG)) == {}
    world.close()
