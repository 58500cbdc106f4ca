"""What Kafka knows of groups: positions before a service joins, readiness, expulsion, forgetting."""

from __future__ import annotations

import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator

import pytest
from confluent_kafka import Consumer
from kafka import KafkaAdminClient, KafkaConsumer

from evtbdd.brokers.kafka.adapter import KafkaBroker
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerError
from evtbdd.ports import ChannelPlan, Message

# The sockets are kafka-python's, see conftest.py; the transport is that of a client which connects to
# an embedded broker in the very moment in which it stops.
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed (<socket|transport):ResourceWarning"),
    pytest.mark.usefixtures("sockets_collected"),
]

NewConsumer = Callable[[str], Consumer]


def soon() -> Deadline:
    return Deadline.after(30)


@pytest.fixture
def topic(kafka: KafkaBroker) -> Iterator[str]:
    """A topic of two partitions."""
    name = f"evtbdd-subscriptions-{uuid.uuid4().hex[:8]}"
    kafka.create([ChannelPlan(name, partitions=2)], soon())
    yield name
    kafka.delete([name], soon())


@pytest.fixture
def group(kafka: KafkaBroker) -> Iterator[str]:
    name = f"evtbdd-group-{uuid.uuid4().hex[:8]}"
    yield name
    kafka.subscriptions().forget([name], soon())


@pytest.fixture
def new_consumer(address: str, group: str) -> Iterator[NewConsumer]:
    """Makes consumers of the group that begin at the end where the group has no position."""
    made: list[Consumer] = []

    def new(topic: str) -> Consumer:
        consumer = Consumer(
            {
                "bootstrap.servers": address,
                "group.id": group,
                "auto.offset.reset": "latest",
                "enable.auto.commit": False,
            }
        )
        consumer.subscribe([topic])
        made.append(consumer)
        return consumer

    yield new
    for consumer in made:
        consumer.close()


def polled(consumer: Consumer, number: int) -> list[bytes]:
    """That many values, in the order in which they come."""
    deadline, values = soon(), []
    while len(values) < number and not deadline.expired():
        message = consumer.poll(0.05)
        if message is not None and message.error() is None:
            values.append(message.value())
    assert len(values) == number, f"only {values}"
    return values


def ready(kafka: KafkaBroker, group: str, topic: str, consumer: Consumer) -> frozenset[str]:
    """The members, once the group is ready."""
    deadline = soon()
    while not (state := kafka.subscriptions().state(group, [topic], soon())).ready:
        assert not deadline.expired(), state.words
        consumer.poll(0.02)
    return state.members


def ends(kafka: KafkaBroker, topic: str) -> dict[str, dict[str, int]]:
    return {topic: dict(kafka.reader().ends([topic], soon())[topic])}


def held(address: str, group: str) -> dict[str, int]:
    """The positions of a group, by partition."""
    admin = KafkaAdminClient(bootstrap_servers=address)
    offsets = admin.list_group_offsets([group])[group]
    admin.close()
    return {str(place.partition): at.offset for place, at in offsets.items() if at.offset >= 0}


def test_begin_at_for_librdkafka(
    kafka: KafkaBroker, topic: str, group: str, new_consumer: NewConsumer
) -> None:
    """A consumer that begins at the end receives what was published before it joined."""
    kafka.publish(topic, [Message(b"old", key=b"1")], soon())
    kafka.subscriptions().begin_at(group, ends(kafka, topic), soon())
    kafka.publish(topic, [Message(b"a", key=b"1"), Message(b"b", key=b"1")], soon())
    assert polled(new_consumer(topic), 2) == [b"a", b"b"]


def test_begin_at_for_kafka_python(
    kafka: KafkaBroker, topic: str, group: str, address: str
) -> None:
    """The same holds for a consumer of another library."""
    kafka.publish(topic, [Message(b"old", key=b"1")], soon())
    kafka.subscriptions().begin_at(group, ends(kafka, topic), soon())
    kafka.publish(topic, [Message(b"new", key=b"1")], soon())
    consumer = KafkaConsumer(
        bootstrap_servers=address,
        group_id=group,
        auto_offset_reset="latest",
        consumer_timeout_ms=20_000,
    )
    consumer.partitions_for_topic(topic)
    consumer.subscribe([topic])
    first = next(iter(consumer))
    consumer.close()
    assert first.value == b"new"


