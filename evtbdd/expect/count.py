"""Exactly N, at most N, none: claims that a surplus contradicts at once."""

from __future__ import annotations

from collections.abc import Sequence

from evtbdd.expect.pattern import Pattern
from evtbdd.expect.phrasing import coming
from evtbdd.expect.question import Answer, Claim, Ours, none_of, too_few, watched
from evtbdd.expect.sighting import Sighting
from evtbdd.expect.source import things


class Counted(Claim):
    """Between `least` and `most` events fit when the time is over; one more contradicts at once."""

    def __init__(self, channel: str, least: int, most: int, pattern: Pattern) -> None:
        super().__init__(channel, [pattern])
        self.least, self.most = least, most
        self.fitting: list[Sighting] = []

    def consider(self, sighting: Sighting) -> None:
        """Count those that fit."""
        if self.patterns[0].fits(sighting.event):
            self.fitting.append(sighting)

    def answer(self) -> Answer:
        """Contradicted by a surplus, else open."""
        return Answer.CONTRADICTED if len(self.fitting) > self.most else Answer.OPEN

    def at_the_end(self) -> bool:
        """Whether there are enough."""
        return self.least <= len(self.fitting) <= self.most

    @property
    def met(self) -> Sequence[Sighting]:
        """All that fit."""
        return self.fitting

    @property
    def _word(self) -> str:
        return "exactly" if self.least == self.most else "at most"

    def expected(self) -> str:
        """`exactly 2 events`, `at most 1 event`."""
        return f"{self._word} {self.patterns[0].noun(self.most)}"

    def but(self) -> str:
        """How many there were instead."""
        if not self.fitting:
            return none_of(self.seen, self.noun)
        if len(self.fitting) < self.least:
            return too_few(self.fitting)
        return f"{things(self.channel, len(self.fitting))} came"

    def culprits(self) -> Sequence[tuple[Sighting, Pattern]]:
        """All that fit, where they are too many."""
        if len(self.fitting) <= self.most:
            return ()
        return [(sighting, self.patterns[0]) for sighting in self.fitting]

    def unmatched(self) -> Sequence[tuple[str, Pattern]]:
        """The pattern, where too few fit."""
        return (("", self.patterns[0]),) if len(self.fitting) < self.least else ()

    def in_doubt(self, holds: bool, ours: Ours) -> Sighting | None:
        """None also where too many are ours alone, or fewer would do as well."""
        if self.least == 0 if holds else sum(map(ours, self.fitting)) > self.most:
            return None
        return super().in_doubt(holds, ours)

    def _said(self, noun: str, verb: str, *, in_all: bool) -> str:
        """The phrase with a time."""
        clause = self.patterns[0].phrased[1]
        colon = " with:" if self.details() else ""
        return f"{coming(self.channel, noun, verb)}{clause} {watched(in_all)}{colon}"

    def watched_form(self, *, in_all: bool = False) -> str:
        """The phrase with a time."""
        ending, verb = ("", "arrives") if self.most == 1 else ("s", "arrive")
        noun = f"{self._word} {self.most} {self.patterns[0].phrased[0]}{ending}"
        return self._said(noun, verb, in_all=in_all)


class Absent(Counted):
    """No event fits."""

    def __init__(self, channel: str, pattern: Pattern) -> None:
        super().__init__(channel, 0, 0, pattern)

    def expected(self) -> str:
        """`no "OrderShipped" event`."""
        pattern = self.patterns[0]
        return f"no {pattern.kind}{pattern.clause}"

    def but(self) -> str:
        """That one came, and when; or how many."""
        if len(self.fitting) == 1:
            return f"one came at {self.fitting[0].moment}"
        return f"{len(self.fitting)} came, the first at {self.fitting[0].moment}"

    def watched_form(self, *, in_all: bool = False) -> str:
        """The phrase that watches for a time."""
        return self._said(f"no {self.patterns[0].phrased[0]}", "arrives", in_all=in_all)
