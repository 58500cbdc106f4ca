"""Events with the same key share a lane; a claim about all, of which there are at least two."""

from __future__ import annotations

from collections.abc import Sequence

from evtbdd.expect.pattern import Pattern
from evtbdd.expect.phrasing import said
from evtbdd.expect.question import Answer, Claim, watched
from evtbdd.expect.sighting import Sighting
from evtbdd.values.render import show
from evtbdd.words import listed


class SameKeyTogether(Claim):
    """No key is seen in two lanes, and some key is seen at least twice."""

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
        if self._apart is None and _lane(first) != _lane(sighting):
            self._apart = (first, sighting)

    def answer(self) -> Answer:
        """Contradicted by two of one key that lie apart."""
        return Answer.CONTRADICTED if self._apart else Answer.OPEN

    def at_the_end(self) -> bool:
        """Whether any key came twice."""
        return self._repeated

    @property
    def met(self) -> Sequence[Sighting]:
        """All that came, once some key came twice, as long as none lies apart."""
        return self.seen if self._repeated and self._apart is None else ()

    def expected(self) -> str:
        """`events with the same key share a partition`."""
        return f"events with the same key share a {self._lane}"

    def but(self) -> str:
        """Which two lie apart, or that no key came twice."""
        if self._apart is None:
            return "no key came twice" if self.seen else "no event came"
        places = [f"in {self._lane} {_lane(each)} ({each})" for each in self._apart]
        return f"key {show(self._apart[0].event.key)} lies {listed(places)}"

    def culprits(self) -> Sequence[tuple[Sighting, Pattern]]:
        """The two that lie apart."""
        return [(each, Pattern()) for each in self._apart] if self._apart else ()

    def watched_form(self, *, in_all: bool = False) -> str:
        """The phrase with a time."""
        channel, time = said(self.channel), watched(in_all)
        return f"the events on {channel} with the same key share a {self._lane} {time}"


def _lane(sighting: Sighting) -> str:
    return sighting.event.record.position.lane
