"""Which row is met by which event, one to one."""

from __future__ import annotations

from collections.abc import Sequence


class Assignment:
    """A largest one-to-one matching of rows to events that grows as events come.

    Augmenting paths (Berge 1957; Kuhn 1955): a new event is tried once; if no path leads from it
    to a free row, it never will be needed to match more rows than now. The rows that such a search
    has reached lead to no free row ever after, so they are not searched again: however many events
    come, each row is given up once.
    """

    def __init__(self, rows: int) -> None:
        self.event_of: list[int | None] = [None] * rows
        self._fitting: list[Sequence[int]] = []
        self._row_of: dict[int, int] = {}
        self._given_up: set[int] = set()

    def add(self, fitting: Sequence[int]) -> bool:
        """Take the next event, which fits these rows; whether it found a row of its own."""
        self._fitting.append(fitting)
        new = len(self._fitting) - 1
        reached: dict[int, int] = {}
        events = [new]
        for event in events:  # grows while it is walked through
            for row in self._fitting[event]:
                if row in reached or row in self._given_up:
                    continue
                reached[row] = event
                holder = self.event_of[row]
                if holder is None:
                    self._hand_on(row, reached, new)
                    return True
                events.append(holder)
        self._given_up |= reached.keys()
        return False

    def _hand_on(self, row: int, reached: dict[int, int], new: int) -> None:
        """Give the free row to the event it was reached from, that one's row to the one before."""
        event = reached[row]
        while event != new:
            left = self._row_of[event]
            self._give(row, event)
            row, event = left, reached[left]
        self._give(row, new)

    def _give(self, row: int, event: int) -> None:
        self.event_of[row] = event
        self._row_of[event] = row

    def row_of(self, event: int) -> int | None:
        """The row that an event meets, by its index; None for one that no row needs."""
        return self._row_of.get(event)

    @property
    def complete(self) -> bool:
        """Whether every row has an event."""
        return len(self._row_of) == len(self.event_of)


class Subsequence:
    """The events that meet the rows one after another, as far as they do; it grows as events come.

    Taking the earliest event for each row is never worse than waiting for a later one.
    """

    def __init__(self, rows: int) -> None:
        self.chosen: list[int] = []
        self._rows = rows

    def add(self, fitting: Sequence[int], event: int) -> None:
        """Take the next event, called by any number, which fits these rows."""
        if not self.complete and len(self.chosen) in fitting:
            self.chosen.append(event)

    @property
    def complete(self) -> bool:
        """Whether every row has an event."""
        return len(self.chosen) == self._rows
