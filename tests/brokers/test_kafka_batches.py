"""What is read of record batches: the driver's own builder writes them, and every cut is survived."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kafka.errors import CorruptRecordError, KafkaError, UnsupportedCodecError
from kafka.record.memory_records import MemoryRecordsBuilder

from evtbdd.brokers.kafka import batches
from evtbdd.brokers.kafka.batches import committed, end
from evtbdd.brokers.kafka.partitions import Partition
from evtbdd.brokers.kafka.records import FEW, varint
from evtbdd.events import Record

ORDERS = Partition("orders", 2)
COMPRESSIONS = {"none": 0, "gzip": 1, "snappy": 2, "lz4": 3, "zstd": 4}
NEVER = -1

blobs = st.none() | st.binary(max_size=200)
contents = st.tuples(
    st.integers(min_value=0, max_value=2**41),
    blobs,
    blobs,
    st.lists(st.tuples(st.text(max_size=70), blobs), max_size=3),
)


@dataclass(frozen=True)
class Written:
    """A batch, and what stands in it: times, keys, values and headers."""

    raw: bytes
    content: Sequence[tuple[int, bytes | None, bytes | None, list[tuple[str, bytes | None]]]]


def written(
    *content: tuple[int, bytes | None, bytes | None, list[tuple[str, bytes | None]]],
    offset: int = 0,
    compression: int = 0,
    producer: int = NEVER,
    transactional: bool = False,
    magic: int = 2,
) -> Written:
    """A batch as the driver writes it, at an offset as a broker stores it."""
    epoch = 0 if producer >= 0 else NEVER
    builder = MemoryRecordsBuilder(
        magic=magic,
        compression_type=compression,
        batch_size=1 << 20,
        transactional=transactional,
        producer_id=producer,
        producer_epoch=epoch,
        base_sequence=epoch,
    )
    for timestamp, key, value, headers in content:
        assert builder.append(timestamp, key, value, headers) is not None
    builder.close()
    return Written(struct.pack(">q", offset) + bytes(builder.buffer())[8:], content)


def plain(*values: bytes, offset: int, producer: int = NEVER) -> bytes:
    """A batch of these values, in a transaction where it has a producer."""
    content = [(0, None, value, []) for value in values]
    return written(*content, offset=offset, producer=producer, transactional=producer != NEVER).raw


def marker(producer: int, offset: int, *, commit: bool) -> bytes:
    """The control batch by which a broker ends a transaction."""
    raw = bytearray(
        written(
            (0, struct.pack(">hh", 0, commit), struct.pack(">hi", 0, 0), []),
            offset=offset,
            producer=producer,
            transactional=True,
        ).raw
    )
    raw[22] |= 0x20
    return bytes(raw)


def read(raw: bytes, aborted: Sequence[tuple[int, int]] = ()) -> list[Record]:
    """All that is committed."""
    return [record for chunk, _ in committed(ORDERS, raw, aborted) for record in chunk]


def values(raw: bytes, aborted: Sequence[tuple[int, int]] = ()) -> list[bytes | None]:
    return [record.value for record in read(raw, aborted)]


@pytest.mark.parametrize("compression", COMPRESSIONS.values(), ids=COMPRESSIONS)
@given(content=st.lists(contents, min_size=1, max_size=12), offset=st.integers(0, 2**40))
@settings(max_examples=40, deadline=None)
def test_what_was_written_is_read(
    content: list[tuple[int, bytes | None, bytes | None, list[tuple[str, bytes | None]]]],
    offset: int,
    compression: int,
) -> None:
    """Times, keys, values and headers come back as they were, whatever they hold and are packed in."""
    # The driver compresses only where that makes less of it.
    content = [*content, (0, None, b"repeated" * 200, [])]
    batch = written(*content, offset=offset, compression=compression)
    assert batch.raw[22] & 0x07 == compression
    records = read(batch.raw)
    assert [(r.timestamp, r.key, r.value, list(r.headers)) for r in records] == [
        (timestamp / 1000, key, value, headers) for timestamp, key, value, headers in content
    ]
    assert [r.position.number for r in records] == list(range(offset, offset + len(content)))
    assert end(batch.raw) == offset + len(content)


def test_how_a_record_says_where_it_lies() -> None:
    """Topic, lane and place are those of the partition."""
    (record,) = read(written((5, b"key", b"value", []), offset=7).raw)
    assert (record.channel, record.position.lane, record.where) == (
        "orders",
        "2",
        "partition 2 offset 7",
    )
    assert record.facts == {"partition": 2, "offset": 7}


def test_the_time_of_appending() -> None:
    """Where the broker's time counts, all records of a batch have it."""
    raw = bytearray(written((1000, None, b"a", []), (2000, None, b"b", [])).raw)
    raw[22] |= 0x08
    raw[35:43] = struct.pack(">q", 5000)
    assert [record.timestamp for record in read(bytes(raw))] == [5.0, 5.0]


def test_a_batch_that_is_cut_off() -> None:
    """A node ends its answer in the middle of a batch: what is whole is read, and nothing else."""
    first, second = plain(b"a", b"b", offset=10), plain(b"c", offset=12)
    whole = first + second
    for size in range(len(whole) + 1):
        expected = [[], [b"a", b"b"], [b"a", b"b", b"c"]][
            (size >= len(first)) + (size == len(whole))
        ]
        assert values(whole[:size]) == expected
        assert end(whole[:size]) == [None, 12, 13][(size >= len(first)) + (size == len(whole))]


