"""The protocol as any client sees it: what is refused, and how."""

import struct
import uuid

import pytest

from evtbdd.embedded.kafka import EmbeddedKafka


def test_every_api_that_is_offered_is_told(wire):
    """ApiVersions lists what can be asked; a version that is not spoken is answered by 35, v0."""
    answer = wire.call("ApiVersions", 3, client_software_name="x", client_software_version="1")
    assert {(a.api_key, a.max_version) for a in answer.api_keys} >= {(0, 11), (1, 18), (11, 9)}
    wire.socket.sendall(struct.pack(">ihhih", 10, 18, 99, 1, -1))
    refused = wire.receive("ApiVersions", 0)
    assert refused.error_code == 35
    assert [(a.api_key, a.min_version, a.max_version) for a in refused.api_keys] == [(18, 0, 4)]


@pytest.mark.parametrize(
    ("sent", "failure"),
    [
        (struct.pack(">ihhih", 10, 68, 0, 1, -1), "API 68 v0: not supported"),
        (struct.pack(">ihhih", 10, 1, 99, 1, -1), "API 1 v99: not supported"),
        (struct.pack(">i", 2) + b"xx", "a frame of 2 bytes: too short for Kafka's protocol"),
        (
            b"GET / HTTP/1.1\r\n\r\n",
            "a frame of 1195725856 bytes: this is not Kafka's protocol",
        ),
        (
            struct.pack(">i", 100 * 1024 * 1024 + 1),
            "a frame of 104857601 bytes: this is not Kafka's protocol",
        ),
        (struct.pack(">i", -1), "a frame of -1 bytes: this is not Kafka's protocol"),
    ],
)
def test_what_is_not_understood_closes_the_connection(connect, sent, failure):
    """Garbage, HTTP, unknown APIs and versions are hung up on, told, and harm nobody else."""
    with EmbeddedKafka() as broker:
        other = connect(broker.address)
        garbage = connect(broker.address)
        garbage.socket.sendall(sent)
        assert garbage.is_closed()
        assert broker.failures == [failure]
        assert other.topics() == []


def test_a_handler_that_fails_is_told(connect):
    """A body that cannot be decoded closes that connection, and says which API it was."""
    with EmbeddedKafka() as broker:
        wire = connect(broker.address)
        wire.socket.sendall(struct.pack(">ihhihi", 14, 19, 2, 1, -1, 7))
        assert wire.is_closed()
        assert broker.failures[0].startswith("CreateTopics v2: ")
        assert connect(broker.address).topics() == []


def test_answers_come_in_the_order_of_the_requests(wire):
    """A request behind a long poll is answered after it."""
    wire.create("t")
    wire.ask_fetch("t", 0, wait=50)
    wire.send("Metadata", 9, topics=[], allow_auto_topic_creation=False)
    assert wire.fetched().error_code == 0
    assert wire.receive("Metadata", 9).topics == []


@pytest.mark.parametrize(
    ("topic", "answer"),
    [
        ({"name": ".."}, (17, "Topic name is invalid: '..' is not allowed")),
        ({"name": "old"}, (36, "Topic 'old' already exists.")),
        ({"name": "o.ld"}, (17, "Topic 'o.ld' collides with existing topic: o_ld")),
        (
            {"name": "n", "partitions": 0},
            (37, "Number of partitions was set to an invalid non-positive value."),
        ),
        (
            {"name": "n", "replicas": 3},
            (
                38,
                "Unable to replicate the partition 3 time(s): The target replication factor of 3 "
                "cannot be reached because only 1 broker(s) are registered or some brokers have "
                "all their log directories cordoned.",
            ),
        ),
        (
            {"name": "n", "configs": {"nope": "1"}},
            (40, "Unknown topic config name: nope"),
        ),
        (
            {"name": "n", "configs": {"retention.ms": "x"}},
            (40, "Invalid value x for configuration retention.ms: Not a number of type LONG"),
        ),
        (
            {"name": "n", "configs": {"retention.ms": None}},
            (40, "Null value not supported for topic configs: retention.ms"),
        ),
        ({"name": "n", "times": 2}, (42, "Duplicate topic name.")),
    ],
)
def test_topics_that_cannot_be_created(wire, topic, answer):
    """Each is refused with Kafka's code and words, once, and nothing is created."""
    wire.create("old")
    wire.create("o_ld")
    assert wire.create(**topic) == [answer]
    assert wire.topics() == ["old", "o_ld"]


