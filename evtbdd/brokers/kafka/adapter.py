"""Kafka as a broker of evtbdd: one admin client, one producer, one reader for a whole run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evtbdd.brokers.kafka.administration import Administration
from evtbdd.brokers.kafka.names import name_fault
from evtbdd.brokers.kafka.probe import probe
from evtbdd.brokers.kafka.producer import KafkaPublisher, no_topic
from evtbdd.brokers.kafka.reader import KafkaReader
from evtbdd.brokers.kafka.subscriptions import KafkaSubscriptions
from evtbdd.brokers.kafka.topics import Topics
from evtbdd.clock import Deadline
from evtbdd.errors import PublishRefused
from evtbdd.events import Position
from evtbdd.ports import Capabilities, Capability, ChannelPlan, Message

CAPABILITIES = Capabilities(
    broker="Kafka",
    channel="topic",
    lane="partition",
    can=frozenset(
        {
            Capability.KEYS,
            Capability.HEADERS,
            Capability.TOMBSTONES,
            Capability.PARTITIONS,
            Capability.ORDER,
            Capability.EXACT_END,
            Capability.SUBSCRIPTIONS,
        }
    ),
    largest_payload=1_048_576,
)


class KafkaBroker:
    """A Kafka at `host:port`; reached when first needed.

    `patience` is how many seconds a single request may take; a deadline may allow less.
    """

    capabilities = CAPABILITIES

    def __init__(self, address: str, *, patience: float = 5.0) -> None:
        self._address = address
        options = _options(address, patience)
        self._administration = Administration(address, options)
        self._topics = Topics(self._administration)
        self._publisher = KafkaPublisher(address, options, self._topics)
        self._reader = KafkaReader(options, self._administration, self._topics)
        self._subscriptions = KafkaSubscriptions(self._administration)

    @property
    def address(self) -> str:
        """`host:port`, or several with commas."""
        return self._address

    def ping(self, deadline: Deadline) -> None:
        """Have ApiVersions answered."""
        self._administration.require_open()
        probe(self._address, deadline)

    def name_fault(self, name: str) -> str | None:
        """Why Kafka would refuse a topic of that name."""
        return name_fault(name)

    def create(self, channels: Sequence[ChannelPlan], deadline: Deadline) -> None:
        """Create topics, all in one request; return when each partition has a leader."""
        if channels:
            self._topics.create(channels, deadline)
            self._publisher.learn([plan.name for plan in channels], deadline)

    def delete(self, channels: Sequence[str], deadline: Deadline) -> None:
        """Delete topics, all in one request."""
        self._publisher.forget(channels)
        self._topics.delete(channels, deadline)

    def lanes(self, channels: Sequence[str], deadline: Deadline) -> Mapping[str, Sequence[str]]:
        """The partitions of those topics that exist, as `0`, `1`, …"""
        return self._topics.lanes(channels, deadline)

    def publish(
        self, channel: str, messages: Sequence[Message], deadline: Deadline
    ) -> Sequence[Position]:
        """Publish in order, each a batch of its own, acknowledged by all in-sync replicas."""
        self._administration.require_open()
        if not self._topics.known(channel) and not self._topics.exists(channel, deadline):
            raise no_topic(channel, self._address)
        return [self._publish_one(channel, message, deadline) for message in messages]

    def _publish_one(self, channel: str, message: Message, deadline: Deadline) -> Position:
        if message.routing_key is not None:
            self.capabilities.require(Capability.ROUTING_KEYS)
        if message.value is None and message.key is None:
            raise PublishRefused("A tombstone needs a key: it says which key is deleted.")
        return self._publisher.publish(channel, message, deadline)

    def reader(self) -> KafkaReader:
        """The one reader of this broker."""
        return self._reader

    def subscriptions(self) -> KafkaSubscriptions:
        """What Kafka knows of consumer groups."""
        return self._subscriptions

    def close(self) -> None:
        """Close what was opened."""
        self._reader.close()
        self._administration.close()
        self._publisher.close()


def _options(address: str, patience: float) -> Mapping[str, Any]:
    """What the admin client, the producer and the consumer have in common."""
    return {
        "bootstrap_servers": [one.strip() for one in address.split(",")],
        "client_id": "evtbdd",
        "request_timeout_ms": int(patience * 1000),
        "retry_backoff_ms": 10,
        # A broker that is back is found at once, not after half a minute.
        "reconnect_backoff_ms": 10,
        "reconnect_backoff_max_ms": 200,
    }


def connect(address: str, *, patience: float) -> KafkaBroker:
    """The Kafka at `host:port`, or at several with commas; nothing is opened yet."""
    return KafkaBroker(address, patience=patience)
