"""Which records a partition accepts: the rules of Kafka's request and log validators."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from evtbdd.embedded.kafka.batches import LENGTH_PREFIX, SMALLEST, Batch, parsed
from evtbdd.embedded.kafka.errors import ErrorCode, Refused
from evtbdd.embedded.kafka.records import Opaque, heads
from evtbdd.embedded.kafka.topics import Topic

LEAST_LENGTH = 14  # of the oldest format; anything shorter is noise


@dataclass(frozen=True, slots=True)
class RecordError:
    """What is wrong with one record of a batch."""

    index: int
    message: str


class RecordsRefused(Refused):
    """A batch was refused for some of its records."""

    def __init__(self, code: ErrorCode, message: str, record_errors: list[RecordError]) -> None:
        super().__init__(code, message)
        self.record_errors = record_errors


@dataclass(frozen=True, slots=True)
class Rules:
    """What a topic's configuration asks of its records; sizes in bytes, times in milliseconds."""

    place: str
    largest_batch: int
    keys_required: bool
    furthest_past: int
    furthest_future: int
    stamped_on_append: bool

    @classmethod
    def of(cls, topic: Topic, index: int) -> Rules:
        """The rules of a topic, for its partition `index`."""
        return cls(
            place=f"{topic.name}-{index}",
            largest_batch=int(topic.setting("max.message.bytes")),
            keys_required="compact" in topic.setting("cleanup.policy"),
            furthest_past=int(topic.setting("message.timestamp.before.max.ms")),
            furthest_future=int(topic.setting("message.timestamp.after.max.ms")),
            stamped_on_append=topic.setting("message.timestamp.type") == "LogAppendTime",
        )


def single_batch(records: bytes | None) -> Batch:
    """The one batch that a produce request may carry for a partition; raises `Refused`."""
    data = records or b""
    if len(data) >= LENGTH_PREFIX:
        (length,) = struct.unpack_from(">i", data, 8)
        if length < LEAST_LENGTH:
            raise Refused(
                ErrorCode.CORRUPT_MESSAGE,
                f"Found record size {length} smaller than minimum record overhead ({LEAST_LENGTH}).",
            )
        end = LENGTH_PREFIX + length
        if len(data) > 16 and data[16] != 2:
            raise Refused(
                ErrorCode.INVALID_RECORD, "Only record batches with magic version 2 are allowed"
            )
        if SMALLEST <= end <= len(data) and not _whole_batch(data[end:]):
            return parsed(data[:end])
    raise Refused(ErrorCode.INVALID_RECORD, "Exactly one whole record batch is required")


def _whole_batch(data: bytes) -> bool:
    """Whether a batch begins and ends here; Kafka ignores bytes behind a batch that are none."""
    if len(data) < LENGTH_PREFIX:
        return False
    return len(data) >= LENGTH_PREFIX + int(struct.unpack_from(">i", data, 8)[0])


def check(batch: Batch, rules: Rules, now: int) -> None:
    """Raise `Refused` for a batch that the log of a topic does not take; `now` in milliseconds."""
    if batch.base_offset != 0:
        raise Refused(
            ErrorCode.INVALID_RECORD,
            f"The baseOffset of the record batch should be 0, but it is {batch.base_offset}",
        )
    if len(batch.raw) > rules.largest_batch:
        raise Refused(
            ErrorCode.MESSAGE_TOO_LARGE,
            f"The record batch size is {len(batch.raw)} bytes which exceeds the maximum "
            f"configured value of {rules.largest_batch}.",
        )
    if not batch.is_intact:
        raise Refused(ErrorCode.CORRUPT_MESSAGE, f"Record is corrupt (stored crc = {batch.crc})")
    _check_header(batch)
    _check_records(batch, rules, now)


def _check_header(batch: Batch) -> None:
    problem = None
    if batch.count <= 0 or batch.last_offset_delta + 1 != batch.count:
        problem = (
            f"{batch.count} records in a batch whose last offset delta is {batch.last_offset_delta}"
        )
    elif batch.is_control:
        problem = "Clients are not allowed to write control records"
    elif batch.producer_id >= 0 and batch.base_sequence < 0:
        problem = f"Invalid sequence number {batch.base_sequence} in record batch with producerId"
    elif batch.is_transactional and batch.producer_id < 0:
        problem = "A transactional batch has no producer id"
    if problem:
        raise Refused(ErrorCode.INVALID_RECORD, problem)


def _check_records(batch: Batch, rules: Rules, now: int) -> None:
    keyless: list[RecordError] = []
    misdated: list[RecordError] = []
    try:
        for index, head in enumerate(heads(batch)):
            if rules.keys_required and not head.has_key:
                keyless.append(RecordError(index, _KEYLESS + rules.place))
            elif not rules.stamped_on_append and not (
                now - rules.furthest_past <= head.timestamp <= now + rules.furthest_future
            ):
                misdated.append(RecordError(index, _misdated(index, head.timestamp, rules, now)))
    except Opaque:
        return
    except ValueError as error:
        raise Refused(ErrorCode.INVALID_RECORD, f"Found invalid records: {error}") from error
    if keyless:
        raise RecordsRefused(ErrorCode.INVALID_RECORD, _rejected(keyless), keyless)
    if misdated:
        raise RecordsRefused(ErrorCode.INVALID_TIMESTAMP, _MISDATED, misdated)


_KEYLESS = "Compacted topic cannot accept message without key in topic partition "
_MISDATED = "One or more records have been rejected due to invalid timestamp"


def _misdated(index: int, timestamp: int, rules: Rules, now: int) -> str:
    return (
        f"Timestamp {timestamp} of message with offset {index} is out of range. The timestamp "
        f"should be within [{now - rules.furthest_past}, {now + rules.furthest_future}]"
    )


def _rejected(errors: list[RecordError]) -> str:
    shown = ", ".join(
        f"RecordError(batchIndex={e.index}, message='{e.message}')" for e in errors[:3]
    )
    return (
        f"One or more records have been rejected due to {len(errors)} record errors in total, "
        f"and only showing the first three errors at most: [{shown}]"
    )