def test_the_answer_to_a_creation(wire):
    """It tells the topic's id, its partitions and all of its configurations."""
    topic = {"name": "t", "num_partitions": -1, "replication_factor": -1}
    topic |= {"assignments": [], "configs": [{"name": "retention.ms", "value": "7"}]}
    answer = wire.call("CreateTopics", 7, topics=[topic], timeout_ms=1, validate_only=False)
    (created,) = answer.topics
    assert (created.num_partitions, created.replication_factor) == (1, 1)
    assert created.topic_id != uuid.UUID(int=0)
    assert len(created.configs) == 33
    (retention,) = [c for c in created.configs if c.name == "retention.ms"]
    assert (retention.value, retention.config_source) == ("7", 1)


def test_validate_only_creates_nothing(wire):
    """A creation that is only to be validated is answered and not done."""
    assert wire.create("t", validate_only=True) == [(0, None)]
    assert wire.topics() == []


def test_metadata_creates_no_topic(wire):
    """Asking for an unknown topic, even with leave to create it, is UNKNOWN_TOPIC (3), once a name."""
    asked = [{"name": "nope"}, {"name": "nope"}]
    answer = wire.call("Metadata", 9, topics=asked, allow_auto_topic_creation=True)
    assert [(t.name, t.error_code) for t in answer.topics] == [("nope", 3)]
    assert wire.topics() == []


def test_metadata_creates_topics_where_it_was_told_to(connect):
    """With auto_create the first answer is still 3, as from Kafka, and the next has partitions."""
    with EmbeddedKafka(auto_create=True, default_partitions=3) as broker:
        wire = connect(broker.address)
        answers = [
            wire.call("Metadata", 9, topics=[{"name": "t"}], allow_auto_topic_creation=True)
            for _ in range(2)
        ]
        assert [a.topics[0].error_code for a in answers] == [3, 0]
        assert len(answers[1].topics[0].partitions) == 3


def test_a_long_poll_is_woken_by_a_record(broker, wire, connect, records):
    """A fetch that waits for a minute is answered because of a record, not of time."""
    wire.create("t")
    reader = connect(broker.address)  # its deadline is five seconds
    reader.ask_fetch("t", 0, wait=60_000)
    reader.socket.settimeout(0.05)
    with pytest.raises(TimeoutError):
        reader.socket.recv(1)
    reader.socket.settimeout(5)
    wire.produce("t", records(b"v"))
    assert reader.fetched().high_watermark == 1


def test_a_long_poll_ends_with_its_topic(broker, wire, connect):
    """A fetch that waits on a topic that is deleted is told so: UNKNOWN_TOPIC (3)."""
    wire.create("t")
    reader = connect(broker.address)
    reader.ask_fetch("t", 0, wait=60_000)
    reader.send("Metadata", 9, topics=[], allow_auto_topic_creation=False)
    wire.call("DeleteTopics", 5, topic_names=["t"], timeout_ms=1000)
    assert reader.fetched().error_code == 3


def test_fetching_what_is_not_there(wire):
    """Out of range is 1, an unknown topic 3, a later leader epoch 75, an unknown session 70."""
    wire.create("t")
    assert wire.fetch("t", 1).error_code == 1
    assert wire.fetch("t", -1).error_code == 1
    assert wire.fetch("nope", 0).error_code == 3
    assert wire.fetch("t", 0, current_leader_epoch=5).error_code == 75
    wire.ask_fetch("t", 0, session=9)
    assert wire.receive("Fetch", 11).error_code == 70


