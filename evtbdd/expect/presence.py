"""An event arrives; at least N events arrive."""

from __future__ import annotations

from collections.abc import Sequence

from evtbdd.expect.pattern import Pattern
from evtbdd.expect.question import Answer, Question, none_of
from evtbdd.expect.sighting import Sighting


class Arrives(Question):
    """Met by the first event that fits."""

    def __init__(self, channel: str, pattern: Pattern) -> None:
        super().__init__(channel, [pattern])
        self._first: Sighting | None = None

    def consider(self, sighting: Sighting) -> None:
        """The first that fits is the one."""
        if self._first is None and self.patterns[0].fits(sighting.event):
            self._first = sighting

    def answer(self) -> Answer:
        """Met, or open."""
        return Answer.OPEN if self._first is None else Answer.MET

    @property
    def met(self) -> Sequence[Sighting]:
        """The first event that fits."""
        return () if self._first is None else (self._first,)

    def expected(self) -> str:
        """`an event with key "42"`."""
        return self.patterns[0].noun()

    def but(self) -> str:
        """How many there were, none of which fits."""
        return none_of(self.seen)

    def unmatched(self) -> Sequence[tuple[str, Pattern]]:
        """The only row, while nothing fits."""
        return () if self._first else (("", self.patterns[0]),)


class ArrivesAtLeast(Question):
    """Met as soon as so many events fit."""

    def __init__(self, channel: str, number: int, pattern: Pattern) -> None:
        super().__init__(channel, [pattern])
        self._number = number
        self._fitting: list[Sighting] = []

    def consider(self, sighting: Sighting) -> None:
        """Count those that fit."""
        if self.patterns[0].fits(sighting.event):
            self._fitting.append(sighting)

    def answer(self) -> Answer:
        """Met, or open."""
        return Answer.MET if len(self._fitting) >= self._number else Answer.OPEN

    @property
    def met(self) -> Sequence[Sighting]:
        """All that fit."""
        return self._fitting

    def expected(self) -> str:
        """`at least 3 events`."""
        return f"at least {self.patterns[0].noun(self._number)}"

    def but(self) -> str:
        """`2 of 3 so far, the last at +0.30 s`."""
        if not self._fitting:
            return none_of(self.seen)
        return f"only {len(self._fitting)} came, the last at {self._fitting[-1].moment}"

    def unmatched(self) -> Sequence[tuple[str, Pattern]]:
        """The pattern, while too few fit."""
        return () if self.answer() is Answer.MET else (("", self.patterns[0]),)
