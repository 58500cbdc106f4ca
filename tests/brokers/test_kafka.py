"""The Kafka adapter keeps what every broker promises, on a Kafka of our own and on a real one."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import ClassVar

import pytest
from kafka import KafkaAdminClient

from evtbdd.brokers.kafka.adapter import KafkaBroker
from evtbdd.conformance import (
    AcknowledgedConformance,
    BrokerConformance,
    LocksConformance,
    Mortal,
    RemoteConformance,
    SharedConformance,
)
from evtbdd.conformance.publishing import Publishing
from evtbdd.conformance.rig import Collected, NewName
from evtbdd.embedded.kafka import EmbeddedKafka
from evtbdd.ports import Broker

# The sockets are kafka-python's, see conftest.py; the transport is that of a client which connects to
# an embedded broker in the very moment in which it stops.
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed (<socket|transport):ResourceWarning"),
    pytest.mark.usefixtures("sockets_collected"),
]

PATIENCE = 10.0
ILLEGAL = ("", ".", "..", "two words", "grüße", "x" * 250, "a/b")


class TestEmbeddedKafka(
    BrokerConformance,
    SharedConformance,
    AcknowledgedConformance,
    LocksConformance,
    RemoteConformance,
):
    """All promises, on a Kafka in this process."""

    adapter: ClassVar[str] = "Kafka (embedded)"
    illegal_names = ILLEGAL

    @pytest.fixture
    def broker(self, embedded_address: str) -> Iterator[Broker]:
        broker = KafkaBroker(embedded_address, patience=PATIENCE)
        yield broker
        broker.close()

    @pytest.fixture
    def second_connection(self, embedded_address: str) -> Iterator[Broker]:
        broker = KafkaBroker(embedded_address, patience=PATIENCE)
        yield broker
        broker.close()

    @pytest.fixture
    def unreachable(self) -> Iterator[Broker]:
        # Bound, and not listened on: nobody else can begin to.
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            broker = KafkaBroker(f"127.0.0.1:{taken.getsockname()[1]}", patience=PATIENCE)
            yield broker
            broker.close()

    @pytest.fixture
    def mortal(self) -> Iterator[Mortal]:
        with EmbeddedKafka() as kafka:
            broker = KafkaBroker(kafka.address, patience=PATIENCE)
            yield Mortal(broker, kafka.stop)
            broker.close()

    def test_a_broker_that_comes_back(self, sink: Collected) -> None:
        """After a broker was away its connection goes on: nothing is lost, nothing twice."""
        with EmbeddedKafka() as kafka:
            broker = KafkaBroker(kafka.address, patience=PATIENCE)
            self.created(broker, "orders")
            self.watch(broker, sink, "orders")
            self.publish(broker, "orders", b"before")
            self.read_up(broker, "orders")
            for turn in range(3):
                kafka.stop()
                kafka.start()
                self.publish(broker, "orders", b"%d" % turn)
                self.read_up(broker, "orders")
            assert sink.values() == [b"before", b"0", b"1", b"2"]
            broker.close()


class TestRealKafka(
    BrokerConformance, SharedConformance, AcknowledgedConformance, LocksConformance
):
    """All promises that need not kill it, on a real Kafka."""

    adapter: ClassVar[str] = "Kafka (real)"
    illegal_names = ILLEGAL

    @pytest.fixture
    def broker(self, real_address: str) -> Iterator[Broker]:
        broker = KafkaBroker(real_address, patience=PATIENCE)
        yield broker
        broker.close()

    @pytest.fixture
    def second_connection(self, real_address: str) -> Iterator[Broker]:
        broker = KafkaBroker(real_address, patience=PATIENCE)
        yield broker
        broker.close()

    def test_internal_topics_are_not_listed(
        self, broker: Broker, channel: str, real_address: str
    ) -> None:
        """What Kafka keeps its groups in is there as soon as there is one, and nobody's channel."""
        group = f"{channel}-group"
        broker.subscriptions().begin_at(group, self.ends(broker, channel), self.deadline())
        admin = KafkaAdminClient(bootstrap_servers=real_address)
        assert "__consumer_offsets" in admin.list_topics()
        admin.close()
        assert "__consumer_offsets" not in broker.names(self.deadline())
        broker.subscriptions().forget([group], self.deadline())


class TestKafkaThatCreatesTopics(Publishing):
    """A Kafka that creates topics for whoever asks is not made to."""

    adapter: ClassVar[str] = "Kafka (auto-create)"

    @pytest.fixture
    def broker(self) -> Iterator[Broker]:
        with EmbeddedKafka(auto_create=True) as kafka:
            broker = KafkaBroker(kafka.address, patience=PATIENCE)
            yield broker
            broker.close()

    def test_reading_creates_no_channel(
        self, broker: Broker, channel: str, new_name: NewName, sink: Collected
    ) -> None:
        """Watching never creates a channel, not even one that was deleted while it was watched."""
        gone = self.created(broker, new_name())
        self.watch(broker, sink, gone, channel)
        broker.delete([gone], self.deadline())
        for _ in range(20):
            self.publish(broker, channel, b"x")
            self.read_up(broker, channel)
        assert broker.lanes([gone], self.deadline()) == {}