def test_topics_by_id(wire):
    """From version 13 on a fetch names topics by id; an unknown id is 100."""
    wire.create("t")
    answer = wire.call("Metadata", 12, topics=[{"name": "t", "topic_id": uuid.UUID(int=0)}],
                       allow_auto_topic_creation=False)  # fmt: skip
    wanted = {"partition": 0, "fetch_offset": 0, "partition_max_bytes": 1000}
    codes = []
    for identity in (answer.topics[0].topic_id, uuid.UUID(int=5)):
        found = wire.call(
            "Fetch", 16, max_wait_ms=0, min_bytes=1, max_bytes=1000, isolation_level=0,
            topics=[{"topic_id": identity, "partitions": [wanted]}],
            forgotten_topics_data=[], rack_id="",
        )  # fmt: skip
        codes.append(found.responses[0].partitions[0].error_code)
    assert codes == [0, 100]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"acks": 2}, 21),
        ({"topic": "nope"}, 3),
        ({"partition": 7}, 3),
        ({"records": b""}, 87),
        ({"records": None}, 87),
    ],
)
def test_produce_is_refused(wire, values, code, records):
    """acks, topic, partition and batch are checked; all that was not stored is -1."""
    wire.create("t")
    refused = wire.produce(**{"topic": "t", "records": records(b"v"), **values})
    assert (refused.error_code, refused.base_offset, refused.log_start_offset) == (code, -1, -1)


def test_a_record_of_more_than_a_megabyte(wire, records):
    """The default limit is 1048588 bytes, overhead included: MESSAGE_TOO_LARGE (10)."""
    wire.create("t")
    overhead = len(records(b"x" * 1_000_000)) - 1_000_000
    assert wire.produce("t", records(b"x" * (1_048_588 - overhead))).error_code == 0
    assert wire.produce("t", records(b"x" * (1_048_589 - overhead))).error_code == 10


def test_without_acks_a_failure_hangs_up(wire, records):
    """With acks=0 there is no answer; an unknown topic closes the connection, as Kafka does."""
    wire.create("t")
    wire.produce("t", records(b"v"), acks=0)
    assert wire.fetch("t", 0).high_watermark == 1
    wire.produce("nope", records(b"v"), acks=0)
    assert wire.is_closed()


def test_log_append_time(wire, records):
    """The acknowledgement carries the time that the broker gave the record."""
    wire.create("t", configs={"message.timestamp.type": "LogAppendTime"})
    answer = wire.produce("t", records(b"v", timestamp=5))
    assert answer.log_append_time_ms > 1_600_000_000_000
    assert wire.offset_at("t", -3) == (0, answer.log_append_time_ms, 0)


def test_list_offsets(wire, records):
    """Earliest, latest, by time, the latest time; a special that does not exist is 35."""
    wire.create("t")
    for timestamp in (1000, 3000, 2000):
        wire.produce("t", records(b"v", timestamp=timestamp))
    assert wire.offset_at("t", -2) == (0, -1, 0)
    assert wire.offset_at("t", -1) == (0, -1, 3)
    assert wire.offset_at("t", 1001) == (0, 3000, 1)
    assert wire.offset_at("t", 9000) == (0, -1, -1)
    assert wire.offset_at("t", -3) == (0, 3000, 1)
    assert wire.offset_at("t", -9) == (35, -1, -1)
    assert wire.offset_at("t", -4) == (35, -1, -1)
    assert wire.offset_at("t", -4, version=8) == (0, -1, 0)
    assert wire.offset_at("nope", -1) == (3, -1, -1)
    assert wire.offset_at("t", -1, epoch=3) == (75, -1, -1)


def test_waiters_are_removed_with_their_connection(broker, wire, connect):
    """A reader that goes away while it waits leaves nothing behind."""
    wire.create("t")
    partition = broker._cluster.topics.partition("t", 0)
    readers = [connect(broker.address) for _ in range(3)]
    for reader in readers:
        reader.ask_fetch("t", 0, wait=60_000)
    until(wire, lambda: len(partition.waiters) == 3)
    for reader in readers:
        reader.close()
    until(wire, lambda: not partition.waiters)
    until(wire, lambda: len(broker._connections) == 1)


def until(wire, condition):
    """Ask the broker something until the condition holds; its loop moves on with each answer."""
    for _ in range(10_000):
        if condition():
            return
        wire.topics()
    pytest.fail("it never came true")
