"""Which row is met by which event, one to one."""

from __future__ import annotations

from collections.abc import Sequence


class Assignment:
    """A largest one-to-one matching of rows to events that grows as events come.

    Augmenting paths (Berge 1957; Kuhn 1955): a new event is tried once; if no path leads from it
    to a free row, it never will be needed to match more rows than now. The rows that such a search
    has visited lead to no free row ever after, so they are not searched again: however many events
    come, each row is given up once.
    """

    def __init__(self, rows: int) -> None:
        self.event_of: list[int | None] = [None] * rows
        self._fitting: list[Sequence[int]] = []
        self._given_up: set[int] = set()

    def add(self, fitting: Sequence[int]) -> bool:
        """Take the next event, which fits these rows; whether it found a row of its own."""
        self._fitting.append(fitting)
        tried = set(self._given_up)
        if self._place(len(self._fitting) - 1, tried):
            return True
        self._given_up = tried
        return False

    def _place(self, event: int, tried: set[int]) -> bool:
        for row in self._fitting[event]:
            if row in tried:
                continue
            tried.add(row)
            holder = self.event_of[row]
            if holder is None or self._place(holder, tried):
                self.event_of[row] = event
                return True
        return False

    @property
    def complete(self) -> bool:
        """Whether every row has an event."""
        return None not in self.event_of


def subsequence(fitting: Sequence[Sequence[int]], rows: int) -> list[int]:
    """The events, by index, that meet the rows one after another, as far as they do.

    `fitting[e]` are the rows that event `e` fits. Taking the earliest event for each row is never
    worse than waiting for a later one.
    """
    chosen: list[int] = []
    for event, fits in enumerate(fitting):
        if len(chosen) < rows and len(chosen) in fits:
            chosen.append(event)
    return chosen
