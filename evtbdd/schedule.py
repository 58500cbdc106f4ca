"""The scenarios that will run, in their order, each with its number and what its steps tell ahead.

Those to come are told of chunk by chunk, so that what they need can be made before their turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from evtbdd.channels.chunks import MANY
from evtbdd.plan import Plan

MOST = 200
"""Scenarios of one chunk, where they need few channels."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A scenario's plan, and the name of its scope, `s12` for the twelfth."""

    scope: str
    plan: Plan


class Schedule:
    """What will run; behave's scenarios are told apart by being that very object.

    `plan` reads a scenario ahead; `ahead` is handed the plans of a chunk by their scopes, and
    `drop` the scope of a scenario that was passed over, such as one that a hook has skipped.
    """

    def __init__(
        self,
        scenarios: Iterable[Any],
        plan: Callable[[Any], Plan],
        ahead: Callable[[Mapping[str, Plan]], None],
        drop: Callable[[str], None],
    ) -> None:
        self._scenarios = list(scenarios)
        self._places = {id(each): place for place, each in enumerate(self._scenarios)}
        self._plan = plan
        self._ahead = ahead
        self._drop = drop
        self._planned: dict[int, Planned] = {}
        self._chunk_begins = self._planned_to = 0
        self._next = 0
        self._further = len(self._scenarios)

    def take(self, scenario: Any) -> Planned:
        """The plan of a scenario whose turn has come; a chunk to come is told of where it is time.

        One that has had its turn, or that nobody foresaw, is planned now, with a further number.
        """
        place = self._places.get(id(scenario), -1)
        if place < self._next:
            self._further += 1
            return Planned(f"s{self._further}", self._plan(scenario))
        for passed in range(self._next, place):
            if (dropped := self._planned.pop(passed, None)) is not None:
                self._drop(dropped.scope)
        self._next = place + 1
        planned = self._planned.pop(place, None) or self._planned_now(place)
        if place >= self._chunk_begins:
            self._chunk_begins = max(self._planned_to, self._next)
            self._tell_of_chunk()
        return planned

    def _tell_of_chunk(self) -> None:
        """Plan scenarios from where the next chunk begins, until they need many channels."""
        chunk: dict[str, Plan] = {}
        channels = 0
        place = self._chunk_begins
        while place < len(self._scenarios) and channels < MANY and len(chunk) < MOST:
            planned = self._planned[place] = self._planned_now(place)
            chunk[planned.scope] = planned.plan
            channels += max(1, len(planned.plan.channels))
            place += 1
        self._planned_to = place
        if chunk:
            self._ahead(chunk)

    def _planned_now(self, place: int) -> Planned:
        return Planned(f"s{place + 1}", self._plan(self._scenarios[place]))
