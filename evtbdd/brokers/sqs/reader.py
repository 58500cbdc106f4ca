"""Watches queues by looking at them: often at those that somebody expects something of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress

from evtbdd.brokers.sqs.incoming import LANE
from evtbdd.brokers.sqs.lookout import Lookout
from evtbdd.brokers.sqs.numbers import Numbers, unseen
from evtbdd.brokers.sqs.outgoing import NO_KEY
from evtbdd.brokers.sqs.queue import Queue
from evtbdd.brokers.sqs.queues import Queues
from evtbdd.brokers.sqs.taps import Taps
from evtbdd.brokers.sqs.watched import Watched
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerError
from evtbdd.events import Position
from evtbdd.ports import Ends, Sink


class SqsReader:
    """The reader of an SqsBroker; its threads start with the channels that are watched.

    `ends` promises that all which could be received when it was called lies before them.
    """

    def __init__(self, lookout: Lookout, queues: Queues, taps: Taps, patience: float) -> None:
        self._lookout = lookout
        self._queues = queues
        self._taps = taps
        self._patience = patience
        self._changed = lookout.changed
        self._watched: Mapping[str, Watched] = lookout.watched
        self._numbers: dict[str, Numbers] = {}

    def watch(self, channels: Sequence[str], sink: Sink, deadline: Deadline) -> Mapping[str, Ends]:
        """Take out what is there already, and hand over what comes later."""
        return self._watch(channels, sink, deadline, draining=True)

    def watch_new(
        self, channels: Sequence[str], sink: Sink, deadline: Deadline
    ) -> Mapping[str, Ends]:
        """As `watch`, without a request for each: there is nothing to take out."""
        return self._watch(channels, sink, deadline, draining=False)

    def _watch(
        self, channels: Sequence[str], sink: Sink, deadline: Deadline, *, draining: bool
    ) -> Mapping[str, Ends]:
        self._lookout.require_alive()
        queues = [self._queues.get(name, deadline) for name in channels]
        self.unwatch(channels)
        new = [self._opened(queue, sink, deadline, draining=draining) for queue in queues]
        self._lookout.add(new, deadline)
        drained = [each.name for each in new if each.draining]
        self._lookout.look_at([each for each in new if each.draining], deadline)
        self.disregard(drained)
        with self._changed:
            return {each.name: each.numbers.ends for each in new}

    def _opened(self, queue: Queue, sink: Sink, deadline: Deadline, *, draining: bool) -> Watched:
        numbers = self._numbers_of(queue)
        if queue.topic is None:
            return Watched(queue, numbers, sink, draining=draining)
        # Into a tap nothing has come before.
        tap = self._taps.open(queue, queue.topic, deadline)
        return Watched(queue, numbers, sink, tap, draining=False)

    def unwatch(self, channels: Sequence[str]) -> None:
        """Hand over nothing more of these from now on, and remove their taps."""
        self._untap(self._lookout.remove(channels))

    def _untap(self, watched: Sequence[Watched]) -> None:
        for each in watched:
            if each.tap is not None:
                # What cannot be removed now is removed with the channel.
                with suppress(BrokerError):
                    self._taps.close(each.tap, Deadline.after(self._patience))

    def attend(self, channels: Sequence[str]) -> None:
        """Look at these soon, and often from now on."""
        self._lookout.attend(channels)

    def disregard(self, channels: Sequence[str]) -> None:
        """Look at these only now and then."""
        self._lookout.disregard(channels)

    def forget(self, channels: Sequence[str]) -> None:
        """Count anew what will be received from these: they are being deleted."""
        with self._changed:
            for name in channels:
                self._numbers.pop(name, None)

    def ends(self, channels: Sequence[str], deadline: Deadline) -> Mapping[str, Ends]:
        """What was received so far, after a look at each that began now and found nothing more.

        Of a channel that nobody watches: what was received when somebody did.
        """
        self._lookout.require_alive()
        with self._changed:
            watched = [self._watched[name] for name in channels if name in self._watched]
        self._lookout.look_at(watched, deadline)
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
        self._lookout.require_alive()
        with self._changed:
            watched = [self._watched[name] for name in ends if name in self._watched]
        self._lookout.look_until(
            watched,
            lambda _: all(
                each.numbers.reached(ends[each.name], promised_too=each.tap is not None)
                for each in watched
            ),
            deadline,
        )

    def place(self, queue: Queue, message: str, lane: str, deadline: Deadline) -> Position:
        """The position that a message gets which was stored in a queue, or sent to its topic.

        Where it cannot be received yet, one is kept for it. Never raises: it is stored.
        """
        with self._changed:
            watched = self._watched.get(queue.name)
        if watched is None:
            return unseen(lane)
        if not queue.delays:
            with suppress(BrokerError):
                self._lookout.look_until(
                    [watched],
                    lambda began: (
                        watched.numbers.given(message) is not None
                        or watched.was_seen_since(began)
                        or watched.left
                    ),
                    deadline,
                )
        with self._changed:
            return watched.numbers.promise(message, lane)

    def takes_from(self, channel: str) -> bool:
        """Whether it receives from the queue of that name itself."""
        with self._changed:
            watched = self._watched.get(channel)
        return watched is not None and watched.tap is None

    def lanes(self, queue: Queue) -> Sequence[str]:
        """The groups of a FIFO queue that were seen so far; of any other queue its only lane."""
        return list(self._numbers_of(queue).ends)

    def close(self) -> None:
        """End the threads, and remove the taps."""
        self._untap(self._lookout.close())

    def _numbers_of(self, queue: Queue) -> Numbers:
        with self._changed:
            if queue.name not in self._numbers:
                self._numbers[queue.name] = Numbers(NO_KEY if queue.fifo else LANE)
            return self._numbers[queue.name]
