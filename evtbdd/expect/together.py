"""Events with the same key share a lane; a claim about all, of which there are at least two."""

from __future__ import annotations

from collections.abc import Sequence

from evtbdd.expect.pattern import Pattern
from evtbdd.expect.question import Answer, Question
from evtbdd.expect.sighting import Sighting
from evtbdd.words import quoted


class SameKeyTogether(Question):
    """No key is seen in two lanes, and some key is seen at least twice."""

    claim = True

    def __init__(self, channel: str, *, lane: str) -> None:
        super().__init__(channel, [Pattern()])
        self._lane = lane
        self._first: dict[object, Sighting] = {}
        self._repeated = False
        self._apart: tuple[Sighting, Sighting] | None = None

    def consider(self, sighting: Sighting) -> None:
        """Compare the lane with that of the first event of the same key."""
        record = sighting.event.record
        if record.key is None:
            return
        first = self._first.setdefault(record.key, sighting)
        if first is sighting:
            return
        self._repeated = True
        if first.event.record.position.lane != record.position.lane and self._apart is None:
            self._apart = (first, sighting)

    def answer(self) -> Answer:
        """Contradicted by two of one key that lie apart."""
        return Answer.CONTRADICTED if self._apart else Answer.OPEN

    def at_the_end(self) -> bool:
        """Whether any key came twice."""
        return self._repeated

    @property
    def met(self) -> Sequence[Sighting]:
        """All that came."""
        return self.seen

    def expected(self) -> str:
        """`the events with the same key to share a partition`."""
        return f"the events with the same key to share a {self._lane}"

    def but(self) -> str:
        """Which two lie apart, or that no key came twice."""
        if self._apart is None:
            return "no event came" if not self.seen else "no key came twice"
        first, other = self._apart
        return f"{first} lies at {first.event.record.where}, {other} at {other.event.record.where}"

    def culprits(self) -> Sequence[tuple[Sighting, Pattern]]:
        """The two that lie apart."""
        return [(each, Pattern()) for each in self._apart] if self._apart else ()

    def watched_form(self) -> str:
        """The phrase with a time."""
        channel = quoted(self.channel)
        return f"the events on {channel} with the same key share a {self._lane} during 2 seconds"
