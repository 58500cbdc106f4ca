"""Fetch, versions 4 to 11: what partitions hold from an offset on, as far as it is committed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from struct import Struct
from typing import ClassVar, NamedTuple

from evtbdd.brokers.kafka.fields import INT32, Fields, array, string
from evtbdd.brokers.kafka.partitions import Partition, by_topic

READ_COMMITTED = 1
LEAST = 1
MOST = 16 * 1024 * 1024
MOST_OF_ONE = 1024 * 1024
"""Bytes of an answer, and of one partition in it; a larger batch is answered all the same."""

SESSIONS, EPOCHS, RACKS, ZSTD = 7, 9, 11, 10
"""The versions that brought fetch sessions (KIP-227), the leader's epoch (KIP-320) and racks
(KIP-392); and the one from which on a node answers with what is compressed by zstd (KIP-110)."""

_BEGIN = Struct(">iiiib")
_SESSION = Struct(">ii")
_WANTED = {4: Struct(">iqi"), 5: Struct(">iqqi"), EPOCHS: Struct(">iiqqi")}
_FOUND = {4: Struct(">ihqqi"), 5: Struct(">ihqqqi")}
_ABORTED = Struct(">qq")


class Found(NamedTuple):
    """What there is of a partition: an error's code, or record batches, the last maybe cut off.

    `aborted` are transactions that were: the producer's id, and where the transaction begins.
    """

    partition: Partition
    error: int
    aborted: Sequence[tuple[int, int]]
    batches: bytes


class Fetched(NamedTuple):
    """An error of all of it, the session that the node has made, and the partitions."""

    error: int
    session: int
    found: Sequence[Found]


@dataclass(frozen=True, slots=True)
class Fetch:
    """Asks for partitions from these offsets on; answered once there is something, or in time.

    In a session only what has changed since the last request is said: new offsets, and partitions
    that are forgotten from now on.
    """

    api: ClassVar[int] = 1
    lowest: ClassVar[int] = 4
    highest: ClassVar[int] = 11

    offsets: Mapping[Partition, int]
    milliseconds: int
    session: int = 0
    epoch: int = 0
    forgotten: Sequence[Partition] = field(default=())

    def body(self, version: int) -> bytes:
        """No replica is asking, of no rack."""
        parts = [_BEGIN.pack(-1, self.milliseconds, LEAST, MOST, READ_COMMITTED)]
        if version >= SESSIONS:
            parts.append(_SESSION.pack(self.session, self.epoch))
        parts.append(
            array(
                [
                    string(topic)
                    + array([self._wanted(Partition(topic, each), version) for each in numbers])
                    for topic, numbers in by_topic(self.offsets).items()
                ]
            )
        )
        if version >= SESSIONS:
            parts.append(
                array(
                    [
                        string(topic) + array([INT32.pack(each) for each in numbers])
                        for topic, numbers in by_topic(self.forgotten).items()
                    ]
                )
            )
        if version >= RACKS:
            parts.append(string(""))
        return b"".join(parts)

    def _wanted(self, partition: Partition, version: int) -> bytes:
        offset = self.offsets[partition]
        if version >= EPOCHS:
            return _WANTED[EPOCHS].pack(partition.number, -1, offset, -1, MOST_OF_ONE)
        if version >= 5:
            return _WANTED[5].pack(partition.number, offset, -1, MOST_OF_ONE)
        return _WANTED[4].pack(partition.number, offset, MOST_OF_ONE)

    def answer(self, fields: Fields, version: int) -> Fetched:
        """What there is; in a session only of partitions of which there is anything new."""
        fields.int32()  # throttled for so long
        error, session = 0, 0
        if version >= SESSIONS:
            error, session = fields.int16(), fields.int32()
        found = []
        for _ in fields.elements():
            topic = fields.name()
            found += [_found(fields, topic, version) for _ in fields.elements()]
        return Fetched(error, session, found)


def _found(fields: Fields, topic: str, version: int) -> Found:
    number, error, *_, transactions = fields.take(_FOUND[min(version, 5)])
    aborted = [fields.take(_ABORTED) for _ in range(transactions)]
    if version >= RACKS:
        fields.int32()  # the replica that it would rather have asked
    return Found(Partition(topic, number), error, aborted, fields.blob())
