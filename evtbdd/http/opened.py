"""What the phrases call; nothing of a driver is imported before a scenario needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from evtbdd.facilities import ScenarioFacilities

if TYPE_CHECKING:
    from evtbdd.http.facility import ScenarioHttp


def http_of(facilities: ScenarioFacilities) -> ScenarioHttp:
    """The part of a scenario, begun when it is first asked for."""
    return cast("ScenarioHttp", facilities.get("http"))
