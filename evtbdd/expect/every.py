"""Every event has: a claim about all, of which there is at least one."""

from __future__ import annotations

from collections.abc import Sequence

from evtbdd.events import Event
from evtbdd.expect.pattern import Pattern
from evtbdd.expect.phrasing import said
from evtbdd.expect.question import Answer, Claim, Ours, first_not, no_such, watched
from evtbdd.expect.sighting import Sighting


class EveryHas(Claim):
    """Each event of `among` fits `pattern` too; the first that does not contradicts."""

    def __init__(self, channel: str, among: Pattern, pattern: Pattern) -> None:
        super().__init__(channel, [pattern])
        self._among = among
        self._members: list[Sighting] = []
        self._odd: list[Sighting] = []

    def consider(self, sighting: Sighting) -> None:
        """Hold the event against both patterns; one that cannot be read speaks for neither."""
        if self._among.fits(sighting.event) and not self.doubts(sighting.event):
            self._members.append(sighting)
            if not self.patterns[0].fits(sighting.event):
                self._odd.append(sighting)

    def doubts(self, event: Event) -> bool:
        """Whether it could be one of them, or is one of them and could differ."""
        return self._among.hides(event) or (
            self._among.fits(event) and self.patterns[0].hides(event)
        )

    def answer(self) -> Answer:
        """Contradicted by one that does not fit."""
        return Answer.CONTRADICTED if self._odd else Answer.OPEN

    def at_the_end(self) -> bool:
        """Whether there was any."""
        return bool(self._members)

    @property
    def met(self) -> Sequence[Sighting]:
        """All of them."""
        return self._members

    def expected(self) -> str:
        """`every "OrderShipped" event`."""
        return f"every {self._among.kind}{self._among.clause}"

    @property
    def lead(self) -> str:
        """`has`."""
        return "has"

    def but(self) -> str:
        """How many do not fit, or that there was none."""
        if self._odd:
            verb = "does" if len(self._odd) == 1 else "do"
            return f"{len(self._odd)} of {len(self._members)} {verb} not"
        return no_such(self.seen)

    def culprits(self) -> Sequence[tuple[Sighting, Pattern]]:
        """Those that do not fit."""
        return [(sighting, self.patterns[0]) for sighting in self._odd]

    def unmatched(self) -> Sequence[tuple[str, Pattern]]:
        """The pattern, where there was none."""
        return () if self._members else (("", self.patterns[0]),)

    @property
    def among(self) -> Sequence[Pattern]:
        """What chooses them, too."""
        return (self._among, *self.patterns)

    def in_doubt(self, holds: bool, ours: Ours) -> Sighting | None:
        """None also where one that is ours decides it: one odd one, or one where all fit."""
        deciding = self._members if holds else self._odd
        return None if any(map(ours, deciding)) else first_not(ours, deciding)

    def watched_form(self, *, in_all: bool = False) -> str:
        """The phrase with a time."""
        kind, clause = self._among.phrased
        return f"every {kind} on {said(self.channel)}{clause} {watched(in_all)} has:"
