"""How long services, their channels and their folders live: for a scenario, a feature, the run."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from services.conftest import Stage

from evtbdd.channels.message import Draft
from evtbdd.errors import PhraseError, UnknownName
from evtbdd.expect.pattern import Pattern
from evtbdd.journal import ServiceEnded
from evtbdd.phrases import Data

Begin = Callable[[str], Stage]
NOTHING = Data(None, None, ("here", 1), None)


def settings(scope: str) -> str:
    """A service that knows the channel `orders`, and one that lives for the scenario."""
    return (
        "[evtbdd:channel:orders]\n[evtbdd:channel:audit]\n"
        "[evtbdd:service:shop]\ncommand = sh -c 'echo $$; exec sleep 60'\n"
        f"scope = {scope}\npublishes = orders\nurl = http://here:${{port}}/\n"
    )


def running(stage: Stage) -> tuple[int, str]:
    """Begin a scenario in which the service runs: its process, and where its channel is."""
    scenario = stage.begin(["orders"], ["shop"])
    scenario.services.run("shop", {})
    process = scenario.services.get("shop").require_started()
    return process.pid, scenario.channels.physical("orders")


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_service_of_a_scenario_ends_with_it(stage: Begin) -> None:
    """The next scenario has another process, and another channel."""
    begun = stage(settings("scenario"))
    first = running(begun)
    begun.world.end()
    assert not lives(first[0])
    second = running(begun)
    assert first[0] != second[0]
    assert first[1] != second[1]


def test_a_service_of_a_feature_lives_on_with_its_channel(stage: Begin) -> None:
    """Until the feature ends; the next feature has others."""
    begun = stage(settings("feature"))
    first = running(begun)
    begun.world.end()
    assert running(begun) == first
    begun.world.end()
    begun.world.end_feature()
    assert not lives(first[0])
    third = running(begun)
    assert third[0] != first[0]
    assert third[1] != first[1]


def test_a_service_of_the_run_lives_on_over_features(stage: Begin) -> None:
    """Until the run is closed."""
    begun = stage(settings("run"))
    first = running(begun)
    begun.world.end()
    begun.world.end_feature()
    assert running(begun) == first
    begun.world.close()
    assert not lives(first[0])


def test_a_channel_lives_as_long_as_a_service_that_knows_it(stage: Begin) -> None:
    """Also where the scenario does not name the service; a channel nobody knows is its own."""
    begun = stage(settings("feature"))
    first = begun.begin(["orders", "audit"])
    names = first.channels.physical("orders"), first.channels.physical("audit")
    begun.world.end()
    second = begun.begin(["orders", "audit"])
    assert second.channels.physical("orders") == names[0]
    assert second.channels.physical("audit") != names[1]


def test_what_an_earlier_scenario_published_is_not_of_the_next(stage: Begin) -> None:
    """On a channel of the feature scenarios are kept apart by their positions."""
    begun = stage(settings("feature"))
    for _ in range(2):
        scenario = begun.begin(["orders"])
        scenario.publisher.event("orders", Draft("OrderPlaced"), NOTHING)
        scenario.expect.counted("orders", 1, 1, Pattern("OrderPlaced"), NOTHING, 0.02, True)
        begun.world.end()


def test_a_service_that_knows_a_channel_of_the_scenario_is_its_matter(stage: Begin) -> None:
    """Its health counts, though no step names it; another scenario is not concerned."""
    begun = stage(settings("feature"))
    running(begun)
    begun.world.end()
    concerned = begun.begin(["orders"])
    assert [(each.name, each.running) for each in concerned.services.health()] == [("shop", True)]
    begun.world.end()
    assert begun.begin(["audit"]).services.health() == []


def test_a_service_that_died_in_an_earlier_scenario_is_told(stage: Begin) -> None:
    """And it is started again where a scenario says that it is running."""
    begun = stage(settings("feature"))
    process, _ = running(begun)
    ended = begun.world.services.in_scope("f1", "shop").require_started()
    os.kill(process, 9)
    assert ended.wait(begun.world.channels.deadline()) is not None
    begun.world.end()
    (health,) = begun.begin(["orders"]).services.health()
    assert (health.lost or "").startswith("was ended by signal SIGKILL at -")
    begun.world.end()
    assert running(begun)[0] != process


def test_news_of_a_service_go_to_the_scenario_that_runs(stage: Begin) -> None:
    """The journal of one that has ended stays as it is."""
    begun = stage(settings("feature"))
    running(begun)
    first = begun.world._scenario
    assert first is not None
    begun.world.end()
    entries = len(first.journal.since())
    second = begun.begin(["orders"], ["shop"])
    second.services.do("shop", "killed")
    assert len(first.journal.since()) == entries
    assert any(isinstance(noted.entry, ServiceEnded) for noted in second.journal.since())


def test_a_channel_of_a_longer_scope_cannot_be_missing(stage: Begin) -> None:
    """The service needs it in the other scenarios."""
    scenario = stage(settings("feature")).begin()
    with pytest.raises(PhraseError) as raised:
        scenario.channels.remove("orders")
    assert str(raised.value) == (
        'The channel "orders" belongs to a service that lives for the feature, so this scenario '
        "cannot be without it."
    )


def test_a_channel_of_a_longer_scope_stays_as_it_was_created(stage: Begin) -> None:
    """A scenario that wants it otherwise is told, instead of running with less."""
    begun = stage(settings("feature"))
    begun.begin(["orders"])
    begun.world.end()
    scenario = begun.begin()
    scenario.channels.require("orders", partitions=1)
    with pytest.raises(PhraseError) as raised:
        scenario.channels.require("orders", partitions=3)
    assert str(raised.value) == (
        'The channel "orders" is there already, and not with partitions = 3. A channel is created '
        "once, as it was declared then; this one lives for the feature."
    )


def test_folders_end_with_their_scope(stage: Begin) -> None:
    """That of the scenario, and the logs."""
    begun = stage(settings("run"))
    scenario = begun.begin(services=["shop"])
    folder = Path(scenario.values.text("${scenario.folder}"))
    scenario.services.run("shop", {})
    log = scenario.services.get("shop").log.path
    assert log is not None
    assert folder.is_dir()
    begun.world.end()
    assert not folder.exists()
    assert log.exists()
    begun.world.close()
    assert not folder.parent.exists()


def test_ids_are_those_of_the_scope(stage: Begin) -> None:
    """`${scope.id}` in the settings of a service is its own, in a step the scenario's."""
    begun = stage(settings("feature"))
    scenario = begun.begin()
    run = begun.world.run_id
    service = scenario.services.get("shop")
    assert service.said(scenario, "${scope.id}") == f"{run}-f1"
    assert (
        scenario.values.text("${scope.id} ${scenario.id} ${run.id}") == f"{run}-s1 {run}-s1 {run}"
    )


def test_facts_of_a_service_are_its_port_and_its_url(stage: Begin) -> None:
    """Also before it runs; others are unknown, and near ones are told."""
    scenario = stage(settings("run")).begin()
    port = scenario.values.text("${service.shop.port}")
    assert scenario.values.text("${service.shop.url}") == f"http://here:{port}/"
    with pytest.raises(UnknownName) as raised:
        scenario.values.text("${service.shp.port}")
    assert str(raised.value) == (
        '${service.shp.port} is not known. Did you mean "service.shop.port" or "service.shop.url"?'
    )


def test_ending_twice_and_ending_nothing_is_no_error(stage: Begin) -> None:
    """Also after a scenario that could not begin."""
    begun = stage(settings("feature"))
    begun.world.end()
    begun.world.end_feature()
    with pytest.raises(UnknownName):
        begun.begin(["orders"]).channels.get("ordrs")
    begun.world.end()
    begun.world.end()
    begun.world.end_feature()
    begun.world.close()
    begun.world.close()
