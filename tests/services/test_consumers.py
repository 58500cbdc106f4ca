"""Services that outlive a scenario, as those who acknowledge what it leaves to them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from services.conftest import Stage

from evtbdd.clock import Deadline
from evtbdd.isolation.triggers import NO_GROUP, Consumer
from evtbdd.offers import Acknowledgements
from evtbdd.ports import Message
from evtbdd.services.consumers import Consumers

Begin = Callable[[str], Stage]
CHANNELS = "[evtbdd:channel:orders]\n[evtbdd:channel:shipments]\n[evtbdd:channel:notes]\n"
KAFKA = "[evtbdd:broker:main]\nurl = kafka+embedded://\n"
SLEEP = "command = sleep 60\nready = started\n"


def service(name: str, *lines: str, scope: str = "run") -> str:
    return f"[evtbdd:service:{name}]\n{SLEEP}scope = {scope}\n" + "".join(f"{x}\n" for x in lines)


def consumers(stage: Stage, *services: str) -> list[Consumer]:
    """Those that a scenario finds in which these services were started."""
    scenario = stage.begin(["orders"], services)
    for name in services:
        scenario.services.run(name, {})
    found = stage.world._lent.consumers
    return list(found.started({"scenario": "s1", "feature": "f1", "run": "run"}, scenario.channels))


def test_a_service_is_one_once_it_was_started(stage: Begin) -> None:
    """With its group, and a broker that tells what it has acknowledged."""
    begun = stage(
        KAFKA
        + CHANNELS
        + service(
            "shipping",
            "consumes = orders",
            "publishes = shipments",
            "acknowledges = last",
            "group = g-${scope.id}",
        )
    )
    assert consumers(begun) == []
    (found,) = consumers(begun, "shipping")
    assert (found.scope, found.service, found.last) == ("run", "shipping", True)
    assert found.group == f"g-{begun.world.run_id}-run"
    assert found.reaches == {"shipments"}
    assert isinstance(found.told_by, Acknowledgements)
    assert found.untold is None
    assert consumers(begun) == [found]


def test_a_service_of_the_scenario_is_none(stage: Begin) -> None:
    """It ends with the scenario, and leaves nothing to others."""
    assert (
        consumers(stage(CHANNELS + service("a", "consumes = orders", scope="scenario")), "a") == []
    )


def test_of_a_service_without_a_group_nobody_can_tell(stage: Begin) -> None:
    """Whatever its broker knows."""
    begun = stage(KAFKA + CHANNELS + service("a", "consumes = orders"))
    (found,) = consumers(begun, "a")
    assert found.untold == NO_GROUP


def test_it_is_forgotten_with_its_scope(stage: Begin) -> None:
    """The next feature has others."""
    begun = stage(CHANNELS + service("a", "consumes = orders", scope="feature"))
    (first,) = consumers(begun, "a")
    begun.world.end()
    begun.world.end_feature()
    scenario = begun.begin(["orders"], ["a"])
    scenario.services.run("a", {})
    (second,) = begun.world._lent.consumers.started(
        {"scenario": "s2", "feature": "f2", "run": "run"}, scenario.channels
    )
    assert (first.scope, second.scope) == ("f1", "f2")


def test_one_that_consumes_from_two_brokers_is_two(stage: Begin) -> None:
    """Each broker tells of its own."""
    begun = stage(
        "[evtbdd:broker:one]\nurl = kafka+embedded://\n[evtbdd:broker:two]\nurl = kafka+embedded://\n"
        "[evtbdd:channel:orders]\nbroker = one\n[evtbdd:channel:notes]\nbroker = two\n"
        + service("a", "consumes = orders, notes", "group = g-${scope.id}")
    )
    found = consumers(begun, "a")
    assert [list(each.consumes) for each in found] == [["orders"], ["notes"]]
    assert found[0].told_by is not found[1].told_by


@pytest.mark.parametrize(("mode", "reaches"), [("names", frozenset()), ("shared", None)])
def test_a_service_that_says_nothing_may_have_names_built_in(
    stage: Begin, mode: str, reaches: frozenset[str] | None
) -> None:
    """Where names are made anew nobody can: it publishes to nothing that it is not told of."""
    begun = stage(f"[evtbdd]\nisolation = {mode}\n" + CHANNELS + service("a", "consumes = orders"))
    (found,) = consumers(begun, "a")
    assert found.reaches == reaches


def test_what_one_passes_on_to_another(stage: Begin) -> None:
    """The channels between two services that outlive the scenario; and what is told by placeholders."""
    begun = stage(
        CHANNELS
        + service("shipping", "consumes = orders", "environment =\n    TO = ${channel.shipments}")
        + service("notes", "consumes = shipments", "publishes = notes")
        + service("brief", "consumes = notes", scope="scenario")
    )
    of_all = Consumers(begun.world.services, "names")
    assert of_all.passed_on == {"shipments"}
    (found,) = consumers(begun, "shipping")
    assert found.reaches == {"shipments", "notes"}


def test_a_channel_that_is_passed_on_is_listened_to_between_scenarios(stage: Begin) -> None:
    """What comes while nobody looks is open too."""
    begun = stage(
        CHANNELS
        + service("shipping", "consumes = orders", "publishes = shipments")
        + service("notes", "consumes = shipments", "publishes = notes")
    )
    scenario = begun.begin(["orders", "shipments"], ["notes"])
    scenario.services.run("notes", {})
    opened = [scenario.channels.get(name) for name in ("orders", "shipments")]
    begun.world.end()
    for channel in opened:
        channel.publish([Message(b"{}", b"k")], Deadline.after(5))
    earlier = begun.begin(["notes"]).expect._witness.earlier()
    left = earlier.open_at("notes", 0.0)
    assert [(each.event.channel, each.service) for each in left] == [("shipments", "notes")]
