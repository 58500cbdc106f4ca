"""Exactly N, at most N, none: claims that a surplus contradicts at once."""

from __future__ import annotations

from collections.abc import Sequence

from evtbdd.expect.pattern import Pattern
from evtbdd.expect.question import Answer, Question, none_of
from evtbdd.expect.sighting import Sighting
from evtbdd.words import counted, quoted


class Counted(Question):
    """Between `least` and `most` events fit when the time is over; one more contradicts at once."""

    claim = True

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

    def expected(self) -> str:
        """`exactly 2 events`, `at most 1 event`."""
        word = "exactly" if self.least == self.most else "at most"
        return f"{word} {self.patterns[0].noun(self.most)}"

    def but(self) -> str:
        """How many there were instead."""
        if not self.fitting:
            return none_of(self.seen)
        only = "only " if len(self.fitting) < self.least else ""
        return f"{only}{counted(len(self.fitting), 'event')} came"

    def culprits(self) -> Sequence[tuple[Sighting, Pattern]]:
        """All that fit, where they are too many."""
        if len(self.fitting) <= self.most:
            return ()
        return [(sighting, self.patterns[0]) for sighting in self.fitting]

    def unmatched(self) -> Sequence[tuple[str, Pattern]]:
        """The pattern, where too few fit."""
        return (("", self.patterns[0]),) if len(self.fitting) < self.least else ()

    def watched_form(self) -> str:
        """The phrase with a time."""
        word = "exactly" if self.least == self.most else "at most"
        pattern = self.patterns[0]
        arrive = "arrives" if self.most == 1 else "arrive"
        noun = f"{self.most} {pattern.kind}{'' if self.most == 1 else 's'}"
        return f"{word} {noun} {arrive} on {quoted(self.channel)}{pattern.clause} during 2 seconds"


class Absent(Counted):
    """No event fits."""

    def __init__(self, channel: str, pattern: Pattern) -> None:
        super().__init__(channel, 0, 0, pattern)

    def expected(self) -> str:
        """`no "OrderShipped" event`."""
        pattern = self.patterns[0]
        return f"no {pattern.kind}{pattern.clause}"

    def but(self) -> str:
        """That one came, and when."""
        return f"one came at {self.fitting[0].moment}"

    def watched_form(self) -> str:
        """The phrase that watches for a time."""
        pattern = self.patterns[0]
        noun = f"no {pattern.kind}"
        return f"{noun} arrives on {quoted(self.channel)}{pattern.clause} during 2 seconds"
