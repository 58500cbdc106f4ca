"""Who publishes, as brokers know it: what is sent again is stored once all the same (KIP-98)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from struct import Struct
from threading import Lock
from typing import ClassVar

from kafka import errors as driver

from evtbdd.brokers.kafka.fields import Fields, string
from evtbdd.brokers.kafka.nodes import ANY, Nodes
from evtbdd.brokers.kafka.partitions import Partition
from evtbdd.clock import Deadline

LAST = 2**31 - 1
NOBODY = -1
MANY = 1000
"""Partitions of one identity."""

_TIMEOUT = Struct(">i")
_IDENTITY = Struct(">hqh")


@dataclass(slots=True)
class _Next:
    """The number of the next record on a partition; the lock is held while one is on its way."""

    number: int = 0
    turn: Lock = field(default_factory=Lock)


class Identity:
    """A producer's id, and how many records of it each partition has.

    One that is not `known` is nobody: then brokers do not see that a record comes again.
    """

    def __init__(self, number: int, epoch: int) -> None:
        self.number = number
        self.epoch = epoch
        self._next: dict[Partition, _Next] = {}

    @property
    def known(self) -> bool:
        """Whether a record may be sent again after its answer was lost."""
        return self.number != NOBODY

    @contextmanager
    def turn(self, partition: Partition, deadline: Deadline) -> Iterator[int]:
        """The sequence number of the next record, which counts once the block has ended well."""
        if not self.known:
            yield NOBODY
            return
        following = self._next.setdefault(partition, _Next())
        if not following.turn.acquire(timeout=deadline.remaining()):
            raise driver.KafkaTimeoutError("the event before it is still on its way")
        try:
            yield following.number
            following.number = following.number + 1 if following.number < LAST else 0
        finally:
            following.turn.release()

    def is_worn(self) -> bool:
        """Whether it is time for another: what is counted here is never deleted."""
        return len(self._next) > MANY


class Producer:
    """Has one identity after another: a new one after each record of which something went wrong.

    For then nobody knows whether its sequence number was used.
    """

    def __init__(self, nodes: Nodes) -> None:
        self._nodes = nodes
        self._identity: Identity | None = None

    def identity(self, doing: str, deadline: Deadline) -> Identity:
        """The present one; nobody's where the user may have none. Raises BrokerUnavailable."""
        identity = self._identity
        if identity is None or identity.is_worn():
            identity = self._identity = self._nodes.ask(doing, deadline, ANY, InitProducerId())
        return identity

    def discard(self, identity: Identity) -> None:
        """Use it no more."""
        if self._identity is identity and identity.known:
            self._identity = None


@dataclass(frozen=True, slots=True)
class InitProducerId:
    """Asks for a new identity, outside of transactions."""

    api: ClassVar[int] = 22
    lowest: ClassVar[int] = 0
    highest: ClassVar[int] = 1

    def body(self, version: int) -> bytes:  # noqa: ARG002 - it is the same in both of them
        """No transactional id, and no timeout of transactions."""
        return string(None) + _TIMEOUT.pack(LAST)

    def answer(self, fields: Fields, version: int) -> Identity:  # noqa: ARG002 - as above
        """The identity; nobody's where the user may have none. Raises the driver's error."""
        fields.int32()  # throttled for so long
        error, number, epoch = fields.take(_IDENTITY)
        kind = driver.for_code(error)
        if issubclass(kind, driver.AuthorizationError):
            return Identity(NOBODY, NOBODY)
        if error != 0:
            raise kind
        return Identity(number, epoch)
