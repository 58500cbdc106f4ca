"""Which events an expectation looks at: rules 4 and 7 of the language, alone.

The window is what came since the last block of acts under When began, at the positions recorded
then; or since the scenario began, where there was none. `in all` widens it to the whole scenario.
What the scenario itself published lies outside of it where a service runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from evtbdd.events import Event, Position
from evtbdd.journal import Acted, Noted, Published, ScenarioBegan
from evtbdd.ports import Ends

Place = tuple[str, Position]


class Lies(Enum):
    """Where an event lies, as seen from a window."""

    INSIDE = "inside"
    TOO_EARLY = "too early"
    OWN = "published by the scenario itself"
    HISTORY = "already held before the scenario began"
    BEFORE = "from before the scenario"
    STRAY = "of an earlier scenario, by its correlation"
    FOREIGN = "of somebody else, by its correlation"


@dataclass(frozen=True, slots=True)
class Window:
    """A window as data; `began` is a monotonic moment.

    Whatever was stored before `asked`, another such moment, lies before the window.
    """

    began: float
    asked: float
    starts: Mapping[str, Ends]
    scenario_starts: Mapping[str, Ends]
    own: frozenset[Place]
    history: frozenset[Place]
    own_counts: bool

    def lies(self, event: Event) -> Lies:
        """Where an event lies; told by its position, never by when it was seen."""
        position, channel = event.record.position, event.channel
        if (channel, position) in self.history:
            return Lies.HISTORY
        if not _reached(self.scenario_starts, channel, position):
            return Lies.BEFORE
        # Before the window's beginning: a wider window would not make it count either.
        if not self.own_counts and (channel, position) in self.own:
            return Lies.OWN
        return Lies.INSIDE if _reached(self.starts, channel, position) else Lies.TOO_EARLY


def _reached(starts: Mapping[str, Ends], channel: str, position: Position) -> bool:
    return position.number >= starts.get(channel, {}).get(position.lane, 0)


def window(noted: Iterable[Noted], *, in_all: bool, own_counts: bool, began: float) -> Window:
    """The window of a step that begins when `noted` is all that has happened.

    `began` is when the scenario began. A channel that was added later than the window's beginning
    lies in it from its first event on.
    """
    asked = began
    starts: Mapping[str, Ends] = {}
    scenario_starts: Mapping[str, Ends] = {}
    own: set[Place] = set()
    history: set[Place] = set()
    for item in noted:
        match item.entry:
            case ScenarioBegan(ends, before):
                scenario_starts = {**scenario_starts, **ends}
                starts = {**starts, **ends}
                began, asked = item.at, item.at if before is None else before
            case Acted(ends, before) if not in_all:
                starts = {**starts, **ends}
                began, asked = item.at, item.at if before is None else before
            case Published(channel=channel, position=position, history=past):
                (history if past else own).add((channel, position))
            case _:
                pass
    return Window(
        began, asked, starts, scenario_starts, frozenset(own), frozenset(history), own_counts
    )
