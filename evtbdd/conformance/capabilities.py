"""Capabilities, in both directions: what a broker can works, what it cannot is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from evtbdd.conformance.rig import Collected, Rig, can
from evtbdd.ports import Broker, Capability, Message


class Capable(Rig):
    """What `Broker.capabilities` promises; keys, headers, tombstones and partitions stand elsewhere."""

    def test_words(self, broker: Broker) -> None:
        """The capabilities name the broker, and what it calls a channel and a lane."""
        words = broker.capabilities
        assert words.broker
        assert words.channel
        assert words.lane
        assert broker.address

    @pytest.mark.parametrize("capability", list(Capability), ids=lambda each: each.name.lower())
    def test_require(self, broker: Broker, capability: Capability) -> None:
        """Requiring what the broker can do passes; what it cannot is refused, naming who can."""
        if capability in broker.capabilities.can:
            broker.capabilities.require(capability)
        else:
            self.is_refused(broker, capability, lambda: broker.capabilities.require(capability))

    def test_routing_keys(
        self,
        broker: Broker,
        channel: str,
        sink: Collected,
        record_property: Callable[[str, object], None],
    ) -> None:
        """A routing key is handed over among the facts; without the capability it is refused."""
        message = Message(b"x", routing_key="eu.orders")
        self.watch(broker, sink, channel)
        if can(broker, Capability.ROUTING_KEYS, record_property):
            broker.publish(channel, [message], self.deadline())
            self.read_up(broker, channel)
            assert [each.facts["routing_key"] for each in sink.records] == ["eu.orders"]
        else:
            self.is_refused(
                broker,
                Capability.ROUTING_KEYS,
                lambda: broker.publish(channel, [message], self.deadline()),
            )
            self.read_up(broker, channel)
            assert sink.records == []

    def test_subscriptions(
        self, broker: Broker, record_property: Callable[[str, object], None]
    ) -> None:
        """Whoever cannot tell who is subscribed refuses to be asked, naming who can."""
        if can(broker, Capability.SUBSCRIPTIONS, record_property):
            assert broker.subscriptions() is not None
        else:
            self.is_refused(broker, Capability.SUBSCRIPTIONS, broker.subscriptions)
