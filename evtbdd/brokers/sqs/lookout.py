"""The threads of a reader: they look at its queues, whichever is due, until the reader closes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from threading import Condition, Thread

from evtbdd.brokers.sqs.connection import Connection
from evtbdd.brokers.sqs.looks import Looks, is_gone
from evtbdd.brokers.sqs.pace import SELDOM, Pace
from evtbdd.brokers.sqs.watched import NEVER, Watched, any_failed
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerError, BrokerUnavailable
from evtbdd.words import quoted

CLOSING = 5.0
"""Seconds that each thread is given to end."""


class Lookout:
    """What is watched, and who looks at it; `changed` is around all of it.

    `leaving` are those that nobody watches any more, and that a thread is still looking at.
    """

    def __init__(self, sqs: Connection, patience: float, *, samples: bool) -> None:
        self.changed = Condition()
        self.watched: dict[str, Watched] = {}
        self.leaving: set[Watched] = set()
        self._sqs = sqs
        self._pace = Pace.of(samples=samples)
        self._looks = Looks(sqs, self.changed, patience, samples=samples)
        self._threads: list[Thread] = []
        self._closing = False
        self._failure: Exception | None = None

    def require_alive(self) -> None:
        """Raise BrokerUnavailable once nobody looks any more."""
        if self._closing:
            raise BrokerUnavailable(f"The reader of SQS at {self._sqs.address} is closed.")
        if self._failure is not None:
            raise BrokerUnavailable(
                f"The reader of SQS at {self._sqs.address} has stopped: {self._failure!r}"
            ) from self._failure

    def add(self, new: Sequence[Watched], deadline: Deadline) -> None:
        """Look at these from now on, once no thread looks at what was watched in their place."""
        names = {each.name for each in new}
        with self.changed:
            self.require_alive()
            self._wait(lambda: all(e.name not in names for e in self.leaving), deadline, [*names])
            self.watched.update({each.name: each for each in new})
            for number, each in enumerate(new):
                # One after another: those that were made together would all be due together.
                each.due = self._pace.next(each, self.watched.values()) + number * SELDOM
            while len(self._threads) < min(self._pace.threads, len(self.watched)):
                name = f"evtbdd sqs reader {len(self._threads)}"
                self._threads.append(Thread(target=self._run, name=name, daemon=True))
                self._threads[-1].start()

    def remove(self, channels: Sequence[str]) -> Sequence[Watched]:
        """Hand over nothing more of these, from now on; those that were watched."""
        with self.changed:
            leaving = [self.watched.pop(name) for name in channels if name in self.watched]
            for each in leaving:
                each.left = True
            self.leaving.update(each for each in leaving if each.looking)
            self.changed.notify_all()
        return leaving

    def attend(self, channels: Sequence[str]) -> None:
        """Look at these soon, and often from now on: not at once, for nobody waits yet."""
        with self.changed:
            now = time.monotonic()
            attended = [self.watched[name] for name in channels if name in self.watched]
            for each in attended:
                each.asked = now
            soon = self._pace.shared(now, self.watched.values())
            for each in attended:
                each.ask(now, soon)
            self.changed.notify_all()

    def disregard(self, channels: Sequence[str]) -> None:
        """Look at these only now and then."""
        with self.changed:
            for each in [self.watched[name] for name in channels if name in self.watched]:
                each.asked = NEVER
                if not each.is_waited_for:
                    each.due = self._pace.next(each, self.watched.values())

    def look_at(self, watched: Sequence[Watched], deadline: Deadline) -> None:
        """Return when a look at each that began now has found nothing more. Raises BrokerError."""
        self.look_until(
            watched, lambda began: all(each.was_seen_since(began) for each in watched), deadline
        )

    def look_until(
        self, watched: Sequence[Watched], is_over: Callable[[float], bool], deadline: Deadline
    ) -> None:
        """Have these looked at before all others until it is over, given when that began.

        Raises BrokerError where one of them cannot be looked at.
        """
        with self.changed:
            began = time.monotonic()
            self.require_alive()
            if is_over(began):
                return
            waiter = partial(is_over, began)
            for each in watched:
                each.ask(began)
                each.waiting.append(waiter)
            self.changed.notify_all()
            try:
                self._wait(
                    lambda: is_over(began) or any_failed(watched, began),
                    deadline,
                    [each.name for each in watched],
                )
            finally:
                for each in watched:
                    each.waiting.remove(waiter)
            if not is_over(began):
                for each in watched:
                    each.raise_failure(began)

    def _wait(
        self, is_over: Callable[[], bool], deadline: Deadline, channels: Sequence[str]
    ) -> None:
        over = self.changed.wait_for(
            lambda: self._closing or self._failure is not None or is_over(), deadline.remaining()
        )
        self.require_alive()
        if not over:
            raise BrokerUnavailable(
                f"SQS at {self._sqs.address} did not hand over all that it has stored in "
                f"{quoted(channels[0])} in time."
            )

    def close(self) -> Sequence[Watched]:
        """End the threads; what was watched until then."""
        with self.changed:
            self._closing = True
            watched = list(self.watched.values())
            self.watched.clear()
            self.changed.notify_all()
        self._sqs.close()
        for thread in self._threads:
            thread.join(CLOSING)
        return watched

    def _run(self) -> None:
        try:
            while (watched := self._next()) is not None:
                self._look(watched)
        except Exception as error:  # noqa: BLE001 - told to every later caller
            with self.changed:
                self._failure = error
                self.changed.notify_all()

    def _next(self) -> Watched | None:
        """The next queue to look at, once it is due; None where the reader closes."""
        with self.changed:
            while not self._closing:
                idle = [e for e in self.watched.values() if not (e.looking or e.gone)]
                now = time.monotonic()
                due = [each for each in idle if each.due <= now]
                if due:
                    first = min(due, key=lambda each: (not each.is_waited_for, each.due))
                    first.looking = True
                    return first
                soonest = min((each.due for each in idle), default=None)
                self.changed.wait(None if soonest is None else soonest - now)
            return None

    def _look(self, watched: Watched) -> None:
        try:
            self._looks.look(watched)
        except BrokerError as error:
            self._note(watched, error)
        finally:
            with self.changed:
                watched.looking = False
                self.leaving.discard(watched)
                watched.due = self._pace.next(watched, self.watched.values())
                self.changed.notify_all()

    def _note(self, watched: Watched, error: BrokerError) -> None:
        with self.changed:
            watched.failed, watched.failure = time.monotonic(), error
            if is_gone(error):
                watched.gone = True
                watched.failure = BrokerError(
                    f"The queue {quoted(watched.name)} at {self._sqs.address} was deleted while "
                    "evtbdd was watching it."
                )
