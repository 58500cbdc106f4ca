"""The broker as librdkafka sees it."""

import time

import pytest
from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    ConsumerGroupState,
    KafkaError,
    KafkaException,
    Producer,
    TopicPartition,
)
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewPartitions,
    NewTopic,
    ResourceType,
)

DEADLINE = 20


def quiet(broker):
    """librdkafka complains on stderr while the broker is stopped before its client."""
    return {"bootstrap.servers": broker.address, "log_level": 0}


@pytest.fixture
def admin(broker):
    return AdminClient(quiet(broker))


@pytest.fixture
def create(admin):
    def create(name, partitions=1, **config):
        admin.create_topics([NewTopic(name, partitions, config=config)])[name].result(DEADLINE)

    return create


@pytest.fixture
def producer(broker):
    return Producer({**quiet(broker), "linger.ms": 0})


@pytest.fixture
def consumers(broker):
    """Makes consumers; they are closed at the end."""
    made = []

    def make(**settings):
        defaults = {"group.id": "g", "auto.offset.reset": "earliest", "enable.auto.commit": False}
        names = {name.replace("_", "."): value for name, value in settings.items()}
        made.append(Consumer({**quiet(broker), **defaults, **names}))
        return made[-1]

    def leave(consumer):
        made.remove(consumer)
        consumer.close()

    make.leave = leave
    yield make
    for consumer in made:
        consumer.close()


def read(consumer, count):
    found = []
    end = time.monotonic() + DEADLINE
    while len(found) < count and time.monotonic() < end:
        record = consumer.poll(0.1)
        if record is not None:
            assert record.error() is None
            found.append(record)
    return found


def until(condition, *consumers):
    """Poll the consumers until the condition holds."""
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end, "it never came true"
        for consumer in consumers:
            consumer.poll(0.02)


def test_records_come_back_as_they_were_sent(create, producer, consumers):
    """Key, value, headers, tombstones and the timestamp survive."""
    create("t")
    producer.produce("t", b"v", key=b"k", headers=[("h", b"1"), ("n", None)], timestamp=1234)
    producer.produce("t", None, key=b"gone")
    assert producer.flush(DEADLINE) == 0
    consumer = consumers()
    consumer.assign([TopicPartition("t", 0, OFFSET_BEGINNING)])
    first, second = read(consumer, 2)
    assert (first.key(), first.value(), first.timestamp()) == (b"k", b"v", (1, 1234))
    assert first.headers() == [("h", b"1"), ("n", None)]
    assert (second.key(), second.value(), second.offset()) == (b"gone", None, 1)


@pytest.mark.parametrize("compression", ["none", "gzip", "snappy", "lz4", "zstd"])
def test_idempotent_batches(broker, create, consumers, compression):
    """Thousands of records, in order, in batches of any compression."""
    create("t", 3)
    producer = Producer(
        {
            **quiet(broker),
            "enable.idempotence": True,
            "compression.type": compression,
        }
    )
    for number in range(3000):
        producer.produce("t", str(number), partition=number % 3)
    assert producer.flush(DEADLINE) == 0
    consumer = consumers()
    consumer.assign([TopicPartition("t", p, OFFSET_BEGINNING) for p in range(3)])
    found = read(consumer, 3000)
    for partition in range(3):
        values = [int(r.value()) for r in found if r.partition() == partition]
        assert values == list(range(partition, 3000, 3))


def test_large_payloads(create, producer, consumers):
    """900 kB pass."""
    create("t")
    payload = bytes(range(256)) * 3600
    producer.produce("t", payload)
    assert producer.flush(DEADLINE) == 0
    consumer = consumers()
    consumer.assign([TopicPartition("t", 0, OFFSET_BEGINNING)])
    assert [r.value() for r in read(consumer, 1)] == [payload]


def test_an_unknown_topic_is_never_created(broker, admin):
    """A producer and a consumer of an unknown topic are told, and none is created."""
    errors = []
    producer = Producer({**quiet(broker), "message.timeout.ms": 1000})
    producer.produce("nope", b"v", on_delivery=lambda error, _: errors.append(error.code()))
    assert producer.flush(DEADLINE) == 0
    assert errors[0] in (KafkaError._MSG_TIMED_OUT, KafkaError._UNKNOWN_TOPIC)
    assert admin.list_topics(timeout=DEADLINE).topics == {}


def test_a_topic_that_is_there_already(create):
    """The error has Kafka's own words."""
    create("t")
    with pytest.raises(KafkaException) as failure:
        create("t")
    assert failure.value.args[0].str() == "Topic 't' already exists."


def test_a_group_commits_and_resumes(create, producer, consumers):
    """The next member goes on after what the last one committed."""
    create("t")
    producer.produce("t", b"1")
    producer.produce("t", b"2")
    producer.flush(DEADLINE)
    first = consumers()
    first.subscribe(["t"])
    (record,) = read(first, 1)
    first.commit(record, asynchronous=False)
    consumers.leave(first)
    second = consumers()
    second.subscribe(["t"])
    assert [r.value() for r in read(second, 1)] == [b"2"]


