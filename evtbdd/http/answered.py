"""What a response is like: a question that is contradicted by the first that is another one."""

from __future__ import annotations

from collections.abc import Sequence

from evtbdd.expect.pattern import Pattern
from evtbdd.expect.question import Answer, Question
from evtbdd.expect.sighting import Sighting
from evtbdd.http.exchange import Asked
from evtbdd.values.addresses import Address
from evtbdd.words import counted

STATUS = Address.parse("@status")
RESPONSE = Pattern(thing="response")


def with_status(status: int) -> Pattern:
    """A response of which the status is known."""
    return Pattern(thing="response", told=f" with status {status}", named=((STATUS, status),))


class AnsweredWith(Question):
    """Each response to a request fits, and there are as many as requests were sent."""

    def __init__(self, asked: Asked, pattern: Pattern) -> None:
        super().__init__(asked, [pattern])
        self._number = asked.number
        self._others: list[Sighting] = []

    def consider(self, sighting: Sighting) -> None:
        """Note one that does not fit."""
        if not self.patterns[0].fits(sighting.event):
            self._others.append(sighting)

    def answer(self) -> Answer:
        """Contradicted by the first that does not fit."""
        if self._others:
            return Answer.CONTRADICTED
        return Answer.MET if len(self.seen) >= self._number else Answer.OPEN

    @property
    def met(self) -> Sequence[Sighting]:
        """All of them."""
        return self.seen

    def expected(self) -> str:
        """`a response with status 201`, `3 responses with status 201`."""
        return self.patterns[0].noun(None if self._number == 1 else self._number)

    def but(self) -> str:
        """That it is another one, or that none came."""
        if self._others:
            if self._number == 1:
                return "the response is another"
            verb = "differs" if len(self._others) == 1 else "differ"
            return f"{len(self._others)} of {counted(len(self.seen), 'response')} {verb}"
        if self._number == 1:
            return "no response came"
        return f"{counted(len(self.seen), 'response')} came"

    def culprits(self) -> Sequence[tuple[Sighting, Pattern]]:
        """Those that do not fit."""
        return [(sighting, self.patterns[0]) for sighting in self._others]
