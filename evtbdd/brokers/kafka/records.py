"""The records of one batch, read from bytes that are not compressed any more.

By hand, for each costs twice as much through the driver's reader, which makes a record of its own
first (https://kafka.apache.org/documentation/#record).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from kafka.errors import CorruptRecordError

from evtbdd.brokers.kafka.partitions import Partition
from evtbdd.events import Headers, Position, Record

FEW = 500
"""Records that are handed on at once."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What all records of a batch have in common; times are milliseconds since 1970.

    `appended` is when the broker stored them, where it is that which counts.
    """

    partition: Partition
    base_offset: int
    base_timestamp: int
    appended: int | None
    count: int


def record(
    partition: Partition,
    offset: int,
    timestamp: int,
    key: bytes | None,
    value: bytes | None,
    headers: Headers,
) -> Record:
    """A record as the reader hands it over; the timestamp is in milliseconds."""
    topic, number = partition
    return Record(
        topic,
        key,
        value,
        headers,
        Position(str(number), offset),
        timestamp / 1000,
        f"partition {number} offset {offset}",
        {"partition": number, "offset": offset},
    )


def in_chunks(found: Iterator[Record]) -> Iterator[list[Record]]:
    """Few at a time, so that nobody is kept waiting for long."""
    while chunk := list(islice(found, FEW)):
        yield chunk


def records(stored: Stored, body: bytes, at: int) -> Iterator[Record]:
    """The records that begin there. Raises CorruptRecordError."""
    try:
        for _ in range(stored.count):
            one, at = _one(stored, body, at)
            yield one
    except (IndexError, ValueError) as error:
        raise CorruptRecordError(f"what stands in a batch is no record: {error}") from error
    if at != len(body):
        raise CorruptRecordError("a batch goes on after its last record")


def _one(stored: Stored, body: bytes, at: int) -> tuple[Record, int]:
    length, at = varint(body, at)
    end = at + length
    later, at = varint(body, at + 1)  # one byte of attributes, unused
    further, at = varint(body, at)
    key, at = _blob(body, at)
    value, at = _blob(body, at)
    headers: Headers = ()
    count, at = varint(body, at)
    if count:
        headers, at = _headers(body, at, count)
    if at != end or end > len(body):
        raise ValueError("its length is not what it says")
    timestamp = stored.base_timestamp + later if stored.appended is None else stored.appended
    partition = stored.partition
    return record(partition, stored.base_offset + further, timestamp, key, value, headers), at


def _headers(body: bytes, at: int, count: int) -> tuple[Headers, int]:
    found = []
    for _ in range(count):
        name, at = _blob(body, at)
        value, at = _blob(body, at)
        found.append(((name or b"").decode("utf-8", "replace"), value))
    return tuple(found), at


def _blob(body: bytes, at: int) -> tuple[bytes | None, int]:
    length = body[at]
    if length < 0x80 and not length & 1:  # the most are shorter than 64 bytes
        begin = at + 1
        at = begin + (length >> 1)
    else:
        length, begin = varint(body, at)
        if length < 0:
            return None, begin
        at = begin + length
    return body[begin:at], at


def varint(body: bytes, at: int) -> tuple[int, int]:
    """A number as the protocol buffers have it, zigzag, and the place behind it."""
    byte = body[at]
    if byte < 0x80:
        return (byte >> 1) ^ -(byte & 1), at + 1
    number, shift = byte & 0x7F, 7
    while shift < 70:
        at += 1
        byte = body[at]
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return (number >> 1) ^ -(number & 1), at + 1
        shift += 7
    raise ValueError("a number is longer than 64 bits")
