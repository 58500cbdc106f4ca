"""The RabbitMQ adapter keeps what every broker promises."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from typing import ClassVar

import pytest
from brokers.relay import Relay

from evtbdd.brokers.rabbitmq.adapter import RabbitBroker, connect
from evtbdd.brokers.rabbitmq.address import Address
from evtbdd.clock import Deadline
from evtbdd.conformance import (
    BrokerConformance,
    LocksConformance,
    Mortal,
    RemoteConformance,
    SharedConformance,
    SubscribedConformance,
)
from evtbdd.conformance.ends import Reaching
from evtbdd.conformance.order import Order
from evtbdd.conformance.publishing import Publishing
from evtbdd.conformance.rig import LACKS, Collected, Rig
from evtbdd.errors import PublishRefused
from evtbdd.ports import Broker, Capability, Message

PATIENCE = 10.0
ILLEGAL = ("", "amq.orders", "evtbdd.tap.orders", "two\nlines", "ü" * 128)
MORTAL = ["evtbdd-conformance-mortal", "evtbdd-conformance-mortal-2"]


class OnRabbitMQ(Rig):
    """What all of these have in common."""

    illegal_names = ILLEGAL

    @pytest.fixture
    def broker(self, real_rabbitmq: str) -> Iterator[Broker]:
        broker = connect(real_rabbitmq, patience=PATIENCE)
        yield broker
        broker.close()


class TestRabbitMQ(
    OnRabbitMQ,
    BrokerConformance,
    SharedConformance,
    SubscribedConformance,
    LocksConformance,
    RemoteConformance,
):
    """All promises, of an exchange and its queue."""

    adapter: ClassVar[str] = "RabbitMQ"

    @pytest.fixture
    def second_connection(self, real_rabbitmq: str) -> Iterator[Broker]:
        broker = connect(real_rabbitmq, patience=PATIENCE)
        yield broker
        broker.close()

    @pytest.fixture
    def unreachable(self) -> Iterator[Broker]:
        # Bound, and not listened on: nobody else can begin to.
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            broker = connect(f"127.0.0.1:{taken.getsockname()[1]}", patience=PATIENCE)
            yield broker
            broker.close()

    @pytest.fixture
    def mortal(self, real_rabbitmq: str, broker: RabbitBroker) -> Iterator[Mortal]:
        with Relay(Address.parse(real_rabbitmq, tls=False).port) as relay:
            dying = connect(f"127.0.0.1:{relay.port}", patience=PATIENCE)
            yield Mortal(dying, relay.stop)
            dying.close()
        broker.delete(MORTAL, Deadline.after(PATIENCE))


class TestQueueAlone(OnRabbitMQ, BrokerConformance):
    """What holds for a queue that evtbdd consumes."""

    adapter: ClassVar[str] = "RabbitMQ (queue)"
    options = {"kind": "queue"}  # noqa: RUF012 - as the rig has it

    def test_routing_keys(
        self,
        broker: Broker,
        channel: str,
        sink: Collected,
        record_property: Callable[[str, object], None],
    ) -> None:
        """A queue has no routing keys: one that is given leads nowhere, and is refused."""
        self.watch(broker, sink, channel)
        with pytest.raises(PublishRefused, match="leads nowhere"):
            broker.publish(channel, [Message(b"x", routing_key="eu.orders")], self.deadline())
        self.read_up(broker, channel)
        assert sink.records == []
        record_property(LACKS, Capability.ROUTING_KEYS.value)


class TestQuorumQueue(OnRabbitMQ, Publishing, Order, Reaching):
    """What depends on the kind of the queue, of one that is replicated."""

    adapter: ClassVar[str] = "RabbitMQ (quorum queue)"
    options = {"kind": "queue", "queue arguments": "x-queue-type = quorum"}  # noqa: RUF012


class TestFanout(OnRabbitMQ, Publishing, Order, Reaching):
    """What depends on the type of the exchange, of one that hands everything to everyone."""

    adapter: ClassVar[str] = "RabbitMQ (fanout)"
    options = {"exchange type": "fanout"}  # noqa: RUF012


class TestHeaders(OnRabbitMQ, Publishing, Order, Reaching):
    """The same of one that hands on by headers."""

    adapter: ClassVar[str] = "RabbitMQ (headers)"
    options = {"exchange type": "headers"}  # noqa: RUF012


class TestDirect(OnRabbitMQ, Publishing, Order, Reaching):
    """The same of one that hands on by equal routing keys."""

    adapter: ClassVar[str] = "RabbitMQ (direct)"
    options = {  # noqa: RUF012
        "exchange type": "direct",
        "bindings": "created\npacked",
        "routing key": "packed",
    }
