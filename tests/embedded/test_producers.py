"""Idempotence, transaction markers and reading, on a partition without a broker."""

import pytest

from evtbdd.embedded.kafka.batches import parsed
from evtbdd.embedded.kafka.errors import ErrorCode, Refused
from evtbdd.embedded.kafka.partition import Aborted, Found, Partition


@pytest.fixture
def partition():
    return Partition()


@pytest.fixture
def batch(records):
    def make(sequence, *values, epoch=0, transactional=False):
        values = values or (b"v",)
        return parsed(
            records(
                *values, producer=5, epoch=epoch, sequence=sequence, transactional=transactional
            )
        )

    return make


def code(partition, batch):
    with pytest.raises(Refused) as refused:
        partition.producers.duplicate(batch)
    return refused.value.code


def test_a_batch_sent_twice_is_known(partition, batch):
    """The second time one learns where the first stands."""
    partition.append(batch(0, b"a", b"b"))
    partition.append(batch(2))
    assert partition.producers.duplicate(batch(0, b"a", b"b")).offset == 0
    assert partition.producers.duplicate(batch(2)).offset == 2
    assert partition.producers.duplicate(batch(3)) is None


def test_only_five_batches_are_remembered(partition, batch):
    """What is older than five batches is out of order."""
    for sequence in range(6):
        partition.append(batch(sequence))
    assert partition.producers.duplicate(batch(1)).offset == 1
    assert code(partition, batch(0)) is ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER


def test_a_gap_is_refused(partition, batch):
    """A missing batch is OUT_OF_ORDER_SEQUENCE_NUMBER (45), a stranger may begin anywhere."""
    assert partition.producers.duplicate(batch(7)) is None
    partition.append(batch(0))
    assert code(partition, batch(2)) is ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER


def test_a_new_epoch_begins_anew_and_fences_the_old(partition, batch):
    """A new epoch starts at 0; the old one is INVALID_PRODUCER_EPOCH (47)."""
    partition.append(batch(0))
    assert code(partition, batch(1, epoch=1)) is ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER
    partition.append(batch(0, epoch=1))
    assert code(partition, batch(1)) is ErrorCode.INVALID_PRODUCER_EPOCH


def test_sequences_wrap_round(partition, batch):
    """After 2**31 - 1 comes 0."""
    partition.append(batch(2**31 - 1))
    assert partition.producers.duplicate(batch(0)) is None


def test_an_open_transaction_holds_the_stable_end(partition, batch, records):
    """The last stable offset stays before undecided records; the marker takes an offset."""
    partition.append(parsed(records(b"before")))
    partition.append(batch(0, transactional=True))
    partition.append(parsed(records(b"after")))
    assert (partition.stable_end, partition.end) == (1, 3)
    partition.end_transaction(5, 0, False, 0)
    assert (partition.stable_end, partition.end) == (4, 4)
    assert partition.aborted_within(0, 4) == [Aborted(5, 1, 3)]
    assert partition.aborted_within(4, 9) == []


def test_reading_cuts_in_mid_batch_but_never_the_first(partition, records):
    """A limit is a limit in bytes; a first batch that exceeds it comes whole, or not at all."""
    one = records(b"v" * 100)
    for _ in range(3):
        partition.append(parsed(one))
    size = len(one)
    assert len(partition.read(0, 3, 10 * size, whole_first=True)) == 3 * size
    assert len(partition.read(0, 3, size + 7, whole_first=True)) == size + 7
    assert len(partition.read(0, 3, 7, whole_first=True)) == size
    assert partition.read(0, 3, 7, whole_first=False) == b""
    assert len(partition.read(1, 2, 10 * size, whole_first=True)) == size


def test_offsets_by_time(partition, records):
    """The first record at or after a time, and the first of the latest."""
    for timestamp in (1000, 3000, 2000, 3000):
        partition.append(parsed(records(b"v", timestamp=timestamp)))
    assert partition.at_time(0, 4) == Found(1000, 0)
    assert partition.at_time(1500, 4) == Found(3000, 1)
    assert partition.at_time(3001, 4) == Found()
    assert partition.latest_time() == Found(3000, 1)


def test_deleted_records_are_gone(partition, records):
    """The log starts where it was told to; batches wholly before that are dropped."""
    for _ in range(3):
        partition.append(parsed(records(b"a", b"b")))
    partition.delete_before(3)
    assert partition.start == 3
    assert partition.at_time(0, 6).offset == 3
