"""Only what is committed is handed over, and an open transaction holds the end back."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from kafka import KafkaProducer

from evtbdd.brokers.kafka.adapter import KafkaBroker
from evtbdd.clock import Deadline
from evtbdd.conformance.rig import Collected
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
    name = f"evtbdd-transactions-{uuid.uuid4().hex[:8]}"
    kafka.create([ChannelPlan(name)], soon())
    yield name
    kafka.reader().unwatch([name])
    kafka.delete([name], soon())


@pytest.fixture
def producer(address: str) -> Iterator[KafkaProducer]:
    """A transactional producer, as a service has one."""
    transactional = KafkaProducer(
        bootstrap_servers=address,
        transactional_id=f"evtbdd-{uuid.uuid4().hex[:8]}",
        retry_backoff_ms=10,
    )
    transactional.init_transactions()
    yield transactional
    transactional.close(timeout=5)


def read_up(kafka: KafkaBroker, topic: str) -> None:
    reader = kafka.reader()
    reader.read_to(reader.ends([topic], soon()), soon())


def test_committed(kafka: KafkaBroker, topic: str, producer: KafkaProducer) -> None:
    """Events of a committed transaction are handed over, and its marker holds nobody up."""
    sink = Collected()
    kafka.reader().watch([topic], sink, soon())
    for turn in range(3):
        producer.begin_transaction()
        stored = producer.send(topic, b"%d" % turn).get(10)
        producer.commit_transaction()
        # The broker writes the marker a little after it has answered.
        kafka.reader().read_to({topic: {"0": stored.offset + 2}}, soon())
        assert sink.values() == [b"%d" % each for each in range(turn + 1)]


def test_aborted(kafka: KafkaBroker, topic: str, producer: KafkaProducer) -> None:
    """Events of an aborted transaction are never handed over, and hold nobody up."""
    sink = Collected()
    kafka.reader().watch([topic], sink, soon())
    for _ in range(3):
        producer.begin_transaction()
        producer.send(topic, b"aborted").get(10)
        producer.abort_transaction()
        read_up(kafka, topic)
    kafka.publish(topic, [Message(b"after")], soon())
    read_up(kafka, topic)
    assert sink.values() == [b"after"]


def test_open(kafka: KafkaBroker, topic: str, producer: KafkaProducer) -> None:
    """While a transaction is open the end stands before it, and nothing behind is handed over."""
    sink = Collected()
    before = kafka.reader().watch([topic], sink, soon())
    producer.begin_transaction()
    producer.send(topic, b"open").get(10)
    (behind,) = kafka.publish(topic, [Message(b"behind")], soon())
    assert kafka.reader().ends([topic], soon()) == before
    read_up(kafka, topic)
    assert sink.values() == []
    producer.commit_transaction()
    kafka.reader().read_to({topic: {behind.lane: behind.number + 1}}, soon())
    assert sink.values() == [b"open", b"behind"]


def test_aborted_before_it_is_watched(
    kafka: KafkaBroker, topic: str, producer: KafkaProducer
) -> None:
    """A channel that ends with an aborted transaction can be watched, and read to its end."""
    producer.begin_transaction()
    producer.send(topic, b"aborted").get(10)
    producer.abort_transaction()
    sink = Collected()
    kafka.reader().watch([topic], sink, soon())
    read_up(kafka, topic)
    kafka.publish(topic, [Message(b"after")], soon())
    read_up(kafka, topic)
    assert sink.values() == [b"after"]
