"""N events arrive in the order of an address, over all of a lane or key by key."""

from __future__ import annotations

from collections.abc import Sequence

from evtbdd.events import MISSING
from evtbdd.expect.lanes import one_lane
from evtbdd.expect.pattern import Pattern
from evtbdd.expect.question import Answer, Question, none_of
from evtbdd.expect.sighting import Sighting
from evtbdd.values.addresses import Address
from evtbdd.values.render import show


class InOrderOf(Question):
    """Met when N fit and none of them has a smaller value than the one before it."""

    def __init__(
        self, channel: str, number: int, pattern: Pattern, by: Address, *, per_key: bool, lane: str
    ) -> None:
        super().__init__(channel, [pattern])
        self._number, self._by, self._per_key, self._lane = number, by, per_key, lane
        self._fitting: list[Sighting] = []
        self._groups: dict[object, list[Sighting]] = {}
        self._fault: tuple[str, Sequence[Sighting]] | None = None

    def consider(self, sighting: Sighting) -> None:
        """Compare the event with the one before it in its lane, or of its key."""
        event = sighting.event
        if not self.patterns[0].fits(event):
            return
        self._fitting.append(sighting)
        group = self._groups.setdefault(event.key if self._per_key else None, [])
        before = group[-1] if group else None
        group.append(sighting)
        if self._fault is None:
            self._fault = self._compare(before, sighting)

    def _compare(
        self, before: Sighting | None, sighting: Sighting
    ) -> tuple[str, Sequence[Sighting]] | None:
        value = self._by.find(sighting.event)
        if value is MISSING:
            return f"{sighting} has no {self._by.text}", (sighting,)
        if before is None or _ordered(self._by.find(before.event), value):
            return None
        earlier = show(self._by.find(before.event))
        one_lane((before, sighting), self.channel, self._lane)
        return (
            f"{self._by.text} {show(value)} ({sighting}) came after {earlier} ({before})",
            (before, sighting),
        )

    def answer(self) -> Answer:
        """Contradicted by the first two that are out of order; Unproven across lanes."""
        if self._fault is not None:
            return Answer.CONTRADICTED
        if len(self._fitting) < self._number:
            return Answer.OPEN
        for group in self._groups.values():
            one_lane(group, self.channel, self._lane)
        return Answer.MET

    @property
    def met(self) -> Sequence[Sighting]:
        """All that fit."""
        return self._fitting

    def expected(self) -> str:
        """`3 events in the order of "sequence" per key`."""
        per_key = " per key" if self._per_key else ""
        return f"{self.patterns[0].noun(self._number)} in the order of {self._by.text}{per_key}"

    def but(self) -> str:
        """What is out of order, or how many are missing."""
        if self._fault is not None:
            return self._fault[0]
        if not self._fitting:
            return none_of(self.seen)
        return f"only {len(self._fitting)} came, the last at {self._fitting[-1].moment}"

    def culprits(self) -> Sequence[tuple[Sighting, Pattern]]:
        """The two that are out of order."""
        return [(each, self.patterns[0]) for each in self._fault[1]] if self._fault else ()

    def unmatched(self) -> Sequence[tuple[str, Pattern]]:
        """The pattern, where too few came."""
        return (("", self.patterns[0]),) if len(self._fitting) < self._number else ()


def _ordered(earlier: object, later: object) -> bool:
    """Whether two values of one kind stand in ascending order; of two kinds they never do."""
    if isinstance(earlier, bool) or isinstance(later, bool):
        return False
    if isinstance(earlier, int | float) and isinstance(later, int | float):
        return earlier <= later
    return isinstance(earlier, str) and isinstance(later, str) and earlier <= later
