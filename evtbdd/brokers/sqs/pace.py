"""When a watched queue is looked at next, and by how many threads."""

from __future__ import annotations

import math
import time
from collections.abc import Collection
from dataclasses import dataclass

from evtbdd.brokers.sqs.watched import NEVER, Watched

FRESH = 5.0
"""Seconds for which a queue counts as one that somebody has just asked for."""

FAILED = 0.2
"""Seconds after which a queue is looked at again that could not be."""


SELDOM = 0.25
"""Seconds between two looks at any of the queues that nobody has asked for."""


@dataclass(frozen=True, slots=True)
class Pace:
    """A queue is looked at again after a `part` of the time since somebody asked for it.

    So what comes soon is seen at once, and what comes late at most so much later. `least` is
    multiplied by the number of queues that were just asked for, so that many of them do not take
    all of the machine. Those that nobody has asked for, such as queues that are watched ahead, cost
    next to nothing.
    """

    threads: int
    part: float
    least: float
    most: float = 5.0

    @classmethod
    def of(cls, *, samples: bool) -> Pace:
        """Where looks are long polls they follow one another, and each needs a thread for so long."""
        if samples:
            return cls(threads=16, part=0.01, least=0.0)
        return cls(threads=4, part=0.05, least=0.0075)

    def next(self, watched: Watched, all_watched: Collection[Watched]) -> float:
        """The moment of the next look at a queue."""
        now = time.monotonic()
        if watched.gone:
            return math.inf
        if watched.failed_since(watched.looked) or now < watched.blind_until:
            return now + FAILED
        if watched.asked > watched.looked and watched.is_waited_for:
            return now
        if watched.asked == NEVER:
            unasked = sum(each.asked == NEVER for each in all_watched)
            return now + max(self.most, SELDOM * unasked)
        shared = self.shared(now, all_watched)
        return now + min(max((now - watched.asked) * self.part, shared), self.most)

    def shared(self, now: float, all_watched: Collection[Watched]) -> float:
        """Seconds between two looks at a queue, at the least."""
        return self.least * sum(now - each.asked < FRESH for each in all_watched)
