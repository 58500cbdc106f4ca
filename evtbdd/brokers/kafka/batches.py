"""Record batches, and what in them is committed (https://kafka.apache.org/documentation/#recordbatch)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from struct import Struct

from kafka import codec
from kafka.errors import CorruptRecordError, UnsupportedCodecError
from kafka.record.memory_records import MemoryRecords

from evtbdd.brokers.kafka.partitions import Partition
from evtbdd.brokers.kafka.records import Stored, in_chunks, record, records
from evtbdd.events import Record

Chunk = tuple[Sequence[Record], int]
"""Records in order, and the offset up to which nothing else is to come."""

_HEAD = Struct(">qiibIhiqqqhii")
_LENGTH = Struct(">qi")
_MAGIC = 16
_COMPRESSION, _LOG_APPEND_TIME, _TRANSACTIONAL, _CONTROL = 0x07, 0x08, 0x10, 0x20

_CODECS: dict[int, tuple[Callable[[], bool], Callable[[bytes], bytes], str]] = {
    1: (codec.has_gzip, codec.gzip_decode, "gzip"),
    2: (codec.has_snappy, codec.snappy_decode, "snappy"),
    3: (codec.has_lz4, codec.lz4_decode, "lz4"),
    4: (codec.has_zstd, codec.zstd_decode, "zstd"),
}


def end(raw: bytes) -> int | None:
    """The offset behind the last batch that is whole; None where none is."""
    last = None
    for last in _whole(raw):  # noqa: B007 - the last one
        pass
    if last is None:
        return None
    begin, behind = last
    if raw[begin + _MAGIC] < 2:
        return _last_legacy(raw[begin:behind]) + 1
    head = _HEAD.unpack_from(raw, begin)
    return int(head[0]) + int(head[6]) + 1


def committed(
    partition: Partition, raw: bytes, aborted: Sequence[tuple[int, int]]
) -> Iterator[Chunk]:
    """What is committed of the batches that are whole; the rest only moves on.

    `raw` ends before any open transaction. `aborted` are the producers' ids and first offsets of
    transactions that were; each reaches as far as the marker that ends it (KIP-98).
    Raises CorruptRecordError, and UnsupportedCodecError with the name of the compression.
    """
    to_come = sorted(aborted, key=lambda each: each[1], reverse=True)
    undone: set[int] = set()
    for begin, behind in _whole(raw):
        if raw[begin + _MAGIC] < 2:
            yield from _legacy(partition, raw[begin:behind])
            continue
        (base, _, _, _, _, attributes, delta, first, latest, producer, _, _, count) = (
            _HEAD.unpack_from(raw, begin)
        )
        last = base + delta
        while to_come and to_come[-1][1] <= last:
            undone.add(to_come.pop()[0])
        if attributes & _CONTROL:
            # A transaction that was committed is not among them, whatever its producer did before.
            undone.discard(producer)
        elif not (attributes & _TRANSACTIONAL and producer in undone):
            appended = latest if attributes & _LOG_APPEND_TIME else None
            stored = Stored(partition, base, first, appended, count)
            if kind := attributes & _COMPRESSION:
                found = records(stored, _uncompressed(raw[begin + _HEAD.size : behind], kind), 0)
            else:
                found = records(stored, raw[begin + _HEAD.size : behind], 0)
            for chunk in in_chunks(found):
                yield chunk, chunk[-1].position.number + 1
        yield (), last + 1


def _whole(raw: bytes) -> Iterator[tuple[int, int]]:
    """Where each batch begins and ends; the last may be cut off, and is left out then."""
    at, size = 0, len(raw)
    while at + _MAGIC < size:
        behind = at + _LENGTH.size + _LENGTH.unpack_from(raw, at)[1]
        if behind > size:
            return
        if behind < at + _HEAD.size and raw[at + _MAGIC] >= 2:
            raise CorruptRecordError("a batch is shorter than its head")
        yield at, behind
        at = max(behind, at + _LENGTH.size)


def _uncompressed(body: bytes, kind: int) -> bytes:
    if kind not in _CODECS:
        raise CorruptRecordError(f"there is no compression {kind}")
    there, decode, name = _CODECS[kind]
    if not there():
        raise UnsupportedCodecError(name)
    try:
        return bytes(decode(body))
    except Exception as error:  # each codec has its own errors
        raise CorruptRecordError(f"it is not compressed by {name}: {error!r}") from error


def _legacy(partition: Partition, raw: bytes) -> Iterator[Chunk]:
    """A message set from before Kafka 0.11, which knows no transactions, by the driver's reader."""
    for batch in MemoryRecords(raw):
        for each in batch:
            one = record(partition, each.offset, each.timestamp or 0, each.key, each.value, ())
            yield [one], each.offset + 1


def _last_legacy(raw: bytes) -> int:
    return max(int(each.offset) for batch in MemoryRecords(raw) for each in batch)
