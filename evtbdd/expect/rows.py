"""These events arrive; only these events arrive; both also in order."""

from __future__ import annotations

from collections.abc import Sequence

from evtbdd.expect.assignment import Assignment, subsequence
from evtbdd.expect.lanes import one_lane
from evtbdd.expect.pattern import Pattern
from evtbdd.expect.question import Answer, Question, none_of
from evtbdd.expect.sighting import Sighting
from evtbdd.words import counted, quoted


class TheseArrive(Question):
    """Every row is met by an event of its own; `in_order`, by events that follow one another."""

    def __init__(
        self, channel: str, rows: Sequence[Pattern], *, in_order: bool, lane: str = "partition"
    ) -> None:
        super().__init__(channel, rows)
        self.in_order = in_order
        self._lane = lane
        self._assignment = Assignment(len(rows))
        self._candidates: list[Sighting] = []
        self._fitting: list[list[int]] = []

    def consider(self, sighting: Sighting) -> None:
        """Find the rows that the event fits, and one for it."""
        fitting = [row for row, pattern in enumerate(self.patterns) if pattern.fits(sighting.event)]
        if fitting:
            self._candidates.append(sighting)
            self._fitting.append(fitting)
            self._assignment.add(fitting)

    def answer(self) -> Answer:
        """Met when all rows are; in order, Unproven where the broker promises no order."""
        if not self._assignment.complete:
            return Answer.OPEN
        if not self.in_order:
            return Answer.MET
        one_lane(self._candidates, self.channel, self._lane)
        return Answer.MET if len(self._chosen()) == len(self.patterns) else Answer.OPEN

    def _chosen(self) -> list[int]:
        return subsequence(self._fitting, len(self.patterns))

    @property
    def met(self) -> Sequence[Sighting]:
        """The events of the rows that are met, in the order of the rows."""
        return [self._candidates[e] for e in self._assignment.event_of if e is not None]

    def expected(self) -> str:
        """`these 3 events in order`."""
        order = " in order" if self.in_order else ""
        return f"these {counted(len(self.patterns), 'event')}{order}"

    def but(self) -> str:
        """How many rows were met, or that the order is another."""
        missing = len(self.unmatched())
        if not missing:
            shown = ", ".join(self._row_of(sighting) for sighting in self._candidates[:12])
            return f"they came in another order: {shown}"
        if missing == len(self.patterns):
            return none_of(self.seen)
        return f"{missing} of {len(self.patterns)} did not come"

    def _row_of(self, sighting: Sighting) -> str:
        event = self._candidates.index(sighting)
        return f"row {self._fitting[event][0] + 1} as {sighting}"

    def unmatched(self) -> Sequence[tuple[str, Pattern]]:
        """The rows that no event has met."""
        return [
            (f"row {row + 1}", self.patterns[row])
            for row, event in enumerate(self._assignment.event_of)
            if event is None
        ]


class OnlyTheseArrive(TheseArrive):
    """Every row is met, and no other event of the same type and key comes."""

    claim = True

    def __init__(
        self,
        channel: str,
        rows: Sequence[Pattern],
        among: Pattern,
        *,
        in_order: bool,
        lane: str = "partition",
    ) -> None:
        super().__init__(channel, rows, in_order=in_order, lane=lane)
        self._among = among
        self._surplus: list[Sighting] = []

    def consider(self, sighting: Sighting) -> None:
        """One that no row needs is one too many."""
        before = len(self._candidates)
        super().consider(sighting)
        if self._among.fits(sighting.event) and len(self._candidates) == before:
            self._surplus.append(sighting)
        elif len(self._candidates) > len(self.met):
            needed = {id(met) for met in self.met}
            self._surplus += [
                each
                for each in self._candidates
                if id(each) not in needed and each not in self._surplus
            ]

    def answer(self) -> Answer:
        """Contradicted by one too many, or when all are there in another order."""
        if self._surplus:
            return Answer.CONTRADICTED
        if self._assignment.complete and super().answer() is Answer.OPEN:
            return Answer.CONTRADICTED
        return Answer.OPEN

    def at_the_end(self) -> bool:
        """Whether every row is met."""
        return super().answer() is Answer.MET

    def expected(self) -> str:
        """`only these 3 events`."""
        return f"only {super().expected()}"

    def but(self) -> str:
        """That there is one too many, else as without `only`."""
        if self._surplus:
            return f"{counted(len(self._surplus), 'event')} more came"
        return super().but()

    def culprits(self) -> Sequence[tuple[Sighting, Pattern]]:
        """Those that no row needs."""
        return [(sighting, self._among) for sighting in self._surplus]

    def watched_form(self) -> str:
        """The phrase with a time."""
        among = self._among
        order = " in order" if self.in_order else ""
        return (
            f"only these {among.kind}s arrive on {quoted(self.channel)}{among.clause}{order}"
            " during 2 seconds:"
        )
