"""What the phrases call; nothing of a driver is imported before a scenario needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from evtbdd.facilities import ScenarioFacilities

if TYPE_CHECKING:
    from evtbdd.websockets.facility import ScenarioWebSockets


def websockets_of(facilities: ScenarioFacilities) -> ScenarioWebSockets:
    """The part of a scenario, begun when it is first asked for."""
    return cast("ScenarioWebSockets", facilities.get("websockets"))
