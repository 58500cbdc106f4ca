"""What only Kafka's reader and publisher meet: deleted topics and records, other clients' events."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Iterator

import pytest
from confluent_kafka import Producer
from kafka import KafkaAdminClient, TopicPartition

from evtbdd.brokers.kafka.adapter import KafkaBroker
from evtbdd.clock import Deadline
from evtbdd.conformance.rig import Collected
from evtbdd.errors import BrokerError, BrokerUnavailable, PublishRefused
from evtbdd.ports import ChannelPlan, Message

# The sockets are kafka-python's, see conftest.py; the transport is that of a client which connects to
# an embedded broker in the very moment in which it stops.
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed (<socket|transport):ResourceWarning"),
    pytest.mark.usefixtures("sockets_collected"),
]


def soon() -> Deadline:
    return Deadline.after(20)


@pytest.fixture
def topic(kafka: KafkaBroker) -> Iterator[str]:
    name = f"evtbdd-reader-{uuid.uuid4().hex[:8]}"
    kafka.create([ChannelPlan(name)], soon())
    yield name
    kafka.reader().unwatch([name])
    kafka.delete([name], soon())


def read_up(kafka: KafkaBroker, topic: str) -> None:
    reader = kafka.reader()
    reader.read_to(reader.ends([topic], soon()), soon())


def test_scenario_after_scenario(
    kafka: KafkaBroker, topic: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Topics that were unwatched and deleted are asked for no more: the driver complains of none."""
    sink = Collected()
    kafka.reader().watch([topic], sink, soon())
    read_up(kafka, topic)
    with caplog.at_level(logging.WARNING, logger="kafka.cluster"):
        for turn in range(8):
            name = f"{topic}-{turn}"
            kafka.create([ChannelPlan(name)], soon())
            kafka.reader().watch([name], sink, soon())
            kafka.publish(name, [Message(b"x")], soon())
            read_up(kafka, name)
            kafka.reader().unwatch([name])
            kafka.delete([name], soon())
        kafka.publish(topic, [Message(b"x")], soon())
        read_up(kafka, topic)
    assert len(sink.records) == 9
    assert [each.getMessage() for each in caplog.records if "not found" in each.msg] == []


def test_events_of_other_clients(kafka: KafkaBroker, topic: str, address: str) -> None:
    """What another library has published, compressed and in batches, is handed over as it is."""
    sink = Collected()
    kafka.reader().watch([topic], sink, soon())
    producer = Producer({"bootstrap.servers": address, "compression.type": "gzip", "linger.ms": 50})
    for number in range(50):
        producer.produce(topic, b"%d" % number, b"key", headers=[("none", None), ("a", b"b")])
    assert producer.flush(20) == 0
    read_up(kafka, topic)
    assert sink.values() == [b"%d" % number for number in range(50)]
    assert {each.headers for each in sink.records} == {(("none", None), ("a", b"b"))}


def test_records_that_were_deleted(kafka: KafkaBroker, topic: str, address: str) -> None:
    """That watched records were deleted before they were read is said, and others are read on."""
    other, sink = f"{topic}-other", Collected()
    kafka.create([ChannelPlan(other)], soon())
    blocked = threading.Event()
    kafka.reader().watch([other], lambda record: blocked.wait(20) and None, soon())
    ends = kafka.reader().ends([topic], soon())
    kafka.publish(other, [Message(b"holds the reader up")], soon())
    admin = KafkaAdminClient(bootstrap_servers=address)
    watching = threading.Thread(target=kafka.reader().watch, args=([topic], sink, soon()))
    watching.start()
    blocked.set()
    watching.join()
    for _ in range(3):
        kafka.publish(topic, [Message(b"x")], soon())
    read_up(kafka, topic)
    assert ends == {topic: {"0": 0}}
    kafka.reader().unwatch([topic])
    admin.delete_records({TopicPartition(topic, 0): 3})
    admin.close()
    late = KafkaBroker(address, patience=10)
    late.reader()._watched.add({topic: {"0": 1}}, sink)
    late.reader().watch([other], sink, soon())
    with pytest.raises(BrokerError) as error:
        late.reader().read_to({topic: {"0": 3}}, soon())
    assert f'be read on the topic "{topic}": what was stored there is not there any more' in str(
        error.value
    )
    late.publish(other, [Message(b"read on")], soon())
    read_up(late, other)
    assert sink.values(other) == [b"read on"]
    late.close()
    kafka.reader().unwatch([other])
    kafka.delete([other], soon())


