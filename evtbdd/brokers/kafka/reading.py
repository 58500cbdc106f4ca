"""The thread of a reader: it polls the nodes that lead what is watched, and hands over."""

from __future__ import annotations

import selectors
import socket
import struct
import time
from collections.abc import Sequence
from contextlib import suppress
from threading import Condition

from kafka import errors as driver

from evtbdd.brokers.handshake import Unreached
from evtbdd.brokers.kafka.delivery import Delivery
from evtbdd.brokers.kafka.fetch import Found
from evtbdd.brokers.kafka.leaders import Leaders
from evtbdd.brokers.kafka.nodes import Nodes
from evtbdd.brokers.kafka.polls import LongPoll, NodePolls
from evtbdd.brokers.kafka.topics import Topics
from evtbdd.brokers.kafka.watched import Watched, WatchedPartitions
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerUnavailable

FAILED = (OSError, Unreached, struct.error, IndexError, driver.KafkaError, BrokerUnavailable)
"""What keeps a node from being polled."""


class Reading:
    """Reads what `watched` says, on from there, until `end`; the lock of `watched` is `changed`."""

    def __init__(
        self,
        nodes: Nodes,
        topics: Topics,
        watched: WatchedPartitions,
        changed: Condition,
        patience: float,
    ) -> None:
        self._nodes = nodes
        self._watched = watched
        self._changed = changed
        self._patience = patience
        self._leaders = Leaders(topics, watched, changed)
        self._delivery = Delivery(watched, changed)
        self._ending = False
        self._polls: dict[int, NodePolls] = {}
        self._node_of: dict[LongPoll, int] = {}
        self._selector = selectors.DefaultSelector()
        self._woken, self._waker = socket.socketpair()
        self._woken.setblocking(False)
        self._selector.register(self._woken, selectors.EVENT_READ)

    def wake(self) -> None:
        """Have the thread look at once what is watched."""
        with suppress(OSError):
            self._waker.send(b"!")

    def end(self) -> None:
        """Have the thread end."""
        self._ending = True
        self.wake()

    def run(self) -> None:
        """What the thread does.

        It asks on before it hands over: so the nodes have something to do meanwhile, and nothing is
        left to do here once somebody is woken by what was handed over.
        """
        answered: Sequence[tuple[Watched, Found]] = ()
        try:
            while not self._ending:
                self._leaders.find(self._patience)
                self._ask()
                for watched, found in answered:
                    self._delivery.hand_over(watched, found)
                answered = self._answers()
        finally:
            for polls in self._polls.values():
                polls.close()
            self._selector.close()
            self._woken.close()
            self._waker.close()

    def _ask(self) -> None:
        with self._changed:
            by_node = self._watched.by_node()
        for node, watched in by_node.items():
            try:
                if node not in self._polls:
                    self._polls[node] = NodePolls(
                        lambda node=node: self._opened(node),  # type: ignore[misc]
                        self._close,
                    )
                self._polls[node].ask(watched)
            except FAILED:
                self._lose(node)

    def _opened(self, node: int) -> LongPoll:
        link = self._nodes.open(node, Deadline.after(self._patience))
        try:
            poll = LongPoll(link, self._patience)
        except BaseException:
            self._nodes.give_up(link)
            raise
        self._node_of[poll] = node
        self._selector.register(link, selectors.EVENT_READ, poll)
        return poll

    def _close(self, poll: LongPoll) -> None:
        del self._node_of[poll]
        self._selector.unregister(poll.link)
        self._nodes.give_up(poll.link)

    def _lose(self, node: int) -> None:
        """Look who leads now, and begin with new connections."""
        if (polls := self._polls.pop(node, None)) is not None:
            polls.close()
        self._leaders.lose_node(node)

    def _answers(self) -> Sequence[tuple[Watched, Found]]:
        """What is to be handed over; returns as soon as there is anything to do."""
        answered: list[tuple[Watched, Found]] = []
        for key, _ in self._selector.select(self._at_most()):
            poll: LongPoll | None = key.data
            if poll is None:
                with suppress(BlockingIOError):
                    self._woken.recv(4096)
            elif poll in self._node_of:
                answered += self._answer(poll)
        now = time.monotonic()
        late = {node for poll, node in self._node_of.items() if poll.asked and poll.overdue < now}
        for node in late:
            self._lose(node)
        return answered

    def _answer(self, poll: LongPoll) -> Sequence[tuple[Watched, Found]]:
        node = self._node_of[poll]
        if poll.asked is None:
            # What was not asked has nothing to say but that the node hangs up.
            self._polls[node].drop(poll)
            return ()
        try:
            found = poll.answer()
        except FAILED:
            self._lose(node)
            return ()
        return [(watched, each) for watched, each in found if self._is_good(watched, each)]

    def _is_good(self, watched: Watched, found: Found) -> bool:
        """Whether there is something to hand over."""
        if found.error == 0:
            return self._delivery.accept(watched, found)
        error = driver.for_code(found.error)()
        if error.retriable or isinstance(error, driver.UnknownError):
            self._leaders.lose(found.partition, watched)
        else:
            self._delivery.fail(watched, found, error)
        return False

    def _at_most(self) -> float | None:
        """Seconds after which there is something to do even if nothing comes."""
        moments = [poll.overdue for poll in self._node_of if poll.asked is not None]
        with self._changed:
            if (look := self._watched.next_look()) is not None:
                moments.append(look)
        return max(0.0, min(moments) - time.monotonic()) if moments else None
