"""These events arrive; only these events arrive; both also in order."""

from __future__ import annotations

from collections.abc import Sequence

from evtbdd.events import Event
from evtbdd.expect.assignment import Assignment, Subsequence
from evtbdd.expect.lanes import Lanes
from evtbdd.expect.pattern import Pattern
from evtbdd.expect.phrasing import said
from evtbdd.expect.question import Answer, Claim, Ours, Question, first_not, none_of, watched
from evtbdd.expect.sighting import Sighting
from evtbdd.expect.source import things
from evtbdd.words import listed

ORDER = "the order of these events"
INSTEAD = "leave out `in order`"


class TheseArrive(Question):
    """Every row is met by an event of its own; `in_order`, by events that follow one another.

    In order they must do so within one lane; what lies in other lanes does not count against it.
    """

    def __init__(
        self, channel: str, rows: Sequence[Pattern], *, in_order: bool, lane: str = "partition"
    ) -> None:
        super().__init__(channel, rows)
        self.in_order = in_order
        self._assignment = Assignment(len(rows))
        self._candidates: list[Sighting] = []
        self._lanes = Lanes(channel, lane)
        self._in_lane: dict[str, Subsequence] = {}

    def consider(self, sighting: Sighting) -> None:
        """Find the rows that the event fits, and one for it."""
        self._find_row(sighting)

    def _find_row(self, sighting: Sighting) -> bool:
        """Whether it fits a row, and found one of its own."""
        fitting = [row for row, pattern in enumerate(self.patterns) if pattern.fits(sighting.event)]
        if not fitting:
            return False
        self._candidates.append(sighting)
        self._lanes.add(sighting)
        lane = sighting.event.record.position.lane
        if lane not in self._in_lane:
            self._in_lane[lane] = Subsequence(len(self.patterns))
        self._in_lane[lane].add(fitting, len(self._candidates) - 1)
        return self._assignment.add(fitting)

    def answer(self) -> Answer:
        """Met when all rows are, in order by the events of one lane."""
        if not self._assignment.complete or (self.in_order and not self._ordered()):
            return Answer.OPEN
        return Answer.MET

    def at_the_end(self) -> bool:
        """No; Unproven where all rows are met, but by events between which there is no order."""
        if self.in_order and self._assignment.complete:
            self._lanes.require_one(ORDER, INSTEAD)
        return False

    def _ordered(self) -> Sequence[Sighting]:
        """The events of one lane that meet all rows one after another; none where there are none."""
        for in_lane in self._in_lane.values():
            if in_lane.complete:
                return [self._candidates[event] for event in in_lane.chosen]
        return ()

    @property
    def met(self) -> Sequence[Sighting]:
        """The events of the rows that are met, in the order of the rows."""
        if self.in_order and (ordered := self._ordered()):
            return ordered
        return [self._candidates[e] for e in self._assignment.event_of if e is not None]

    def expected(self) -> str:
        """`these 3 events in order`."""
        order = " in order" if self.in_order else ""
        number = len(self.patterns)
        return f"{f'this {self.noun}' if number == 1 else f'these {number} {self.noun}s'}{order}"

    def but(self) -> str:
        """How many rows were met, or that the order is another."""
        missing = len(self.unmatched())
        if not missing:
            return f"they came in another order: {self._order()}"
        if missing == len(self.patterns):
            return none_of(self.seen, self.noun)
        return f"{missing} of {things(self.channel, len(self.patterns))} did not come"

    def _order(self) -> str:
        """`row 2 (#1), row 1 (#2)`: the rows that are met, in the order of their events."""
        rows = sorted(
            (event, row) for row, event in enumerate(self._assignment.event_of) if event is not None
        )
        shown = [f"row {row + 1} ({self._candidates[event]})" for event, row in rows[:12]]
        return ", ".join([*shown, "…"] if len(rows) > 12 else shown)

    def unmatched(self) -> Sequence[tuple[str, Pattern]]:
        """The rows that no event has met."""
        return [
            (f"row {row + 1}", self.patterns[row])
            for row, event in enumerate(self._assignment.event_of)
            if event is None
        ]


class OnlyTheseArrive(TheseArrive, Claim):
    """Every row is met, and no other event of the same type and key comes."""

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
        """One that no row needs is one too many, unless it cannot be read."""
        if (
            not self._find_row(sighting)
            and self._among.fits(sighting.event)
            and not super().doubts(sighting.event)
        ):
            self._surplus.append(sighting)

    def doubts(self, event: Event) -> bool:
        """Whether it could meet a row, or be one too many."""
        return self._among.hides(event) or super().doubts(event)

    def answer(self) -> Answer:
        """Contradicted by one too many, or when all are there in another order."""
        if self._surplus:
            return Answer.CONTRADICTED
        if self.in_order and self._assignment.complete:
            self._lanes.require_one(ORDER, INSTEAD)
            return Answer.OPEN if self._ordered() else Answer.CONTRADICTED
        return Answer.OPEN

    def at_the_end(self) -> bool:
        """Whether every row is met."""
        return self._assignment.complete

    def expected(self) -> str:
        """`only these 3 events`."""
        return f"only {super().expected()}"

    def but(self) -> str:
        """That there is one too many, and which rows nothing has met; else as without `only`."""
        if not self._surplus:
            return super().but()
        number = len(self._surplus)
        missing = [name.removeprefix("row ") for name, _ in self.unmatched()]
        if not missing:
            return f"{number} more came"
        fits = "fits" if number == 1 else "fit"
        rows = f"row {missing[0]} has"
        if len(missing) > 1:
            rows = (
                f"rows {listed(missing)} have" if len(missing) < 6 else f"{len(missing)} rows have"
            )
        return f"{number} came that {fits} no row that is left, and {rows} not come"

    def culprits(self) -> Sequence[tuple[Sighting, Pattern]]:
        """Those that no row needs."""
        return [(sighting, self._among) for sighting in self._surplus]

    @property
    def among(self) -> Sequence[Pattern]:
        """What chooses them, too."""
        return (self._among, *self.patterns)

    def in_doubt(self, holds: bool, ours: Ours) -> Sighting | None:
        """Of all: without one that meets a row, one too many would have met it.

        None where rows are missing, and nothing is too many.
        """
        if not (holds or self._surplus or self._assignment.complete):
            return None
        return first_not(ours, [*self.met, *self._surplus])

    def watched_form(self, *, in_all: bool = False) -> str:
        """The phrase with a time."""
        kind, clause = self._among.phrased
        order = " in order" if self.in_order else ""
        return (
            f"only these {kind}s arrive on {said(self.channel)}{clause}{order} {watched(in_all)}:"
        )