def test_what_is_missing_is_not_waited_for_too_long(kafka: KafkaBroker, topic: str) -> None:
    """Waiting for what nobody has stored ends at the deadline, with a sentence."""
    kafka.reader().watch([topic], Collected(), soon())
    with pytest.raises(BrokerUnavailable) as error:
        kafka.reader().read_to({topic: {"0": 1}}, Deadline.after(0.1))
    assert str(error.value) == (
        f'Kafka at {kafka.address} did not hand over all that it has stored on "{topic}" in time.'
    )


def test_what_creating_says(kafka: KafkaBroker, topic: str) -> None:
    """A topic that cannot be created is named, with the reason, and with Kafka's own words."""
    new = f"{topic}-new"
    faults = {
        "exists": [ChannelPlan(new), ChannelPlan(topic)],
        "configuration": [ChannelPlan(new, options={"config.retention": "1"})],
        "replicas": [ChannelPlan(new, options={"replication": "3"})],
        "lanes": [ChannelPlan(new, partitions=0)],
    }
    said = {}
    for fault, plans in faults.items():
        with pytest.raises(BrokerError) as error:
            kafka.create(plans, soon())
        said[fault] = str(error.value).partition(" (")[0]
        assert kafka.lanes([new], soon()) == {}
    start = f"Kafka at {kafka.address} could not create the topic"
    assert said == {
        "exists": f'{start} "{topic}": the topic exists already',
        "configuration": f'{start} "{new}": it does not know a configuration of the topic',
        "replicas": f'{start} "{new}": it has too few brokers to replicate to',
        "lanes": f'{start} "{new}": the number of partitions must be 1 or more',
    }


def test_what_publishing_says(kafka: KafkaBroker, topic: str) -> None:
    """An event that is refused is refused in a sentence that says why."""
    compacted = f"{topic}-compacted"
    kafka.create([ChannelPlan(compacted, options={"config.cleanup.policy": "compact"})], soon())
    said = []
    for name, message in (
        (f"{topic}-missing", Message(b"x")),
        (topic, Message(None)),
        (topic, Message(bytes(1_100_000))),
        (compacted, Message(b"without a key")),
    ):
        with pytest.raises(PublishRefused) as error:
            kafka.publish(name, [message], soon())
        said.append(str(error.value).partition(" (")[0])
    kafka.delete([compacted], soon())
    start = f"Kafka at {kafka.address} could not publish to the topic"
    assert said == [
        f'There is no topic "{topic}-missing" at {kafka.address}.',
        "A tombstone needs a key: it says which key is deleted.",
        f'{start} "{topic}": the event is larger than the topic takes',
        f'{start} "{compacted}": the topic refuses such an event',
    ]


def test_keys_lie_where_other_clients_put_them(
    kafka: KafkaBroker, topic: str, address: str
) -> None:
    """A key goes to the partition to which Kafka's own clients send it."""
    wide, sink = f"{topic}-wide", Collected()
    kafka.create([ChannelPlan(wide, partitions=5)], soon())
    kafka.reader().watch([wide], sink, soon())
    keys = [b"key-%d" % number for number in range(40)]
    ours = kafka.publish(wide, [Message(b"x", key=key) for key in keys], soon())
    producer = Producer({"bootstrap.servers": address, "partitioner": "murmur2"})
    for key in keys:
        producer.produce(wide, b"theirs", key)
    assert producer.flush(20) == 0
    read_up(kafka, wide)
    theirs = {each.key: each.position.lane for each in sink.records if each.value == b"theirs"}
    assert [theirs[key] for key in keys] == [position.lane for position in ours]
    kafka.reader().unwatch([wide])
    kafka.delete([wide], soon())
