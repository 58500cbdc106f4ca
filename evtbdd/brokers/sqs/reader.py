"""Looks at the watched queues, often at those that somebody has just asked for, with few threads."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from threading import Condition, Thread

from evtbdd.brokers.sqs.connection import Connection
from evtbdd.brokers.sqs.incoming import LANE
from evtbdd.brokers.sqs.looks import Looks, is_gone
from evtbdd.brokers.sqs.numbers import Numbers, unseen
from evtbdd.brokers.sqs.outgoing import NO_KEY
from evtbdd.brokers.sqs.pace import Pace
from evtbdd.brokers.sqs.queue import Queue
from evtbdd.brokers.sqs.queues import Queues
from evtbdd.brokers.sqs.taps import Taps
from evtbdd.brokers.sqs.watched import NEVER, Watched, any_failed
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerError, BrokerUnavailable
from evtbdd.events import Position
from evtbdd.ports import Ends, Sink
from evtbdd.words import quoted

CLOSING = 5.0
"""Seconds that each thread is given to end."""


class SqsReader:
    """The reader of an SqsBroker; its threads start with the channels that are watched.

    `sqs` is a connection of its own: closing it ends the looks that are under way. `ends` promises
    that all which could be received when it was called is before them.
    """

    def __init__(
        self, sqs: Connection, queues: Queues, taps: Taps, patience: float, *, samples: bool
    ) -> None:
        self._sqs = sqs
        self._queues = queues
        self._taps = taps
        self._patience = patience
        self._pace = Pace.of(samples=samples)
        self._changed = Condition()
        self._looks = Looks(sqs, self._changed, patience, samples=samples)
        self._watched: dict[str, Watched] = {}
        self._leaving: set[Watched] = set()
        self._numbers: dict[str, Numbers] = {}
        self._threads: list[Thread] = []
        self._closing = False
        self._failure: Exception | None = None

    def watch(self, channels: Sequence[str], sink: Sink, deadline: Deadline) -> Mapping[str, Ends]:
        """Take out what is there already, and hand over what comes later."""
        self._require_alive()
        queues = [self._queues.get(name, deadline) for name in channels]
        self.unwatch(channels)
        new = [self._opened(queue, sink, deadline) for queue in queues]
        with self._changed:
            self._require_alive()
            self._wait(lambda: not self._is_leaving(channels), deadline, channels)
            self._watched.update({each.name: each for each in new})
            self._start_threads()
        # Into a tap nothing has come before.
        self._look_at([each for each in new if each.draining], deadline)
        with self._changed:
            for each in new:
                each.asked = NEVER
            return {each.name: each.numbers.ends for each in new}

    def _opened(self, queue: Queue, sink: Sink, deadline: Deadline) -> Watched:
        numbers = self._numbers_of(queue)
        if queue.topic is None:
            return Watched(queue, numbers, sink)
        tap = self._taps.open(queue, queue.topic, deadline)
        return Watched(queue, numbers, sink, tap, draining=False)

    def unwatch(self, channels: Sequence[str]) -> None:
        """Hand over nothing more of these from now on, and remove their taps."""
        with self._changed:
            leaving = [self._watched.pop(name) for name in channels if name in self._watched]
            for each in leaving:
                each.left = True
            self._leaving.update(leaving)
            self._changed.notify_all()
        for each in leaving:
            if each.tap is not None:
                with suppress(BrokerError):
                    self._taps.close(each.tap, Deadline.after(self._patience))
        with self._changed:
            self._leaving -= {each for each in leaving if not each.looking}

    def attend(self, channels: Sequence[str]) -> None:
        """Look at these at once, and often from now on."""
        with self._changed:
            for name in channels:
                if name in self._watched:
                    self._watched[name].ask(time.monotonic())
            self._changed.notify_all()

    def disregard(self, channels: Sequence[str]) -> None:
        """Look at these only now and then."""
        with self._changed:
            for name in channels:
                if name in self._watched:
                    self._watched[name].asked = NEVER

    def forget(self, channels: Sequence[str]) -> None:
        """Count anew what will be received from these: they are being deleted."""
        with self._changed:
            for name in channels:
                self._numbers.pop(name, None)

    def ends(self, channels: Sequence[str], deadline: Deadline) -> Mapping[str, Ends]:
        """What was received so far, after a look at each that began now and found nothing more.

        Of a channel that nobody watches: what was received when somebody did.
        """
        self._require_alive()
        with self._changed:
            watched = [self._watched[name] for name in channels if name in self._watched]
        self._look_at(watched, deadline)
        others = [name for name in channels if name not in {each.name for each in watched}]
        there = self._queues.existing(others, deadline)
        missing = [name for name in others if name not in there]
        if missing:
            raise self._queues.missing(missing[0])
        queues = [self._queues.get(name, deadline) for name in channels]
        with self._changed:
            return {queue.name: self._numbers_of(queue).ends for queue in queues}

    def read_to(self, ends: Mapping[str, Ends], deadline: Deadline) -> None:
        """Look until all before the ends was handed over.

        What was published through a topic is waited for; what is invisible in a queue is not.
        """
        with self._changed:
            self._require_alive()
            watched = [self._watched[name] for name in ends if name in self._watched]
            began = time.monotonic()

            def is_over() -> bool:
                return any_failed(watched, began) or all(
                    each.numbers.reached(ends[each.name], promised_too=each.tap is not None)
                    for each in watched
                )

            self._wait_looking(watched, is_over, deadline)
            for each in watched:
                each.raise_failure(began)

    def place(self, queue: Queue, message: str, lane: str, deadline: Deadline) -> Position:
        """The position that a message gets which was stored in a queue, or sent to its topic.

        Where it cannot be received yet, one is kept for it. Never raises: it is stored.
        """
        with self._changed:
            watched = self._watched.get(queue.name)
            if watched is None:
                return unseen(lane)
            began = time.monotonic()

            def is_over() -> bool:
                return (
                    watched.numbers.given(message) is not None
                    or watched.was_seen_since(began)
                    or watched.failed_since(began)
                    or watched.left
                )

            if not queue.delays:
                with suppress(BrokerUnavailable):
                    self._wait_looking([watched], is_over, deadline)
            return watched.numbers.promise(message, lane)

    def lanes(self, queue: Queue) -> Sequence[str]:
        """The groups of a FIFO queue that were seen so far; of any other queue its only lane."""
        with self._changed:
            return list(self._numbers_of(queue).ends)

    def close(self) -> None:
        """End the threads, and remove the taps."""
        with self._changed:
            self._closing = True
            taps = [each.tap for each in self._watched.values() if each.tap is not None]
            self._watched.clear()
            self._changed.notify_all()
        self._sqs.close()
        for thread in self._threads:
            thread.join(CLOSING)
        for tap in taps:
            with suppress(BrokerError):
                self._taps.close(tap, Deadline.after(self._patience))

    def _numbers_of(self, queue: Queue) -> Numbers:
        with self._changed:
            if queue.name not in self._numbers:
                self._numbers[queue.name] = Numbers(NO_KEY if queue.fifo else LANE)
            return self._numbers[queue.name]

    def _is_leaving(self, channels: Sequence[str]) -> bool:
        return any(each.name in channels for each in self._leaving)

    def _require_alive(self) -> None:
        if self._closing:
            raise BrokerUnavailable(f"The reader of SQS at {self._sqs.address} is closed.")
        if self._failure is not None:
            raise BrokerUnavailable(
                f"The reader of SQS at {self._sqs.address} has stopped: {self._failure!r}"
            ) from self._failure

    def _look_at(self, watched: Sequence[Watched], deadline: Deadline) -> None:
        """Return when a look at each that began now has found nothing more. Raises BrokerError."""
        with self._changed:
            began = time.monotonic()

            def is_over() -> bool:
                return any_failed(watched, began) or all(
                    each.was_seen_since(began) for each in watched
                )

            self._wait_looking(watched, is_over, deadline)
            for each in watched:
                each.raise_failure(began)

    def _wait_looking(
        self, watched: Sequence[Watched], is_over: Callable[[], bool], deadline: Deadline
    ) -> None:
        """Wait, with the lock held, while the threads look at these before all others."""
        for each in watched:
            each.ask(time.monotonic())
            each.waiting += 1
        self._changed.notify_all()
        try:
            self._wait(is_over, deadline, [each.name for each in watched])
        finally:
            for each in watched:
                each.waiting -= 1

    def _wait(
        self, is_over: Callable[[], bool], deadline: Deadline, channels: Sequence[str]
    ) -> None:
        over = self._changed.wait_for(
            lambda: self._closing or self._failure is not None or is_over(), deadline.remaining()
        )
        self._require_alive()
        if not over:
            raise BrokerUnavailable(
                f"SQS at {self._sqs.address} did not hand over all that it has stored in "
                f"{quoted(channels[0])} in time."
            )

    def _start_threads(self) -> None:
        while len(self._threads) < min(self._pace.threads, len(self._watched)):
            thread = Thread(
                target=self._run, name=f"evtbdd sqs reader {len(self._threads)}", daemon=True
            )
            self._threads.append(thread)
            thread.start()

    def _run(self) -> None:
        """A thread: look at one queue after another, whichever is due, until the reader closes."""
        try:
            while (watched := self._next()) is not None:
                self._look(watched)
        except Exception as error:  # noqa: BLE001 - told to every later caller
            with self._changed:
                self._failure = error
                self._changed.notify_all()

    def _next(self) -> Watched | None:
        """The next queue to look at, once it is due; None where the reader closes."""
        with self._changed:
            while not self._closing:
                idle = [e for e in self._watched.values() if not (e.looking or e.gone)]
                now = time.monotonic()
                due = [each for each in idle if each.due <= now]
                if due:
                    first = min(due, key=lambda each: (each.waiting == 0, each.due))
                    first.looking = True
                    return first
                soonest = min((each.due for each in idle), default=None)
                self._changed.wait(None if soonest is None else soonest - now)
            return None

    def _look(self, watched: Watched) -> None:
        try:
            self._looks.look(watched)
        except BrokerError as error:
            self._note(watched, error)
        finally:
            with self._changed:
                watched.looking = False
                self._leaving.discard(watched)
                watched.due = self._pace.next(watched, list(self._watched.values()))
                self._changed.notify_all()

    def _note(self, watched: Watched, error: BrokerError) -> None:
        with self._changed:
            watched.failed, watched.failure = time.monotonic(), error
            if is_gone(error):
                watched.gone = True
                watched.failure = BrokerError(
                    f"The queue {quoted(watched.name)} at {self._sqs.address} was deleted while "
                    "evtbdd was watching it."
                )
