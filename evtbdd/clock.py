"""Monotonic time, and deadlines over it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Event
from typing import Protocol


class Clock(Protocol):
    """Where time comes from; tests bring one that they move by hand."""

    def now(self) -> float:
        """Seconds on a clock that never goes back; only differences mean anything."""


class MonotonicClock:
    """The clock of this machine."""

    def now(self) -> float:
        """Seconds of `time.monotonic`."""
        return time.monotonic()


MONOTONIC = MonotonicClock()


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment that a wait must not outlive.

    Made by `Deadline.after(seconds)`; handed down unchanged through every call of one wait, so
    that several slow calls cannot add up to more than the author allowed.
    """

    moment: float
    seconds: float
    clock: Clock = field(default=MONOTONIC, compare=False, repr=False)

    @classmethod
    def after(cls, seconds: float, clock: Clock = MONOTONIC) -> Deadline:
        """The moment `seconds` from now on `clock`."""
        return cls(clock.now() + seconds, seconds, clock)

    def remaining(self) -> float:
        """Seconds that are left, never below zero."""
        return max(0.0, self.moment - self.clock.now())

    def expired(self) -> bool:
        """Whether the moment has come."""
        return self.clock.now() >= self.moment


def pace(number: int, rate: float | None, clock: Clock = MONOTONIC) -> Iterator[int]:
    """Count from 0, `rate` times a second, or as fast as one can; late turns are not skipped."""
    began = clock.now()
    never = Event()
    for turn in range(number):
        if rate:
            never.wait(max(0.0, began + turn / rate - clock.now()))
        yield turn


def looks(deadline: Deadline, every: float = 0.02) -> Iterator[None]:
    """Turns to look at what tells nobody that it has changed: at once, and a last time at the deadline."""
    never = Event()
    while not deadline.expired():
        yield
        never.wait(min(every, deadline.remaining()))
    yield
