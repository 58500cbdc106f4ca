"""The broker in memory keeps what every broker promises."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import pytest

from evtbdd.brokers.memory.adapter import MemoryBroker, connect
from evtbdd.clock import Deadline
from evtbdd.conformance import BrokerConformance
from evtbdd.errors import BrokerError, PublishRefused, UnsupportedCapability
from evtbdd.ports import Broker, ChannelPlan, Message


class TestMemory(BrokerConformance):
    """All of the promises that hold for every broker."""

    adapter: ClassVar[str] = "memory"

    @pytest.fixture
    def broker(self) -> Iterator[Broker]:
        broker = connect("", patience=5.0)
        yield broker
        broker.close()


@pytest.fixture
def memory() -> MemoryBroker:
    return MemoryBroker()


def soon() -> Deadline:
    return Deadline.after(5)


def test_brokers_in_memory_share_nothing(memory: MemoryBroker) -> None:
    """Another broker in memory knows nothing of this one's channels."""
    memory.create([ChannelPlan("orders")], soon())
    assert MemoryBroker().lanes(["orders"], soon()) == {}


def test_what_it_says_of_mistakes(memory: MemoryBroker) -> None:
    """Each mistake is said in a sentence that names the channel."""
    memory.create([ChannelPlan("orders")], soon())
    with pytest.raises(BrokerError) as exists:
        memory.create([ChannelPlan("orders")], soon())
    with pytest.raises(BrokerError) as nameless:
        memory.create([ChannelPlan("")], soon())
    with pytest.raises(BrokerError) as laneless:
        memory.create([ChannelPlan("wide", partitions=0)], soon())
    with pytest.raises(PublishRefused) as missing:
        memory.publish("shipments", [Message(b"")], soon())
    with pytest.raises(PublishRefused) as keyless:
        memory.publish("orders", [Message(None)], soon())
    with pytest.raises(BrokerError) as endless:
        memory.reader().ends(["shipments"], soon())
    errors = (exists, nameless, laneless, missing, keyless, endless)
    assert [str(error.value) for error in errors] == [
        'The channel "orders" exists already in memory.',
        'The name "" cannot be that of a channel in memory: it is empty.',
        'The channel "wide" cannot have 0 partitions; it needs 1 or more.',
        'There is no channel "shipments" in memory.',
        "A tombstone needs a key: it says which key is deleted.",
        'There is no channel "shipments" in memory.',
    ]


def test_what_it_says_of_routing_keys(memory: MemoryBroker) -> None:
    """A routing key is refused by naming who has them."""
    memory.create([ChannelPlan("orders")], soon())
    with pytest.raises(UnsupportedCapability, match="memory has no routing keys; RabbitMQ"):
        memory.publish("orders", [Message(b"", routing_key="eu")], soon())
