"""Produce, versions 3 to 8: one batch for one partition, acknowledged by all in-sync replicas."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from struct import Struct
from typing import ClassVar

from kafka.errors import for_code
from kafka.record.memory_records import MemoryRecordsBuilder

from evtbdd.brokers.kafka.fields import INT32, Fields, array, string
from evtbdd.brokers.kafka.partitions import Partition
from evtbdd.ports import Message

ALL_IN_SYNC = -1

_BEGIN = Struct(">hi")
_STORED = Struct(">ihqq")


@dataclass(frozen=True, slots=True)
class Produce:
    """Has a batch stored; the answer is the offset of its first record."""

    api: ClassVar[int] = 0
    lowest: ClassVar[int] = 3
    highest: ClassVar[int] = 8

    partition: Partition
    batch: bytes
    milliseconds: int
    """For which the node may wait for its replicas."""

    def body(self, version: int) -> bytes:  # noqa: ARG002 - it is the same in all of them
        """No transaction; the one batch."""
        records = INT32.pack(self.partition.number) + INT32.pack(len(self.batch)) + self.batch
        topic = string(self.partition.topic) + array([records])
        return string(None) + _BEGIN.pack(ALL_IN_SYNC, self.milliseconds) + array([topic])

    def answer(self, fields: Fields, version: int) -> int:
        """The offset. Raises the driver's error, with the most special reason that is given."""
        fields.int32()  # topics: one
        fields.string()
        fields.int32()  # partitions: one
        _, error, offset, _ = fields.take(_STORED)
        if error == 0:
            return int(offset)
        reasons = _reasons(fields) if version >= 8 else []
        raise for_code(error)(*reasons[-1:])


def _reasons(fields: Fields) -> Sequence[str]:
    """What stands there since version 8 (KIP-467)."""
    fields.int64()  # where the log begins
    of_records = []
    for _ in fields.elements():
        fields.int32()  # which record
        of_records.append(fields.string())
    return [each for each in (fields.string(), *of_records) if each]


def batch_of(message: Message, producer: int, epoch: int, sequence: int) -> bytes:
    """A record batch of one (https://kafka.apache.org/documentation/#recordbatch)."""
    builder = MemoryRecordsBuilder(
        magic=2,
        compression_type=0,
        batch_size=0,
        producer_id=producer,
        producer_epoch=epoch,
        base_sequence=sequence,
    )
    builder.append(time.time_ns() // 1_000_000, message.key, message.value, list(message.headers))
    builder.close()
    return bytes(builder.buffer())