def test_many_records_come_a_few_at_a_time() -> None:
    """Each part says how far it goes, the last how far the batch goes."""
    raw = plain(*[b"%d" % number for number in range(FEW + 1)], offset=100)
    assert [(len(chunk), behind) for chunk, behind in committed(ORDERS, raw, [])] == [
        (FEW, 100 + FEW),
        (1, 101 + FEW),
        (0, 101 + FEW),
    ]


def test_what_was_compacted_away_is_passed() -> None:
    """A batch keeps its last offset also where its last record is gone."""
    raw = bytearray(plain(b"kept", offset=3))
    raw[23:27] = struct.pack(">i", 4)
    assert values(bytes(raw)) == [b"kept"]
    assert end(bytes(raw)) == 8


ALICE, BOB = 4711, 4712
INTERLEAVED = (
    plain(b"alice 1", offset=0, producer=ALICE)
    + plain(b"bob 1", offset=1, producer=BOB)
    + plain(b"nobody", offset=2)
    + plain(b"alice 2", offset=3, producer=ALICE)
    + marker(ALICE, 4, commit=False)
    + plain(b"alice 3", offset=5, producer=ALICE)
    + marker(BOB, 6, commit=True)
    + plain(b"bob 2", offset=7, producer=BOB)
    + marker(ALICE, 8, commit=True)
    + marker(BOB, 9, commit=False)
    + plain(b"bob 3", offset=10, producer=BOB)
    + marker(BOB, 11, commit=True)
)


def test_aborted_transactions_are_left_out() -> None:
    """Of each producer what it has aborted, and no more: neither before nor after."""
    aborted = [(BOB, 7), (ALICE, 0)]
    assert values(INTERLEAVED, aborted) == [b"bob 1", b"nobody", b"alice 3", b"bob 3"]
    assert [behind for _, behind in committed(ORDERS, INTERLEAVED, aborted)][-1] == 12


def test_fetching_begins_in_the_middle_of_an_aborted_transaction() -> None:
    """The transaction began before what was fetched; what is left of it is left out."""
    later = INTERLEAVED[len(plain(b"alice 1", offset=0, producer=ALICE)) :]
    assert values(later, [(ALICE, 0), (BOB, 7)]) == [b"bob 1", b"nobody", b"alice 3", b"bob 3"]


def test_what_is_not_in_a_transaction_is_never_left_out() -> None:
    """The same producer may write outside of transactions; nothing of that can be aborted."""
    raw = plain(b"aborted", offset=0, producer=ALICE)
    outside = written((0, None, b"outside", []), offset=1, producer=ALICE).raw
    assert values(raw + outside, [(ALICE, 0)]) == [b"outside"]


@pytest.mark.parametrize("magic", [0, 1])
@pytest.mark.parametrize("compression", [0, 1], ids=["none", "gzip"])
def test_message_sets_from_before_kafka_0_11(magic: int, compression: int) -> None:
    """What was stored long ago is read too."""
    batch = written(
        (7000, b"k", b"a", []), (7000, b"k", b"b" * 2000, []), compression=compression, magic=magic
    )
    records = read(batch.raw)
    assert [(r.key, r.value, r.position.number) for r in records] == [
        (b"k", b"a", 0),
        (b"k", b"b" * 2000, 1),
    ]
    assert end(batch.raw) == 2


@given(place=st.integers(21, 200), byte=st.integers(0, 255))
@settings(max_examples=300, deadline=None)
def test_a_broken_batch_is_an_error_of_the_driver(place: int, byte: int) -> None:
    """Whatever stands in a batch, it is read, or told in the one way that the reader knows."""
    raw = bytearray(plain(b"a" * 50, b"b" * 50, offset=0))
    raw[place % len(raw)] = byte
    try:
        read(bytes(raw))
        end(bytes(raw))
    except KafkaError:
        pass


@pytest.mark.parametrize("compression", list(COMPRESSIONS.values())[1:], ids=list(COMPRESSIONS)[1:])
def test_what_cannot_be_decompressed(compression: int) -> None:
    """Bytes that no codec takes are a broken batch."""
    raw = bytearray(plain(b"x" * 40, offset=0))
    raw[22] |= compression
    raw[61:] = b"\xff" * (len(raw) - 61)
    with pytest.raises(CorruptRecordError, match="it is not compressed by"):
        read(bytes(raw))


def test_a_compression_that_nobody_knows() -> None:
    raw = bytearray(plain(b"x", offset=0))
    raw[22] |= 5
    with pytest.raises(CorruptRecordError, match="there is no compression 5"):
        read(bytes(raw))


def test_a_compression_without_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which one it is, is said; the reader makes a sentence of it."""
    batch = written((0, None, b"x" * 2000, []), compression=COMPRESSIONS["zstd"])
    codecs = {**batches._CODECS, 4: (lambda: False, *batches._CODECS[4][1:])}
    monkeypatch.setattr(batches, "_CODECS", codecs)
    with pytest.raises(UnsupportedCodecError) as missing:
        read(batch.raw)
    assert missing.value.args == ("zstd",)


@given(st.integers(-(2**63), 2**63 - 1))
def test_numbers(number: int) -> None:
    """Zigzag varints, of one to ten bytes."""
    left = ((number << 1) ^ (number >> 63)) & (2**64 - 1)
    raw = bytearray()
    while left >= 0x80:
        raw.append(left & 0x7F | 0x80)
        left >>= 7
    raw.append(left)
    assert varint(b"??" + bytes(raw), 2) == (number, 2 + len(raw))


def test_a_number_without_an_end() -> None:
    with pytest.raises(ValueError, match="longer than 64 bits"):
        varint(b"\xff" * 20, 0)
