"""The broker as kafka-python sees it."""

import threading
import time

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaTimeoutError, MessageSizeTooLargeError

DEADLINE = 20


@pytest.fixture
def clients(broker):
    """Makes clients of this broker; they are closed at the end."""
    made = []

    def make(kind, **settings):
        made.append(
            kind(
                bootstrap_servers=broker.address,
                bootstrap_timeout_ms=5000,
                retry_backoff_ms=10,
                **settings,
            )
        )
        return made[-1]

    yield make
    for client in reversed(made):
        client.close()


@pytest.fixture
def admin(clients):
    return clients(KafkaAdminClient)


@pytest.fixture
def producer(clients):
    return clients(KafkaProducer, enable_idempotence=False)


def read(consumer, count):
    """The next records, in the order of their partition and offset."""
    found = []
    end = time.monotonic() + DEADLINE
    while len(found) < count and time.monotonic() < end:
        for batch in consumer.poll(200).values():
            found += batch
    return sorted(found, key=lambda r: (r.partition, r.offset))


class Member(threading.Thread):
    """A consumer in a thread of its own, as in a service."""

    def __init__(self, address, group, topic, **settings):
        super().__init__(daemon=True)
        self.consumer = KafkaConsumer(
            bootstrap_servers=address, group_id=group, auto_offset_reset="earliest",
            heartbeat_interval_ms=100, retry_backoff_ms=20,
            **{"session_timeout_ms": 6000, **settings},
        )  # fmt: skip
        self.consumer.partitions_for_topic(topic)
        self.consumer.subscribe([topic])
        self.leaving = threading.Event()
        self.seen = []
        self.start()

    def run(self):
        while not self.leaving.is_set():
            for batch in self.consumer.poll(500).values():
                self.seen += batch
        self.consumer.close()

    def leave(self):
        self.leaving.set()
        self.join(DEADLINE)
        assert not self.is_alive()


def until(condition):
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.005)


def test_records_come_back_as_they_were_sent(admin, producer, clients):
    """Key, value, headers, tombstones and the timestamp survive."""
    admin.create_topics({"t": {"num_partitions": 1}})
    producer.send("t", b"v", key=b"k", headers=[("h", b"1"), ("h", b"")], timestamp_ms=1234)
    producer.send("t", None, key=b"gone").get(DEADLINE)
    consumer = clients(KafkaConsumer, group_id=None, auto_offset_reset="earliest")
    consumer.assign([TopicPartition("t", 0)])
    first, second = read(consumer, 2)
    assert (first.key, first.value, first.timestamp) == (b"k", b"v", 1234)
    assert first.headers == [("h", b"1"), ("h", b"")]
    assert (second.key, second.value, second.offset) == (b"gone", None, 1)


def test_three_partitions(admin, producer, clients):
    """Records go to the partition they are sent to, and each counts its own offsets."""
    admin.create_topics({"t": {"num_partitions": 3}})
    for number in range(9):
        producer.send("t", str(number).encode(), partition=number % 3).get(DEADLINE)
    consumer = clients(KafkaConsumer, group_id=None, auto_offset_reset="earliest")
    assert consumer.partitions_for_topic("t") == {0, 1, 2}
    consumer.assign([TopicPartition("t", p) for p in range(3)])
    assert [(r.partition, r.offset, r.value) for r in read(consumer, 9)] == [
        (p, o, str(o * 3 + p).encode()) for p in range(3) for o in range(3)
    ]


def test_large_payloads(admin, producer, clients):
    """900 kB pass; more than a megabyte is MessageSizeTooLarge, from the broker."""
    admin.create_topics({"t": {"num_partitions": 1}})
    payload = bytes(range(256)) * 3600
    producer.send("t", payload).get(DEADLINE)
    consumer = clients(KafkaConsumer, group_id=None, auto_offset_reset="earliest")
    consumer.assign([TopicPartition("t", 0)])
    assert [r.value for r in read(consumer, 1)] == [payload]
    large = clients(KafkaProducer, enable_idempotence=False, max_request_size=2_000_000)
    with pytest.raises(MessageSizeTooLargeError):
        large.send("t", b"x" * 1_100_000).get(DEADLINE)


@pytest.mark.parametrize("compression", [None, "gzip"])
def test_batches(admin, clients, compression):
    """Thousands of records in large, perhaps compressed, batches of an idempotent producer."""
    admin.create_topics({"t": {"num_partitions": 1}})
    producer = clients(KafkaProducer, compression_type=compression, linger_ms=5)
    for number in range(3000):
        producer.send("t", str(number).encode())
    producer.flush(DEADLINE)
    consumer = clients(KafkaConsumer, group_id=None, auto_offset_reset="earliest")
    consumer.assign([TopicPartition("t", 0)])
    assert [int(r.value) for r in read(consumer, 3000)] == list(range(3000))


