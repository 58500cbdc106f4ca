"""A run and its scenarios without behave, and the promise that nothing of them is left."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from evtbdd.plan import Plan
from evtbdd.scenario import Scenario
from evtbdd.sections import SECTIONS
from evtbdd.settings.load import Settings
from evtbdd.world import World


def load(text: str, folder: Path) -> Settings:
    """The settings that stand in a text."""
    (folder / "evtbdd.cfg").write_text(text, encoding="utf-8")
    return Settings.load(folder, sections=SECTIONS, userdata={}, environ={})


class Stage:
    """A run whose scenarios are begun and ended by hand."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world = world
        self.folder = folder
        self._begun = 0

    def begin(self, channels: Sequence[str] = (), services: Sequence[str] = ()) -> Scenario:
        """A scenario whose steps name these channels and services; it stands under Given."""
        plan = Plan(settings=self.world.channels.declared)
        plan.channels += channels
        plan.services += services
        plan.logs |= set(services)
        self._begun += 1
        scenario = self.world.begin(plan, self.folder, f"s{self._begun}")
        scenario.begin_step("given")
        return scenario

    def log(self, scenario: Scenario, service: str) -> str:
        """All that a service has logged by now."""
        found = scenario.services.get(service)
        found.mark()
        return found.log.text()


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Callable[[str], Stage]]:
    """A run with settings of its own; at the end it is closed, and has left nothing behind."""
    before = set(threading.enumerate())
    worlds: list[World] = []

    def begin(text: str) -> Stage:
        worlds.append(World(load(text, tmp_path), tmp_path))
        return Stage(worlds[-1], tmp_path)

    yield begin
    for world in worlds:
        world.close()
        assert world.left_behind == []
    assert set(threading.enumerate()) - before == set()
