"""The protocol's primitive types, written and read (https://kafka.apache.org/protocol#protocol_types).

What is spoken here are versions of requests from before KIP-482, without compact types: Kafka has
known them since 0.11, and 4.x does still.
"""

from __future__ import annotations

from collections.abc import Collection
from struct import Struct
from typing import Any, ClassVar, Protocol, TypeVar

INT16, INT32, INT64 = Struct(">h"), Struct(">i"), Struct(">q")


class Fields:
    """Reads one field of an answer after the other; struct.error or IndexError beyond its end."""

    __slots__ = ("at", "raw")

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.at = 0

    def take(self, layout: Struct) -> tuple[Any, ...]:
        """Several fields of fixed length at once."""
        found = layout.unpack_from(self.raw, self.at)
        self.at += layout.size
        return found

    def int8(self) -> int:
        """INT8, or BOOLEAN."""
        self.at += 1
        return self.raw[self.at - 1]

    def int16(self) -> int:
        """INT16."""
        number: int = self.take(INT16)[0]
        return number

    def int32(self) -> int:
        """INT32."""
        number: int = self.take(INT32)[0]
        return number

    def int64(self) -> int:
        """INT64."""
        number: int = self.take(INT64)[0]
        return number

    def string(self) -> str | None:
        """STRING, or NULLABLE_STRING."""
        length = self.int16()
        if length < 0:
            return None
        return self._next(length).decode("utf-8", "replace")

    def name(self) -> str:
        """STRING that is never null."""
        return self.string() or ""

    def blob(self) -> bytes:
        """BYTES or RECORDS; empty where it is null."""
        return self._next(max(0, self.int32()))

    def elements(self) -> range:
        """ARRAY: one turn for each of its elements, none where it is null."""
        return range(self.int32())

    def _next(self, length: int) -> bytes:
        begin, self.at = self.at, self.at + length
        if self.at > len(self.raw):
            raise IndexError("the answer ends inside a field")
        return self.raw[begin : self.at]


def string(text: str | None) -> bytes:
    """STRING, or NULLABLE_STRING."""
    if text is None:
        return INT16.pack(-1)
    raw = text.encode()
    return INT16.pack(len(raw)) + raw


def array(elements: Collection[bytes]) -> bytes:
    """ARRAY of elements that are written already."""
    return INT32.pack(len(elements)) + b"".join(elements)


Answer = TypeVar("Answer", covariant=True)


class Request(Protocol[Answer]):
    """One request: its key in the protocol, and the versions of it that can be written and read."""

    api: ClassVar[int]
    lowest: ClassVar[int]
    highest: ClassVar[int]

    def body(self, version: int) -> bytes:
        """What stands behind the header."""

    def answer(self, fields: Fields, version: int) -> Answer:
        """What stands behind the header of the response. Raises what Fields does."""
