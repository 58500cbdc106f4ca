"""The nodes of a Kafka, and connections to them that any number of threads take turns with."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from contextlib import suppress
from threading import Lock
from typing import TypeVar

from kafka import errors as driver

from evtbdd.brokers.handshake import Unreached
from evtbdd.brokers.kafka.access import OPEN, Access
from evtbdd.brokers.kafka.asking import Asking
from evtbdd.brokers.kafka.errors import unanswered
from evtbdd.brokers.kafka.fields import Fields, Request
from evtbdd.brokers.kafka.probe import entered, entered_at
from evtbdd.brokers.kafka.wire import Link
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerError, BrokerUnavailable
from evtbdd.words import duration

Answer = TypeVar("Answer")
Place = tuple[str, int]

ANY = None
"""Instead of the number of a node: whichever can be reached."""

IDLE = 4
"""Connections to a node that are kept for later, at the most."""


class Nodes:
    """Single requests to single nodes, each over a connection that nobody else uses meanwhile.

    So a slow request holds nobody up. What is raised is the driver's, for its table of errors.
    """

    def __init__(self, address: str, access: Access = OPEN) -> None:
        self.address = address
        self._access = access
        self._asking = Asking(address, access)
        self._places: Mapping[int, Place] = {}
        self._lock = Lock()
        self._idle: dict[int | None, list[Link]] = {}
        self._opened: set[Link] = set()

    def know(self, places: Mapping[int, Place]) -> None:
        """Remember where the nodes are, as metadata said last."""
        moved = {node for node, place in self._places.items() if places.get(node, place) != place}
        self._places = {**self._places, **places}
        with self._lock:
            left = [link for node in moved for link in self._idle.pop(node, ())]
        for link in left:
            self.give_up(link)

    def ask(
        self, doing: str, deadline: Deadline, node: int | None, request: Request[Answer]
    ) -> Answer:
        """As `exchange`, for what only asks: repeated as Asking.answer does, and its errors."""
        return self._asking.answer(doing, deadline, lambda: self.exchange(node, request, deadline))

    def exchange(self, node: int | None, request: Request[Answer], deadline: Deadline) -> Answer:
        """What a node answers.

        Raises KafkaConnectionError where nobody knows whether the node acted on it; and
        NodeNotReadyError, UnknownBrokerIdError or BrokerUnavailable where it was not sent.
        """
        link = self._taken(node) or self.open(node, deadline)
        try:
            version = version_of(request, link)
            raw = link.exchange(request.api, version, request.body(version), deadline)
            answer = request.answer(Fields(raw), version)
        except TimeoutError as error:
            self.give_up(link)
            raise driver.KafkaTimeoutError(
                f"no answer within {duration(deadline.seconds)}"
            ) from error
        except (OSError, Unreached, struct.error, IndexError) as error:
            self.give_up(link)
            self.require_open()
            raise driver.KafkaConnectionError(str(error)) from error
        except driver.KafkaError:
            self._give_back(node, link)
            raise
        except BaseException:
            self.give_up(link)
            raise
        self._give_back(node, link)
        return answer

    def open(self, node: int | None, deadline: Deadline) -> Link:
        """A connection of the caller's own, to be given up by `give_up`."""
        self.require_open()
        link = self._to_any(deadline) if node is ANY else self._to(node, deadline)
        with self._lock:
            self._opened.add(link)
        try:
            self.require_open()
        except BrokerUnavailable:
            self.give_up(link)
            raise
        return link

    def give_up(self, link: Link) -> None:
        """Close a connection."""
        with self._lock:
            self._opened.discard(link)
        link.close()

    def unanswered(self, error: Exception, doing: str, deadline: Deadline) -> BrokerError:
        """What an author is told of an error that `exchange` has raised."""
        return unanswered(error, self.address, doing, deadline, self._access)

    def pause(self, seconds: float, deadline: Deadline) -> None:
        """As Asking.pause."""
        self._asking.pause(seconds, deadline)

    def require_open(self) -> None:
        """Raise BrokerUnavailable once it is closed."""
        self._asking.require_open()

    def close(self) -> None:
        """Close all connections; whoever waits for an answer is told at once."""
        self._asking.close()
        with self._lock:
            idle = [link for of in self._idle.values() for link in of]
            self._idle.clear()
            used = self._opened.difference(idle)
        for link in idle:
            self.give_up(link)
        for link in used:
            link.cut()

    def _to(self, node: int, deadline: Deadline) -> Link:
        place = self._places.get(node)
        if place is None:
            raise driver.UnknownBrokerIdError(f"node {node}")
        try:
            return entered_at(*place, deadline, self._access)
        except Unreached as cause:
            raise driver.NodeNotReadyError(f"{place[0]}:{place[1]}: {cause}") from cause

    def _to_any(self, deadline: Deadline) -> Link:
        try:
            return entered(self.address, deadline, self._access)
        except BrokerUnavailable:
            # Those that were named may be gone, and others still be there.
            for place in set(self._places.values()):
                with suppress(Unreached):
                    return entered_at(*place, deadline, self._access)
            raise

    def _taken(self, node: int | None) -> Link | None:
        """A connection that is there and that nobody uses."""
        self.require_open()
        while True:
            with self._lock:
                idle = self._idle.get(node)
                link = idle.pop() if idle else None
            if link is None or link.is_usable():
                return link
            self.give_up(link)

    def _give_back(self, node: int | None, link: Link) -> None:
        with self._lock:
            idle = self._idle.setdefault(node, [])
            if len(idle) < IDLE and not self._asking.is_closed():
                idle.append(link)
                return
        self.give_up(link)


def version_of(request: Request[Answer], link: Link) -> int:
    """The highest version that both sides speak. Raises UnsupportedVersionError."""
    lowest, highest = link.versions.get(request.api, (0, -1))
    version = min(highest, request.highest)
    if version < max(lowest, request.lowest):
        raise driver.UnsupportedVersionError(
            f"it speaks the versions {lowest} to {highest} of request {request.api}, evtbdd "
            f"{request.lowest} to {request.highest}"
        )
    return version