def test_an_unknown_topic_is_never_created(admin, clients):
    """A producer with leave to create topics gets none."""
    producer = clients(KafkaProducer, max_block_ms=300)
    with pytest.raises(KafkaTimeoutError):
        producer.send("nope", b"v").get(DEADLINE)
    assert admin.list_topics() == []


def test_offsets_of_partitions(admin, producer, clients):
    """Beginning, end, and by time."""
    admin.create_topics({"t": {"num_partitions": 1}})
    place = TopicPartition("t", 0)
    for timestamp in (1000, 2000):
        producer.send("t", b"v", timestamp_ms=timestamp).get(DEADLINE)
    consumer = clients(KafkaConsumer, group_id=None)
    assert consumer.beginning_offsets([place]) == {place: 0}
    assert consumer.end_offsets([place]) == {place: 2}
    assert consumer.offsets_for_times({place: 1500})[place].offset == 1


def test_a_group_commits_and_resumes(broker, admin, producer):
    """The next member of a group goes on after what the last one committed."""
    admin.create_topics({"t": {"num_partitions": 1}})
    for value in (b"1", b"2"):
        producer.send("t", value).get(DEADLINE)
    first = Member(broker.address, "g", "t", enable_auto_commit=True)
    until(lambda: len(first.seen) == 2)
    first.leave()  # commits
    producer.send("t", b"3").get(DEADLINE)
    second = Member(broker.address, "g", "t")
    until(lambda: second.seen)
    second.leave()
    assert [r.value for r in second.seen] == [b"3"]
    offsets = admin.list_group_offsets(["g"])["g"]
    assert offsets[TopicPartition("t", 0)].offset == 3


def test_two_members_share_and_one_inherits(broker, admin):
    """A second member takes half of the partitions; when it leaves, the first has all again."""
    admin.create_topics({"t": {"num_partitions": 2}})
    first = Member(broker.address, "g", "t")
    until(lambda: len(first.consumer.assignment()) == 2)
    second = Member(broker.address, "g", "t")
    until(lambda: [len(m.consumer.assignment()) for m in (first, second)] == [1, 1])
    second.leave()
    until(lambda: len(first.consumer.assignment()) == 2)
    first.leave()


def test_a_group_is_described(broker, admin):
    """State, members and their assignments; listed; and deleted once it is empty."""
    admin.create_topics({"t": {"num_partitions": 2}})
    member = Member(broker.address, "g", "t", client_id="service")
    until(lambda: len(member.consumer.assignment()) == 2)
    described = admin.describe_groups(["g"])["g"]
    assert described["group_state"] == "Stable"
    (entry,) = described["members"]
    assert entry["member_id"].startswith("service-")
    assert entry["client_host"] == "/127.0.0.1"
    member.leave()
    assert [g["group_state"] for g in admin.list_groups()] == ["Empty"]
    admin.delete_groups(["g"])
    assert admin.list_groups() == []


def test_a_dead_member_expires(broker, admin, connect):
    """Who says nothing for its session timeout is removed, and the group rebalances."""
    wire = connect(broker.address)
    asked = {
        "group_id": "g", "session_timeout_ms": 1000, "rebalance_timeout_ms": 1000,
        "group_instance_id": None, "protocol_type": "consumer",
        "protocols": [{"name": "range", "metadata": b""}],
    }  # fmt: skip
    admin.create_topics({"t": {"num_partitions": 2}})
    joined = wire.call("JoinGroup", 3, member_id="", **asked)
    assert joined.error_code == 0
    member = Member(broker.address, "g", "t")
    until(lambda: len(member.consumer.assignment()) == 2)
    assert joined.member_id not in broker._cluster.groups.find("g").group.members
    member.leave()


def test_transactions_under_read_committed(admin, clients):
    """Committed records are read, aborted ones are not, and offsets go with the transaction."""
    admin.create_topics({"in": {"num_partitions": 1}, "out": {"num_partitions": 1}})
    producer = clients(KafkaProducer, transactional_id="T")
    producer.init_transactions()
    for value, committed in ((b"1", True), (b"2", False), (b"3", True)):
        producer.begin_transaction()
        producer.send("out", value)
        producer.flush(DEADLINE)
        producer.commit_transaction() if committed else producer.abort_transaction()
    readers = [
        clients(KafkaConsumer, group_id=None, auto_offset_reset="earliest", isolation_level=level)
        for level in ("read_committed", "read_uncommitted")
    ]
    for reader in readers:
        reader.assign([TopicPartition("out", 0)])
    assert [r.value for r in read(readers[0], 2)] == [b"1", b"3"]
    assert [r.value for r in read(readers[1], 3)] == [b"1", b"2", b"3"]
    assert readers[0].end_offsets([TopicPartition("out", 0)]) == {TopicPartition("out", 0): 6}
