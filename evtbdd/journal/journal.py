"""Append, look on from where one was, and wait for more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Condition

from evtbdd.clock import MONOTONIC, Clock, Deadline
from evtbdd.journal.entries import Entry


@dataclass(frozen=True, slots=True)
class Noted:
    """An entry, the moment it was appended (monotonic seconds), and its number from 0."""

    number: int
    at: float
    entry: Entry


class Journal:
    """What happened in one scenario. Any thread may append; nothing is ever taken out."""

    def __init__(self, clock: Clock = MONOTONIC) -> None:
        self._clock = clock
        self._noted: list[Noted] = []
        self._more = Condition()
        self.began = clock.now()

    def append(self, entry: Entry) -> Noted:
        """Note an entry now, and wake everyone who waits."""
        with self._more:
            noted = Noted(len(self._noted), self._clock.now(), entry)
            self._noted.append(noted)
            self._more.notify_all()
        return noted

    def now(self) -> float:
        """The moment it is, by the journal's clock."""
        return self._clock.now()

    def since(self, number: int = 0) -> Sequence[Noted]:
        """What was noted from that number on, up to now."""
        with self._more:
            return self._noted[number:]

    def wait(self, number: int, deadline: Deadline) -> bool:
        """Whether more than `number` entries are noted; returns at the deadline at the latest."""
        with self._more:
            return self._more.wait_for(lambda: len(self._noted) > number, deadline.remaining())

    def cursor(self) -> Cursor:
        """A cursor at the beginning."""
        return Cursor(self)


class Cursor:
    """Reads a journal on, each entry once."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._next = 0

    def new(self) -> Sequence[Noted]:
        """What was noted since the last call."""
        noted = self._journal.since(self._next)
        self._next += len(noted)
        return noted

    def wait(self, deadline: Deadline) -> bool:
        """Whether there is something new; returns at the deadline at the latest."""
        return self._journal.wait(self._next, deadline)
