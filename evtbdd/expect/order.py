"""N events arrive in the order of an address, over all of a lane or key by key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from evtbdd.events import MISSING
from evtbdd.expect.lanes import one_lane
from evtbdd.expect.pattern import Pattern
from evtbdd.expect.question import Answer, Question, none_of, too_few
from evtbdd.expect.sighting import Sighting
from evtbdd.values.addresses import Address
from evtbdd.values.kinds import is_number
from evtbdd.values.moments import exact, instant, instant_of
from evtbdd.values.render import show
from evtbdd.words import quoted


class InOrderOf(Question):
    """Met when N fit and none of them has a smaller value than the one before it.

    Two events of one lane that are out of order contradict it, whatever lies in other lanes.
    """

    def __init__(
        self, channel: str, number: int, pattern: Pattern, by: Address, *, per_key: bool, lane: str
    ) -> None:
        super().__init__(channel, [pattern])
        self._number, self._by, self._per_key, self._lane = number, by, per_key, lane
        self._fitting: list[Sighting] = []
        self._last: dict[object, dict[str, Sighting]] = {}
        self._fault: tuple[str, Sequence[Sighting]] | None = None

    def consider(self, sighting: Sighting) -> None:
        """Compare the event with the one before it in its lane, and of its key."""
        event = sighting.event
        if not self.patterns[0].fits(event):
            return
        self._fitting.append(sighting)
        lanes = self._last.setdefault(event.key if self._per_key else None, {})
        before = lanes.get(event.record.position.lane)
        lanes[event.record.position.lane] = sighting
        if self._fault is None:
            self._fault = self._compare(before, sighting)

    def _compare(
        self, before: Sighting | None, sighting: Sighting
    ) -> tuple[str, Sequence[Sighting]] | None:
        value = self._by.find(sighting.event)
        if value is MISSING:
            return f"{sighting} has no {self._by.text}", (sighting,)
        if before is None:
            return None
        earlier = self._by.find(before.event)
        ascending = _ascending(earlier, value)
        if ascending:
            return None
        shown = f"{show(earlier)} ({before})"
        if ascending is None:
            fault = f"{self._by.text} {show(value)} ({sighting}) cannot be compared with {shown}"
        else:
            fault = f"{self._by.text} {show(value)} ({sighting}) came after {shown}"
            fault += "; texts are compared letter by letter" if _is_plain(value) else ""
        return fault, (before, sighting)

    def answer(self) -> Answer:
        """Contradicted by the first two that are out of order; Unproven across lanes."""
        if self._fault is not None:
            return Answer.CONTRADICTED
        if len(self._fitting) < self._number:
            return Answer.OPEN
        instead = "leave out the order" if self._per_key else "write `per key`"
        for lanes in self._last.values():
            one_lane(lanes.values(), self.channel, self._lane, instead=instead)
        return Answer.MET

    @property
    def met(self) -> Sequence[Sighting]:
        """All that fit."""
        return self._fitting

    def expected(self) -> str:
        """`3 events in the order of "sequence" per key`."""
        per_key = " per key" if self._per_key else ""
        by = quoted(self._by.text)
        return f"{self.patterns[0].noun(self._number)} in the order of {by}{per_key}"

    def but(self) -> str:
        """What is out of order, or how many are missing."""
        if self._fault is not None:
            return self._fault[0]
        return too_few(self._fitting) if self._fitting else none_of(self.seen)

    def culprits(self) -> Sequence[tuple[Sighting, Pattern]]:
        """The two that are out of order."""
        return [(each, self.patterns[0]) for each in self._fault[1]] if self._fault else ()

    def unmatched(self) -> Sequence[tuple[str, Pattern]]:
        """The pattern, where too few came."""
        few = self._fault is None and len(self._fitting) < self._number
        return (("", self.patterns[0]),) if few else ()


def _ascending(earlier: object, later: object) -> bool | None:
    """Whether the later value is not the smaller one; None for two that cannot be compared.

    Numbers are compared by size, times (ISO 8601, whatever their offset and precision) as moments,
    other texts letter by letter.
    """
    sizes = _size(earlier), _size(later)
    if sizes[0] is not None and sizes[1] is not None and is_number(earlier) == is_number(later):
        return sizes[0] <= sizes[1]
    if isinstance(earlier, str) and isinstance(later, str):
        return earlier <= later
    return None


def _is_plain(value: object) -> bool:
    return isinstance(value, str) and _size(value) is None


def _size(value: object) -> Fraction | None:
    if isinstance(value, str):
        return instant(value)
    if isinstance(value, date):
        return instant_of(value)
    try:
        return exact(value) if is_number(value) else None
    except ValueError:  # infinite or not a number
        return None
