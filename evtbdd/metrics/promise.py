"""What steps ask of metrics; no driver is imported by this."""

from __future__ import annotations

from typing import Protocol, cast

from evtbdd.facilities import ScenarioFacilities


class Asked(Protocol):
    """The metrics of a scenario."""

    def increases(self, text: str, name: str, number: int, within: float | None) -> None:
        """Wait until a metric of a service has increased by so much since the window's beginning."""


def metrics(facilities: ScenarioFacilities) -> Asked:
    """Those of the scenario whose facilities these are."""
    return cast(Asked, facilities.get("metrics"))
