"""A PostgreSQL for these tests, and scenarios that use databases without behave."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from evtbdd.errors import DatabaseUnavailable
from evtbdd.keeper import HeldKeeper
from evtbdd.plan import Plan
from evtbdd.provisioning.local_postgresql import LocalPostgreSQL
from evtbdd.scenario import Scenario
from evtbdd.sections import SECTIONS
from evtbdd.settings.load import Settings
from evtbdd.world import World

Begin = Callable[..., Scenario]


@pytest.fixture(scope="session")
def server() -> Iterator[LocalPostgreSQL]:
    """One for all tests that do not end it."""
    keeper = HeldKeeper()
    local = LocalPostgreSQL(keeper)
    try:
        local.start()
    except DatabaseUnavailable as error:
        keeper.close()
        pytest.skip(str(error))
    yield local
    local.stop()
    keeper.close()


@pytest.fixture
def worlds(tmp_path: Path) -> Iterator[Callable[[str], World]]:
    """Make a run with settings; closed at the end."""
    made: list[World] = []

    def make(text: str) -> World:
        (tmp_path / "evtbdd.cfg").write_text(f"[evtbdd]\ntimeout = 200 ms\n{text}", "utf-8")
        settings = Settings.load(tmp_path, sections=SECTIONS, userdata={}, environ={})
        made.append(World(settings, tmp_path))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def begin(worlds: Callable[[str], World], tmp_path: Path) -> Begin:
    """Begin the first scenario of a run with these settings."""
    return lambda text: worlds(text).begin(Plan(), tmp_path, "s1")
