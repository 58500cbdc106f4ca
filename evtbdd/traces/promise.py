"""What steps ask of traces; no driver is imported by this."""

from __future__ import annotations

from typing import Protocol, cast

from evtbdd.facilities import ScenarioFacilities
from evtbdd.phrases import Data


class Asked(Protocol):
    """The traces of a scenario."""

    def records(self, service: str, span: str, data: Data, within: float | None) -> None:
        """A service records a span."""

    def is_part(self, kind: str | None) -> None:
        """The event is part of the trace of the last request."""


def traces(facilities: ScenarioFacilities) -> Asked:
    """Those of the scenario whose facilities these are."""
    return cast(Asked, facilities.get("traces"))
