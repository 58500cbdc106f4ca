"""Transactions and committed offsets, as the protocol tells them."""

import pytest

ID = "T"


class Transactional:
    """A transactional producer, by hand."""

    def __init__(self, wire, records):
        self.wire = wire
        self.records = records
        self.initialise()

    def initialise(self, timeout=60_000, identity=ID):
        answer = self.wire.call(
            "InitProducerId", 4, transactional_id=identity, transaction_timeout_ms=timeout,
            producer_id=-1, producer_epoch=-1,
        )  # fmt: skip
        if answer.error_code == 0:
            self.producer, self.epoch = answer.producer_id, answer.producer_epoch
        return answer.error_code

    def add(self, topic, epoch=None):
        answer = self.wire.call(
            "AddPartitionsToTxn", 3, v3_and_below_transactional_id=ID,
            v3_and_below_producer_id=self.producer,
            v3_and_below_producer_epoch=self.epoch if epoch is None else epoch,
            v3_and_below_topics=[{"name": topic, "partitions": [0]}],
        )  # fmt: skip
        return answer.results_by_topic_v3_and_below[0].results_by_partition[0].partition_error_code

    def produce(self, topic, sequence, epoch=None):
        batch = self.records(
            b"v", producer=self.producer, epoch=self.epoch if epoch is None else epoch,
            sequence=sequence, transactional=True,
        )  # fmt: skip
        return self.wire.produce(topic, batch, transactional_id=ID).error_code

    def end(self, committed, epoch=None):
        answer = self.wire.call(
            "EndTxn", 3, transactional_id=ID, producer_id=self.producer,
            producer_epoch=self.epoch if epoch is None else epoch, committed=committed,
        )  # fmt: skip
        return answer.error_code


@pytest.fixture
def transactional(wire, records):
    wire.create("t")
    return Transactional(wire, records)


def test_what_a_transaction_must_not_do(transactional):
    """Produce before adding and end before beginning are 48, a wrong epoch 90, from Produce 47."""
    assert transactional.end(True) == 48
    assert transactional.produce("t", 0) == 48
    assert transactional.add("nope") == 3
    assert transactional.add("t", epoch=5) == 90
    assert transactional.add("t") == 0
    assert transactional.produce("t", 0, epoch=5) == 47
    assert transactional.produce("t", 0) == 0
    assert transactional.end(True, epoch=5) == 90
    assert transactional.end(True) == 0
    assert transactional.end(True) == 0
    assert transactional.end(False) == 48


@pytest.mark.parametrize(
    ("identity", "timeout", "code"), [("", 1, 42), ("x", 0, 50), ("x", 900_001, 50)]
)
def test_producers_that_cannot_be(transactional, identity, timeout, code):
    """An empty id is 42, a timeout of nothing or of more than 15 minutes 50."""
    assert transactional.initialise(timeout, identity) == code


def test_an_open_transaction_hides_what_follows(transactional, wire, records):
    """Readers of committed records stop at its first record; aborted ones are named to them."""
    transactional.add("t")
    transactional.produce("t", 0)
    wire.produce("t", records(b"after"))
    held = wire.fetch("t", 0, isolation=1)
    assert (held.high_watermark, held.last_stable_offset, held.records) == (2, 0, b"")
    assert wire.offset_at("t", -1, isolation=1) == (0, -1, 0)
    transactional.end(False)
    freed = wire.fetch("t", 0, isolation=1)
    assert (freed.high_watermark, freed.last_stable_offset) == (3, 3)
    assert [(a.producer_id, a.first_offset) for a in freed.aborted_transactions] == [
        (transactional.producer, 0)
    ]


def test_a_reader_of_committed_records_is_woken_by_the_commit(transactional, broker, connect):
    """A long poll for committed records ends when the transaction does."""
    transactional.add("t")
    transactional.produce("t", 0)
    reader = connect(broker.address)
    reader.ask_fetch("t", 0, isolation=1, wait=60_000)
    transactional.end(True)
    assert reader.fetched().last_stable_offset == 2


def test_a_successor_aborts_and_fences(transactional, wire):
    """Initialising during a transaction aborts it, says 51 once, and raises the epoch by two."""
    transactional.add("t")
    transactional.produce("t", 0)
    assert transactional.initialise() == 51
    assert transactional.initialise() == 0
    assert transactional.epoch == 2
    assert transactional.produce("t", 1, epoch=0) == 47
    assert transactional.end(True, epoch=0) == 90
    assert len(wire.fetch("t", 0, isolation=1).aborted_transactions) == 1


def test_a_transaction_that_takes_too_long_is_aborted(transactional, broker, connect):
    """After its timeout the broker aborts it and fences its producer."""
    assert transactional.initialise(timeout=50) == 0
    transactional.add("t")
    transactional.produce("t", 0)
    reader = connect(broker.address)
    reader.ask_fetch("t", 0, isolation=1, wait=60_000)
    assert reader.fetched().last_stable_offset == 2
    assert transactional.end(True) == 90


def commit(wire, generation=-1, member="", group="g", topic="t", metadata=""):
    place = {
        "partition_index": 0,
        "committed_offset": 5,
        "committed_leader_epoch": 0,
        "committed_metadata": metadata,
    }
    answer = wire.call(
        "OffsetCommit", 7, group_id=group, generation_id_or_member_epoch=generation,
        member_id=member, group_instance_id=None, topics=[{"name": topic, "partitions": [place]}],
    )  # fmt: skip
    return answer.topics[0].partitions[0].error_code


def groups(wire, *states):
    answer = wire.call("ListGroups", 4, states_filter=list(states))
    return [(g.group_id, g.protocol_type, g.group_state) for g in answer.groups]


def test_offsets_without_members(wire):
    """A group that only keeps offsets is Empty; a commit that is refused makes no group."""
    wire.create("t")
    assert commit(wire, generation=3, member="m") == 22
    assert commit(wire, topic="nope") == 3
    assert commit(wire, metadata="x" * 4097) == 12
    assert groups(wire) == []
    assert commit(wire) == 0
    assert groups(wire, "empty") == [("g", "", "Empty")]
    assert groups(wire, "Stable") == []
    asked = [{"name": "t", "partition_indexes": [0]}]
    answer = wire.call("OffsetFetch", 7, group_id="g", topics=asked, require_stable=True)
    found = answer.topics[0].partitions[0]
    assert (found.committed_offset, found.committed_leader_epoch, found.metadata) == (5, 0, "")


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"group_id": ""}, 24),
        ({"session_timeout_ms": 10}, 26),
        ({"session_timeout_ms": 1_800_001}, 26),
        ({"protocols": []}, 23),
        ({"protocol_type": ""}, 23),
        ({"member_id": "nobody"}, 25),
        ({}, 79),
    ],
)
def test_who_cannot_join(wire, values, code):
    """JoinGroup checks the group's name, the session timeout, protocols and the member's id."""
    protocols = [{"name": "range", "metadata": b""}]
    joining = {
        "group_id": "g", "session_timeout_ms": 6000, "rebalance_timeout_ms": 6000,
        "member_id": "", "group_instance_id": None, "protocol_type": "consumer",
        "protocols": protocols,
    }  # fmt: skip
    answer = wire.call("JoinGroup", 5, **{**joining, **values})
    assert answer.error_code == code
    assert answer.member_id.startswith("wire-") == (code == 79)
