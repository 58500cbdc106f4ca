"""An event arrives; at least N events arrive."""

from __future__ import annotations

from collections.abc import Sequence

from evtbdd.expect.pattern import Pattern
from evtbdd.expect.question import Answer, Question, none_of, too_few
from evtbdd.expect.sighting import Sighting


class ArrivesAtLeast(Question):
    """Met as soon as so many events fit."""

    def __init__(self, channel: str, number: int, pattern: Pattern) -> None:
        super().__init__(channel, [pattern])
        self._number = number
        self._fitting: list[Sighting] = []

    def consider(self, sighting: Sighting) -> None:
        """Count those that fit; more than are needed say nothing."""
        if len(self._fitting) < self._number and self.patterns[0].fits(sighting.event):
            self._fitting.append(sighting)

    def answer(self) -> Answer:
        """Met, or open."""
        return Answer.MET if len(self._fitting) >= self._number else Answer.OPEN

    @property
    def met(self) -> Sequence[Sighting]:
        """The first so many that fit: not the more, the later one looks."""
        return self._fitting

    def expected(self) -> str:
        """`at least 3 events`."""
        return f"at least {self.patterns[0].noun(self._number)}"

    def but(self) -> str:
        """`only 2 came, the last at +0.30 s`."""
        return too_few(self._fitting) if self._fitting else none_of(self.seen, self.noun)

    def unmatched(self) -> Sequence[tuple[str, Pattern]]:
        """The pattern, while too few fit."""
        return () if self.answer() is Answer.MET else (("", self.patterns[0]),)


class Arrives(ArrivesAtLeast):
    """Met by the first event that fits."""

    def __init__(self, channel: str, pattern: Pattern) -> None:
        super().__init__(channel, 1, pattern)

    def expected(self) -> str:
        """`an event with key "42"`."""
        return self.patterns[0].noun()
