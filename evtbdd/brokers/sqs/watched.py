"""A queue that a reader watches: where it is received from, when it is looked at, what was seen."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from evtbdd.brokers.sqs.numbers import Numbers
from evtbdd.brokers.sqs.queue import Queue
from evtbdd.brokers.sqs.taps import Tap
from evtbdd.errors import BrokerError
from evtbdd.ports import Sink

NEVER = -math.inf


@dataclass(slots=True, eq=False)
class Watched:
    """All moments are monotonic; the reader's lock is around everything.

    `looked` is when the last receive began that found nothing; `blind_until` is when what an
    answer held that got lost will be visible again. `waiting` tell of each who waits for something
    whether it is there by now. `draining` is true until it is known what was there before. `left`
    is true once nobody watches it any more.
    """

    queue: Queue
    numbers: Numbers
    sink: Sink
    tap: Tap | None = None
    asked: float = NEVER
    due: float = NEVER
    looked: float = NEVER
    blind_until: float = NEVER
    waiting: list[Callable[[], bool]] = field(default_factory=list)
    looking: bool = False
    draining: bool = True
    left: bool = False
    gone: bool = False
    failed: float = NEVER
    failure: BrokerError | None = None
    undeleted: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """That of the channel."""
        return self.queue.name

    @property
    def url(self) -> str:
        """The queue that is received from: the tap where there is one."""
        return self.queue.url if self.tap is None else self.tap.url

    @property
    def is_waited_for(self) -> bool:
        """Whether somebody waits for what is not there yet."""
        return not all(is_over() for is_over in self.waiting)

    def ask(self, now: float, after: float = 0.0) -> None:
        """Somebody wants to know: look at it after so many seconds, and often from now on."""
        self.asked = now
        if not self.gone:
            self.due = min(self.due, now + after)

    def was_seen_since(self, moment: float) -> bool:
        """Whether a look that began at that moment or later has found nothing more."""
        return self.looked >= max(moment, self.blind_until)

    def failed_since(self, moment: float) -> bool:
        """Whether it was tried since then, and could not be done."""
        return self.failure is not None and (self.gone or self.failed >= moment)

    def raise_failure(self, moment: float) -> None:
        """Raise what has kept it from being looked at since then."""
        if self.failure is not None and self.failed_since(moment):
            raise self.failure.with_traceback(None)


def any_failed(several: Sequence[Watched], moment: float) -> bool:
    """Whether one of them could not be looked at since then."""
    return any(each.failed_since(moment) for each in several)
