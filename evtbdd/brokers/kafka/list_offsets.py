"""ListOffsets, version 2: where partitions end for readers of what is committed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from struct import Struct
from typing import ClassVar

from kafka.errors import for_code

from evtbdd.brokers.kafka.fields import Fields, array, string
from evtbdd.brokers.kafka.partitions import Partition, by_topic

LATEST = -1
READ_COMMITTED = 1

_BEGIN = Struct(">ib")
_WANTED = Struct(">iq")
_FOUND = Struct(">ihqq")


@dataclass(frozen=True, slots=True)
class ListOffsets:
    """Asks a node that leads these partitions for the last stable offset of each."""

    api: ClassVar[int] = 2
    lowest: ClassVar[int] = 2
    highest: ClassVar[int] = 2

    partitions: Sequence[Partition]

    def body(self, version: int) -> bytes:  # noqa: ARG002 - there is one
        """No replica is asking; the partitions by topic."""
        topics = [
            string(topic) + array([_WANTED.pack(number, LATEST) for number in numbers])
            for topic, numbers in by_topic(self.partitions).items()
        ]
        return _BEGIN.pack(-1, READ_COMMITTED) + array(topics)

    def answer(self, fields: Fields, version: int) -> Mapping[Partition, int]:  # noqa: ARG002 - one
        """The offsets. Raises the driver's error for the first that has one."""
        fields.int32()  # throttled for so long
        found = {}
        for _ in fields.elements():
            topic = fields.name()
            for _ in fields.elements():
                number, error, _, offset = fields.take(_FOUND)
                if error != 0:
                    raise for_code(error)
                found[Partition(topic, number)] = offset
        return found
