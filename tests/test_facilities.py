"""A facility is opened by the first scenario that needs it, and given back with the run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from evtbdd import facilities
from evtbdd.errors import ServiceError, SettingsError
from evtbdd.plan import Plan
from evtbdd.sections import SECTIONS
from evtbdd.settings.load import Settings
from evtbdd.world import World

NOTED: list[str] = []
"""What the facilities below were asked, in order."""


class Noting:
    """A facility that notes what it is asked."""

    def __init__(self, run: facilities.Run) -> None:
        NOTED.append(f"opened in {run.project.name}")

    def begin(self, stage: facilities.Stage, scopes: Mapping[str, str]) -> NotingPart:
        assert stage.journal.since() == []
        return NotingPart(scopes["scenario"])

    def close(self) -> None:
        NOTED.append("closed")


class NotingPart:
    def __init__(self, scope: str) -> None:
        self._scope = scope
        NOTED.append(f"begun for {scope}")

    def begin_block(self) -> None:
        NOTED.append(f"block of {self._scope}")

    def fact(self, name: str) -> object:
        return {"url": f"http://{self._scope}"}[name]

    def known(self) -> Sequence[str]:
        return ["url"]

    def end(self) -> None:
        NOTED.append(f"end of {self._scope}")
        if self._scope == "s2":
            raise ServiceError("It did not want to end.")


def test_what_is_open_is_begun_with_the_next_scenario(world: World, tmp_path: Path) -> None:
    """Services that live on may reach it before a step speaks of it."""
    world.begin(Plan(), tmp_path, "s1").facilities.get("noting")
    world.end()
    world.begin(Plan(), tmp_path, "s3")
    assert NOTED[-1] == "begun for s3"
    world.close()


def test_a_missing_driver_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what brings it; another missing module is a mistake of ours."""
    (tmp_path / "needing_a_driver.py").write_text("import no_such_driver\n")
    monkeypatch.syspath_prepend(tmp_path)
    kinds = {"needing": facilities.Kind("needing_a_driver:Any", None, "no_such_driver", "driver")}
    monkeypatch.setattr(facilities.OpenFacilities.__init__, "__defaults__", (kinds,))
    settings = Settings.load(tmp_path, sections=SECTIONS, userdata={}, environ={})
    scenario = World(settings, tmp_path).begin(Plan(), tmp_path, "s1")
    with pytest.raises(SettingsError) as caught:
        scenario.facilities.get("needing")
    assert str(caught.value) == (
        'The driver "no_such_driver" is not installed: pip install "evtbdd[driver]" brings it.'
    )


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A run with such a facility, whose placeholders begin with `noting`."""
    NOTED.clear()
    kinds = {"noting": facilities.Kind(f"{__name__}:Noting", prefix="noting")}
    monkeypatch.setattr(facilities.OpenFacilities.__init__, "__defaults__", (kinds,))
    settings = Settings.load(tmp_path, sections=SECTIONS, userdata={}, environ={})
    return World(settings, tmp_path)


def test_nothing_is_opened_that_nobody_needs(world: World, tmp_path: Path) -> None:
    """A driver costs time."""
    world.begin(Plan(), tmp_path, "s1")
    world.end()
    world.close()
    assert NOTED == []


def test_a_placeholder_opens_its_facility(world: World, tmp_path: Path) -> None:
    """For each scenario anew; blocks of acts are told of."""
    for scope in ("s1", "s3"):
        scenario = world.begin(Plan(), tmp_path, scope)
        assert scenario.values.text("${noting.url}") == f"http://{scope}"
        scenario.begin_step("when")
        scenario.act()
        world.end()
    world.close()
    assert [
        f"opened in {tmp_path.name}",
        *("begun for s1", "block of s1", "end of s1"),
        *("begun for s3", "block of s3", "end of s3"),
        "closed",
    ] == NOTED


def test_what_goes_wrong_at_its_end_is_raised_and_keeps_nothing_from_ending(
    world: World, tmp_path: Path
) -> None:
    """The scenario is an error, and the run goes on."""
    scenario = world.begin(Plan(), tmp_path, "s2")
    scenario.facilities.get("noting")
    with pytest.raises(ServiceError):
        world.end()
    world.close()
    assert NOTED[-2:] == ["end of s2", "closed"]
