"""The last event has: met at the first moment at which the last one fits."""

from __future__ import annotations

from collections.abc import Sequence

from evtbdd.expect.lanes import one_lane
from evtbdd.expect.pattern import Pattern
from evtbdd.expect.question import Answer, Question
from evtbdd.expect.sighting import Sighting


class LastHas(Question):
    """The last event of `among` fits `pattern`; which is last is told only within a lane."""

    def __init__(self, channel: str, among: Pattern, pattern: Pattern, *, lane: str) -> None:
        super().__init__(channel, [pattern])
        self._among, self._lane = among, lane
        self._members: list[Sighting] = []

    def consider(self, sighting: Sighting) -> None:
        """Each new one is the last for the time being."""
        if self._among.fits(sighting.event):
            self._members.append(sighting)

    def answer(self) -> Answer:
        """Met while the last one fits; Unproven where they lie in several lanes."""
        one_lane(self._members, self.channel, self._lane)
        if self._members and self.patterns[0].fits(self._members[-1].event):
            return Answer.MET
        return Answer.OPEN

    @property
    def met(self) -> Sequence[Sighting]:
        """The last one."""
        return self._members[-1:]

    def expected(self) -> str:
        """`the last "OrderShipped" event`."""
        return f"the last {self._among.kind}{self._among.clause}"

    def but(self) -> str:
        """That the last one differs, or that there is none."""
        return f"the last one is {self._members[-1]}" if self._members else "there was none"

    def culprits(self) -> Sequence[tuple[Sighting, Pattern]]:
        """The last one, where it does not fit."""
        return [(self._members[-1], self.patterns[0])] if self._members else ()

    def unmatched(self) -> Sequence[tuple[str, Pattern]]:
        """The pattern, where there is none."""
        return () if self._members else (("", self.patterns[0]),)
