"""Record batches, format v2 (https://kafka.apache.org/documentation/#recordbatch)."""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace

from evtbdd.embedded.kafka.crc import crc32c

_HEADER = struct.Struct(">qiibIhiqqqhii")
_CHECKED_FROM = 21  # the CRC covers everything after itself
LENGTH_PREFIX = 12  # base offset and length, which the length does not count
SMALLEST = _HEADER.size
COMPRESSION = 0x07
LOG_APPEND_TIME = 0x08
TRANSACTIONAL = 0x10
CONTROL = 0x20


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch: its bytes, and what its header says. Timestamps are milliseconds since 1970."""

    raw: bytes
    base_offset: int
    magic: int
    crc: int
    attributes: int
    last_offset_delta: int
    base_timestamp: int
    max_timestamp: int
    producer_id: int
    producer_epoch: int
    base_sequence: int
    count: int

    @property
    def last_offset(self) -> int:
        """The offset of the last record."""
        return self.base_offset + self.last_offset_delta

    @property
    def last_sequence(self) -> int:
        """The sequence number of the last record; they wrap round at 2**31."""
        return (self.base_sequence + self.last_offset_delta) & 0x7FFFFFFF

    @property
    def is_transactional(self) -> bool:
        """Whether it belongs to a transaction."""
        return bool(self.attributes & TRANSACTIONAL)

    @property
    def is_control(self) -> bool:
        """Whether it is a transaction marker, which only a broker may write."""
        return bool(self.attributes & CONTROL)

    @property
    def is_intact(self) -> bool:
        """Whether the CRC fits."""
        return crc32c(self.raw[_CHECKED_FROM:]) == self.crc


def parsed(raw: bytes) -> Batch:
    """The batch whose bytes these are, all of them; `struct.error` where they are too few."""
    (base, _, _, magic, crc, attributes, delta, first, latest, producer, epoch, sequence, count) = (
        _HEADER.unpack_from(raw)
    )
    return Batch(
        raw, base, magic, crc, attributes, delta, first, latest, producer, epoch, sequence, count
    )


def placed(batch: Batch, offset: int) -> Batch:
    """The batch as it stands in a log at `offset`, leader epoch 0; the CRC covers neither."""
    raw = struct.pack(">qii", offset, len(batch.raw) - LENGTH_PREFIX, 0) + batch.raw[16:]
    return replace(batch, raw=raw, base_offset=offset)


def stamped(batch: Batch, milliseconds: int) -> Batch:
    """The batch with the time of its appending instead of its producer's times."""
    attributes = batch.attributes | LOG_APPEND_TIME
    body = (
        struct.pack(
            ">hiqq", attributes, batch.last_offset_delta, batch.base_timestamp, milliseconds
        )
        + batch.raw[43:]
    )
    return parsed(batch.raw[:17] + struct.pack(">I", crc32c(body)) + body)


def marker(producer_id: int, producer_epoch: int, committed: bool, milliseconds: int) -> Batch:
    """The control batch that ends a transaction: one record, whose key says commit or abort."""
    key = struct.pack(">hh", 0, 1 if committed else 0)
    value = struct.pack(">hi", 0, 0)
    record = b"\x00\x00\x00" + _short_bytes(key) + _short_bytes(value) + b"\x00"
    body = struct.pack(
        ">hiqqqhii",
        TRANSACTIONAL | CONTROL,
        0,
        milliseconds,
        milliseconds,
        producer_id,
        producer_epoch,
        -1,
        1,
    ) + _short_bytes(record)
    prefix = struct.pack(">qiibI", 0, len(body) + 9, 0, 2, crc32c(body))
    return parsed(prefix + body)


def _short_bytes(content: bytes) -> bytes:
    """Bytes with their length as a varint of one byte, so fewer than 64 of them."""
    return bytes([len(content) << 1]) + content
