"""Services that need others: those are started before them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from services.conftest import Stage

from evtbdd.errors import SettingsError, UnknownName
from evtbdd.journal import ServiceStarted
from evtbdd.scenario import Scenario

Begin = Callable[[str], Stage]


def settings(**needs: str) -> str:
    """Services that do nothing, each with what it needs."""
    return "".join(
        f"[evtbdd:service:{name}]\ncommand = sleep 60\nneeds = {needed}\n"
        for name, needed in needs.items()
    )


SHOP = settings(shop="db, cache", db="disk", cache="disk", disk="")


def started(scenario: Scenario) -> list[str]:
    """The services that were started, in that order."""
    news = [noted.entry for noted in scenario.journal.since()]
    return [each.service for each in news if isinstance(each, ServiceStarted)]


def test_what_is_needed_is_started_first_and_once(stage: Begin) -> None:
    """Also what those need in turn."""
    scenario = stage(SHOP).begin()
    scenario.services.run("shop", {})
    assert started(scenario) == ["disk", "db", "cache", "shop"]


def test_what_is_needed_is_started_by_the_step_that_starts_too(stage: Begin) -> None:
    """`is started` is no less than `is running`."""
    scenario = stage(SHOP).begin()
    scenario.services.do("shop", "started")
    assert started(scenario) == ["disk", "db", "cache", "shop"]


def test_what_a_step_has_killed_is_not_revived_by_another_start(stage: Begin) -> None:
    """A service can be restarted while what it needs is down; that it is running means all of it."""
    scenario = stage(SHOP).begin()
    scenario.services.run("shop", {})
    scenario.services.do("db", "killed")
    scenario.services.do("shop", "restarted")
    assert not scenario.services.get("db").running
    scenario.services.run("shop", {})
    assert scenario.services.get("db").running


@pytest.mark.parametrize(
    ("needs", "circle"),
    [
        ({"a": "a"}, '"a"'),
        ({"a": "b", "b": "a"}, '"a" and "b"'),
        ({"a": "b", "b": "c", "c": "d", "d": "b"}, '"b", "c" and "d"'),
    ],
)
def test_a_circle_is_an_error_of_the_settings(
    needs: dict[str, str], circle: str, stage: Begin
) -> None:
    """It names those of the circle, and only those."""
    with pytest.raises(SettingsError) as raised:
        stage(settings(**needs))
    assert str(raised.value) == f"The services {circle} need each other: none can be first."


def test_what_is_needed_must_be_declared(stage: Begin) -> None:
    """The error says by which section it is needed."""
    with pytest.raises(SettingsError) as raised:
        stage(settings(shop="dbb", db=""))
    assert str(raised.value) == (
        '[evtbdd:service:shop] needs: no service is called "dbb". Did you mean "db"?'
    )


def test_a_service_that_nobody_declared_is_an_error_of_the_step(stage: Begin) -> None:
    """With the nearest name."""
    scenario = stage(SHOP).begin()
    with pytest.raises(UnknownName) as raised:
        scenario.services.run("shopp", {})
    assert str(raised.value) == (
        'No service is called "shopp". Did you mean "shop"? A service is declared by a section '
        "[evtbdd:service:shopp] of the settings."
    )
