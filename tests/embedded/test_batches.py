"""Record batches: how they are read, placed, stamped, and which are refused."""

import struct

import pytest
from kafka.record.memory_records import MemoryRecords

from evtbdd.embedded.kafka import validation
from evtbdd.embedded.kafka.batches import marker, parsed, placed, stamped
from evtbdd.embedded.kafka.crc import crc32c
from evtbdd.embedded.kafka.errors import ErrorCode, Refused
from evtbdd.embedded.kafka.records import heads
from evtbdd.embedded.kafka.topics import Topic
from evtbdd.embedded.kafka.validation import RecordsRefused, Rules

NOW = 1_700_000_000_000


def rules(**overrides):
    return Rules.of(Topic("t", [], {k.replace("_", "."): v for k, v in overrides.items()}), 0)


def altered(batch, place, form, value):
    """The batch with one field of its header changed, and the CRC made to fit."""
    raw = bytearray(batch)
    struct.pack_into(form, raw, place, value)
    struct.pack_into(">I", raw, 17, crc32c(bytes(raw[21:])))
    return bytes(raw)


def refusal(batch, **overrides):
    with pytest.raises(Refused) as refused:
        validation.check(validation.single_batch(batch), rules(**overrides), NOW)
    return refused.value.code


def test_a_placed_batch_keeps_its_checksum(records):
    """A batch put at an offset is read there by a client, with the CRC it came with."""
    batch = placed(parsed(records(b"x", b"y", timestamp=NOW)), 41)
    assert batch.is_intact
    (read,) = MemoryRecords(batch.raw)
    assert read.validate_crc()
    assert [(r.offset, r.value) for r in read] == [(41, b"x"), (42, b"y")]


def test_a_stamped_batch_has_the_brokers_time(records):
    """With LogAppendTime a client reads the time of appending."""
    batch = stamped(parsed(records(b"x", timestamp=5)), NOW)
    assert batch.is_intact
    (read,) = MemoryRecords(batch.raw)
    assert [(r.timestamp, r.timestamp_type) for r in read] == [(NOW, 1)]


@pytest.mark.parametrize("committed", [True, False])
def test_a_marker_is_a_control_batch(committed):
    """A client reads the end of a transaction as commit or as abort."""
    (read,) = MemoryRecords(marker(7, 2, committed, NOW).raw)
    assert read.validate_crc()
    assert (read.is_control_batch, read.is_transactional) == (True, True)
    assert (read.producer_id, read.producer_epoch) == (7, 2)
    (control,) = read
    assert (control.commit, control.abort) == (committed, not committed)


def test_heads_of_records(records):
    """Offsets, times and keys are seen, in long batches too."""
    many = parsed(records(*[b"v" * 300] * 200, timestamp=NOW))
    assert [h.offset_delta for h in heads(many)] == list(range(200))
    (head,) = heads(parsed(records(b"v", key=None, timestamp=NOW)))
    assert (head.timestamp, head.has_key) == (NOW, False)


def test_a_good_batch_is_accepted(records):
    """Nothing is said against a batch that is whole."""
    validation.check(validation.single_batch(records(b"v", timestamp=NOW)), rules(), NOW)


def test_bytes_behind_a_batch_are_ignored(records):
    """Trailing bytes that are no batch do no harm."""
    good = records(b"v", timestamp=NOW)
    assert validation.single_batch(good + b"xx").raw == good


def test_not_exactly_one_batch(records):
    """None, two, a truncated one, an old format: INVALID_RECORD (87)."""
    good = records(b"v", timestamp=NOW)
    old = good[:16] + b"\x01" + good[17:]
    for bad in (None, b"", good + good, good[:-3], old):
        with pytest.raises(Refused) as refused:
            validation.single_batch(bad)
        assert refused.value.code is ErrorCode.INVALID_RECORD


def test_a_length_that_cannot_be(records):
    """A batch shorter than any format allows is CORRUPT_MESSAGE (2)."""
    good = bytearray(records(b"v"))
    struct.pack_into(">i", good, 8, 5)
    with pytest.raises(Refused) as refused:
        validation.single_batch(bytes(good))
    assert refused.value.code is ErrorCode.CORRUPT_MESSAGE


def test_a_flipped_bit(records):
    """A wrong CRC is CORRUPT_MESSAGE (2)."""
    raw = bytearray(records(b"v", timestamp=NOW))
    raw[-1] ^= 1
    assert refusal(bytes(raw)) is ErrorCode.CORRUPT_MESSAGE


@pytest.mark.parametrize(
    ("place", "form", "value"),
    [
        (0, ">q", 7),  # base offset
        (23, ">i", 5),  # last offset delta
        (57, ">i", 3),  # count
        (21, ">h", 0x20),  # control
        (21, ">h", 0x05),  # undefined compression
        (43, ">q", 9),  # producer id without sequence
    ],
)
def test_headers_that_contradict_themselves(records, place, form, value):
    """A header that cannot be true is INVALID_RECORD (87)."""
    batch = altered(records(b"a", b"b", timestamp=NOW), place, form, value)
    assert refusal(batch) is ErrorCode.INVALID_RECORD


@pytest.mark.parametrize(("count", "said"), [(1, 1), (3, 3)])
def test_a_count_that_is_not_the_number_of_records(records, count, said):
    """Records are counted, not believed."""
    batch = altered(records(b"a", b"b", timestamp=NOW), 57, ">i", count)
    batch = altered(batch, 23, ">i", said - 1)
    assert refusal(batch) is ErrorCode.INVALID_RECORD


def test_too_large(records):
    """max.message.bytes counts the whole batch, its header too."""
    batch = records(b"v" * 100, timestamp=NOW)
    fits = {"max_message_bytes": str(len(batch))}
    validation.check(validation.single_batch(batch), rules(**fits), NOW)
    small = {"max_message_bytes": str(len(batch) - 1)}
    assert refusal(batch, **small) is ErrorCode.MESSAGE_TOO_LARGE


def test_keys_on_a_compacted_topic(records):
    """A compacted topic names each record without a key."""
    batch = validation.single_batch(records(b"v", key=None, timestamp=NOW))
    with pytest.raises(RecordsRefused) as refused:
        validation.check(batch, rules(cleanup_policy="compact,delete"), NOW)
    assert refused.value.code is ErrorCode.INVALID_RECORD
    assert [(e.index, e.message) for e in refused.value.record_errors] == [
        (0, "Compacted topic cannot accept message without key in topic partition t-0")
    ]


def test_records_from_the_future(records):
    """More than an hour ahead is INVALID_TIMESTAMP (32), long ago is fine."""
    assert refusal(records(b"v", timestamp=NOW + 3_600_001)) is ErrorCode.INVALID_TIMESTAMP
    validation.check(validation.single_batch(records(b"v", timestamp=1)), rules(), NOW)
