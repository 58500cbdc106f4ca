"""The last event has: met at the first moment at which the last one fits."""

from __future__ import annotations

from collections.abc import Sequence

from evtbdd.expect.lanes import Lanes
from evtbdd.expect.pattern import Pattern
from evtbdd.expect.question import Answer, Question, no_such
from evtbdd.expect.sighting import Sighting


class LastHas(Question):
    """The last event of `among` fits `pattern`; which is last is told only within a lane."""

    def __init__(self, channel: str, among: Pattern, pattern: Pattern, *, lane: str) -> None:
        super().__init__(channel, [pattern])
        self._among = among
        self._lanes = Lanes(channel, lane)
        self._members: list[Sighting] = []

    def consider(self, sighting: Sighting) -> None:
        """Each new one is the last for the time being."""
        if self._among.fits(sighting.event):
            self._members.append(sighting)
            self._lanes.add(sighting)

    def answer(self) -> Answer:
        """Met while the last one fits; Unproven where they lie in several lanes."""
        self._lanes.require_one("the last of these events", "name the key of those that you mean")
        if self._members and self.patterns[0].fits(self._members[-1].event):
            return Answer.MET
        return Answer.OPEN

    @property
    def among(self) -> Sequence[Pattern]:
        """What chooses them, too."""
        return (self._among, *self.patterns)

    @property
    def met(self) -> Sequence[Sighting]:
        """The last one."""
        return self._members[-1:]

    def expected(self) -> str:
        """`the last "OrderShipped" event`."""
        return f"the last {self._among.kind}{self._among.clause}"

    @property
    def lead(self) -> str:
        """`has`."""
        return "has"

    def but(self) -> str:
        """That the last one differs, or that there is none."""
        if len(self._members) == 1:
            return f"the only one, {self._members[-1]}, does not"
        if self._members:
            return f"the last of {len(self._members)}, {self._members[-1]}, does not"
        return no_such(self.seen)

    def culprits(self) -> Sequence[tuple[Sighting, Pattern]]:
        """The last one, where it does not fit."""
        return [(self._members[-1], self.patterns[0])] if self._members else ()

    def unmatched(self) -> Sequence[tuple[str, Pattern]]:
        """The pattern, where there is none."""
        return () if self._members else (("", self.patterns[0]),)
