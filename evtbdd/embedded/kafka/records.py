"""What stands inside a batch, as far as a broker looks: never keys or values themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kafka import codec

from evtbdd.embedded.kafka.batches import COMPRESSION, LOG_APPEND_TIME, SMALLEST, Batch

_CODECS: dict[int, tuple[Callable[[], bool], Callable[[bytes], bytes]]] = {
    1: (codec.has_gzip, codec.gzip_decode),
    2: (codec.has_snappy, codec.snappy_decode),
    3: (codec.has_lz4, codec.lz4_decode),
    4: (codec.has_zstd, codec.zstd_decode),
}


class Opaque(Exception):
    """The batch is compressed by a codec for which this interpreter has no package."""


@dataclass(frozen=True, slots=True)
class RecordHead:
    """A record's place in its batch, its time in milliseconds since 1970, and whether it has a key."""

    offset_delta: int
    timestamp: int
    has_key: bool


def heads(batch: Batch) -> Iterator[RecordHead]:
    """The records of a batch; `Opaque` where they cannot be read, `ValueError` where they are none."""
    body = _uncompressed(batch)
    at = 0
    try:
        for _ in range(batch.count):
            length, at = _varint(body, at)
            end = at + length
            if length < 0 or end > len(body):
                raise ValueError("a record is longer than its batch")
            time_delta, place = _varint(body, at + 1)  # one byte of attributes, unused
            offset_delta, place = _varint(body, place)
            key_length, _ = _varint(body, place)
            stamp = batch.base_timestamp + time_delta
            if batch.attributes & LOG_APPEND_TIME:
                stamp = batch.max_timestamp
            yield RecordHead(offset_delta, stamp, key_length >= 0)
            at = end
    except IndexError as error:
        raise ValueError("the batch ends inside a record") from error
    if at != len(body):
        raise ValueError("the batch goes on after its last record")


def _uncompressed(batch: Batch) -> bytes:
    payload = batch.raw[SMALLEST:]
    kind = batch.attributes & COMPRESSION
    if not kind:
        return payload
    if kind not in _CODECS:
        raise ValueError(f"compression {kind} is not defined")
    available, decode = _CODECS[kind]
    if not available():
        raise Opaque
    try:
        return bytes(decode(payload))
    except Exception as error:  # each codec has its own errors
        raise ValueError(f"the batch cannot be decompressed: {error!r}") from error


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A zigzag varint and the place behind it."""
    byte = data[at]
    at += 1
    if byte < 0x80:
        return (byte >> 1) ^ -(byte & 1), at
    value = byte & 0x7F
    shift = 7
    while shift < 70:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return (value >> 1) ^ -(value & 1), at
        shift += 7
    raise ValueError("a varint is longer than 64 bits")