@pytest.mark.parametrize("strategy", ["range", "cooperative-sticky"])
def test_two_members_share_and_one_inherits(create, consumers, strategy):
    """A second member takes half of the partitions; when it leaves, the first has all again."""
    create("t", 2)
    settings = {"partition_assignment_strategy": strategy, "heartbeat_interval_ms": 100}
    first = consumers(**settings)
    first.subscribe(["t"])
    until(lambda: len(first.assignment()) == 2, first)
    second = consumers(**settings)
    second.subscribe(["t"])
    shared = [1, 1]
    until(lambda: [len(c.assignment()) for c in (first, second)] == shared, first, second)
    consumers.leave(second)
    until(lambda: len(first.assignment()) == 2, first)


def test_a_group_is_described(admin, create, consumers):
    """A stable group with its one member."""
    create("t", 2)
    consumer = consumers(client_id="service")
    consumer.subscribe(["t"])
    until(lambda: len(consumer.assignment()) == 2, consumer)
    described = admin.describe_consumer_groups(["g"])["g"].result(DEADLINE)
    assert described.state is ConsumerGroupState.STABLE
    (member,) = described.members
    assert (member.client_id, member.host) == ("service", "/127.0.0.1")
    assert member.member_id.startswith("service-")
    assert len(member.assignment.topic_partitions) == 2


def test_transactions_with_offsets(broker, create, consumers, producer):
    """Committed records are read, aborted ones are not; the group's offset goes with the commit."""
    create("in")
    create("out")
    producer.produce("in", b"order")
    producer.flush(DEADLINE)
    consumer = consumers()
    consumer.subscribe(["in"])
    read(consumer, 1)
    transactional = Producer({**quiet(broker), "transactional.id": "T"})
    transactional.init_transactions(DEADLINE)
    transactional.begin_transaction()
    transactional.produce("out", b"aborted")
    transactional.flush(DEADLINE)
    transactional.abort_transaction(DEADLINE)
    transactional.begin_transaction()
    transactional.produce("out", b"committed")
    transactional.send_offsets_to_transaction(
        consumer.position(consumer.assignment()), consumer.consumer_group_metadata(), DEADLINE
    )
    transactional.commit_transaction(DEADLINE)
    reader = consumers(group_id="reader", isolation_level="read_committed")
    reader.assign([TopicPartition("out", 0, OFFSET_BEGINNING)])
    assert [r.value() for r in read(reader, 1)] == [b"committed"]
    assert [p.offset for p in consumer.committed([TopicPartition("in", 0)], DEADLINE)] == [1]


def test_a_fenced_producer(broker, create):
    """Who takes over a transactional id fences the one that had it."""
    create("t")
    old, new = (Producer({**quiet(broker), "transactional.id": "T"}) for _ in range(2))
    old.init_transactions(DEADLINE)
    old.begin_transaction()
    old.produce("t", b"v")
    old.flush(DEADLINE)
    new.init_transactions(DEADLINE)
    with pytest.raises(KafkaException) as failure:
        old.commit_transaction(DEADLINE)
    assert failure.value.args[0].code() == KafkaError._FENCED


def test_configurations_and_partitions(admin, create):
    """Configurations are altered and described, partitions are added."""
    create("t", 1, **{"retention.ms": "1000"})
    resource = ConfigResource(ResourceType.TOPIC, "t")
    entry = ConfigEntry("cleanup.policy", "compact", incremental_operation=AlterConfigOpType.APPEND)
    altered = ConfigResource(ResourceType.TOPIC, "t", incremental_configs=[entry])
    admin.incremental_alter_configs([altered])[altered].result(DEADLINE)
    described = admin.describe_configs([resource])[resource].result(DEADLINE)
    assert described["retention.ms"].value == "1000"
    assert described["cleanup.policy"].value == "delete,compact"
    admin.create_partitions([NewPartitions("t", 4)])["t"].result(DEADLINE)
    assert len(admin.list_topics("t", timeout=DEADLINE).topics["t"].partitions) == 4


def test_deleting_topics_and_records(admin, create, producer):
    """A deleted topic is gone at once; deleted records move the low watermark."""
    create("t")
    for _ in range(3):
        producer.produce("t", b"v")
    producer.flush(DEADLINE)
    place = TopicPartition("t", 0, 2)
    deleted = next(iter(admin.delete_records([place]).values())).result(DEADLINE)
    assert deleted.low_watermark == 2
    admin.delete_topics(["t"])["t"].result(DEADLINE)
    assert admin.list_topics(timeout=DEADLINE).topics == {}


def test_a_client_survives_a_crash_of_the_broker(broker, create, consumers):
    """What is sent while the broker is stopped arrives when it is started again."""
    create("t")
    producer = Producer({**quiet(broker), "reconnect.backoff.max.ms": 100})
    producer.produce("t", b"before")
    assert producer.flush(DEADLINE) == 0
    broker.stop()
    producer.produce("t", b"meanwhile")
    broker.start()
    assert producer.flush(DEADLINE) == 0
    consumer = consumers()
    consumer.assign([TopicPartition("t", 0, OFFSET_BEGINNING)])
    assert [r.value() for r in read(consumer, 2)] == [b"before", b"meanwhile"]