def test_begin_at_leaves_positions(
    kafka: KafkaBroker, topic: str, group: str, address: str
) -> None:
    """A position that a group has on a partition stays; only what has none is positioned."""
    kafka.subscriptions().begin_at(group, {topic: {"0": 0}}, soon())
    for _ in range(4):
        kafka.publish(topic, [Message(b"x")], soon())
    assert ends(kafka, topic) == {topic: {"0": 2, "1": 2}}
    kafka.subscriptions().begin_at(group, ends(kafka, topic), soon())
    assert held(address, group) == {"0": 0, "1": 2}


def test_begin_at_with_members(
    kafka: KafkaBroker, topic: str, group: str, new_consumer: NewConsumer
) -> None:
    """A group that has members already is not positioned, and the error says why."""
    consumer = new_consumer(topic)
    ready(kafka, group, topic, consumer)
    with pytest.raises(BrokerError) as error:
        kafka.subscriptions().begin_at(group, ends(kafka, topic), soon())
    assert str(error.value) == (
        f'Kafka at {kafka.address} could not position the group "{group}": it has members already, '
        "so it decides itself where it begins. Does a service run that evtbdd did not start?"
    )


def test_ready_when_every_partition_is_assigned(
    kafka: KafkaBroker, topic: str, group: str, new_consumer: NewConsumer
) -> None:
    """A group is ready when it is Stable and every partition of the channels is assigned."""
    subscriptions = kafka.subscriptions()
    assert not subscriptions.state(group, [topic], soon()).ready
    ready(kafka, group, topic, new_consumer(topic))
    state = subscriptions.state(group, [topic], soon())
    assert state.ready
    assert len(state.members) == 1
    assert state.words == (
        f'its group "{group}" is Stable with 1 member, 2 of 2 partitions assigned'
    )


def test_not_ready_for_a_topic_that_it_does_not_consume(
    kafka: KafkaBroker, topic: str, group: str, new_consumer: NewConsumer
) -> None:
    """A Stable group that lacks a partition, or a topic that is not there, is not ready."""
    other = f"{topic}-other"
    kafka.create([ChannelPlan(other)], soon())
    ready(kafka, group, topic, new_consumer(topic))
    lacking = kafka.subscriptions().state(group, [topic, other], soon())
    kafka.delete([other], soon())
    missing = kafka.subscriptions().state(group, [topic, other], soon())
    assert (lacking.ready, missing.ready) == (False, False)
    assert [lacking.words, missing.words] == [
        f'its group "{group}" is Stable with 1 member, 2 of 3 partitions assigned',
        f'its group "{group}" is Stable with 1 member, 2 of 2 partitions assigned, '
        f'and there is no topic "{other}"',
    ]


SERVICE = """
import sys
from confluent_kafka import Consumer
address, group, topic = sys.argv[1:]
consumer = Consumer({"bootstrap.servers": address, "group.id": group})
consumer.subscribe([topic])
while True:
    consumer.poll(1.0)
"""


def test_expel(
    kafka: KafkaBroker, topic: str, group: str, new_consumer: NewConsumer, address: str
) -> None:
    """After a killed member is expelled the next one is served at once, not after its session."""
    subscriptions = kafka.subscriptions()
    subscriptions.begin_at(group, ends(kafka, topic), soon())
    # Its session would last for 45 seconds, longer than this test waits.
    with subprocess.Popen([sys.executable, "-c", SERVICE, address, group, topic]) as service:
        try:
            deadline = soon()
            while not (state := subscriptions.state(group, [topic], soon())).ready:
                assert not deadline.expired(), state.words
        finally:
            service.kill()
    assert subscriptions.state(group, [topic], soon()).members == state.members
    subscriptions.expel(group, [*state.members, "nobody"], soon())
    served = new_consumer(topic)
    assert ready(kafka, group, topic, served).isdisjoint(state.members)
    kafka.publish(topic, [Message(b"x")], soon())
    assert polled(served, 1) == [b"x"]


def test_forget(
    kafka: KafkaBroker, topic: str, group: str, new_consumer: NewConsumer, address: str
) -> None:
    """Only a group without members is deleted, and nothing of it stays."""
    consumer = new_consumer(topic)
    ready(kafka, group, topic, consumer)
    empty = f"{group}-empty"
    kafka.subscriptions().begin_at(empty, ends(kafka, topic), soon())
    admin = KafkaAdminClient(bootstrap_servers=address)
    kafka.subscriptions().forget([group, empty, f"{group}-unknown"], soon())
    there = {each["group_id"] for each in admin.list_groups()}
    assert group in there
    assert kafka.subscriptions().groups(soon())[group] is True
    assert empty not in there
    consumer.close()
    kafka.subscriptions().forget([group], soon())
    assert group not in {each["group_id"] for each in admin.list_groups()}
    admin.close()
