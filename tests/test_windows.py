"""Where the window of a block begins: no later than what could have caused an event."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from evtbdd.channels.message import Draft
from evtbdd.journal import Acted, ScenarioBegan
from evtbdd.phrases import Data
from evtbdd.plan import Plan
from evtbdd.scenario import Scenario
from evtbdd.sections import SECTIONS
from evtbdd.settings.load import Settings
from evtbdd.world import World

NO_DATA = Data(None, None, ("f.feature", 1), None)
SETTINGS = """\
[evtbdd:channel:orders]
[evtbdd:service:shop]
command = sleep 60
scope = run
[evtbdd:service:till]
command = sleep 60
"""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    (tmp_path / "evtbdd.cfg").write_text(SETTINGS, encoding="utf-8")
    settings = Settings.load(tmp_path, sections=SECTIONS, userdata={}, environ={})
    world = World(settings, tmp_path)
    yield world
    world.close()
    assert world.left_behind == []


def begun(world: World, *, vague: bool = False) -> Scenario:
    """A scenario in which the service of the run is running already."""
    first = world.begin(Plan(), Path.cwd(), "s1")
    first.begin_step("given")
    first.services.run("shop", {})
    world.end()
    return world.begin(Plan(channels=["orders"], vague=vague), Path.cwd(), "s2")


def somebody_publishes(scenario: Scenario) -> None:
    """An event that no step of the scenario has published."""
    channel = scenario.channels.get("orders")
    scenario.publisher.event("orders", Draft(), NO_DATA)
    assert channel.ends(scenario.channels.deadline()) != {"0": 0}


def began_at(scenario: Scenario) -> tuple[int, int]:
    """Where the scenario began on its channel, and where the block of acts did."""
    entries = [noted.entry for noted in scenario.journal.since()]
    (beginning,) = [each for each in entries if isinstance(each, ScenarioBegan)]
    (block,) = [each for each in entries if isinstance(each, Acted)]
    return beginning.ends["orders"]["0"], block.ends["orders"]["0"]


def test_nothing_is_asked_anew_where_all_was_as_the_steps_say(world: World) -> None:
    """A service that runs already is no reason to ask the broker once more."""
    scenario = begun(world)
    scenario.begin_step("given")
    somebody_publishes(scenario)
    scenario.services.run("shop", {})
    scenario.begin_step("when")
    scenario.act()
    assert began_at(scenario) == (0, 0)


def test_a_block_begins_after_what_a_step_has_done(world: World) -> None:
    """What a service publishes when it starts is not what the act has caused."""
    scenario = begun(world)
    scenario.begin_step("given")
    scenario.services.run("till", {})
    scenario.begin_step("given")
    somebody_publishes(scenario)
    scenario.services.run("shop", {})
    scenario.begin_step("when")
    scenario.act()
    assert began_at(scenario) == (0, 1)


def test_a_block_begins_after_a_step_that_says_nothing_of_itself(world: World) -> None:
    """Whatever it was, it may have been the cause of something."""
    scenario = begun(world)
    scenario.begin_step("given")
    scenario.services.run("shop", {})
    scenario.begin_step("given")
    somebody_publishes(scenario)
    scenario.begin_step("when")
    scenario.act()
    assert began_at(scenario) == (0, 1)


def test_where_only_the_time_tells_a_block_begins_at_its_own_time(world: World) -> None:
    """What an earlier scenario's event has caused late must not be in the window."""
    scenario = begun(world, vague=True)
    scenario.begin_step("given")
    somebody_publishes(scenario)
    scenario.services.run("shop", {})
    scenario.begin_step("when")
    scenario.act()
    assert began_at(scenario) == (0, 1)
