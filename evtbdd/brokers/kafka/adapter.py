"""Kafka as a broker of evtbdd: its nodes, an administrator and a reader for a whole run."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from evtbdd.brokers.kafka.access import OPEN, Access
from evtbdd.brokers.kafka.advertised import require_reachable
from evtbdd.brokers.kafka.connection import Connection
from evtbdd.brokers.kafka.lock import KafkaLock, locked
from evtbdd.brokers.kafka.names import name_fault
from evtbdd.brokers.kafka.nodes import Nodes
from evtbdd.brokers.kafka.probe import probe
from evtbdd.brokers.kafka.publisher import KafkaPublisher
from evtbdd.brokers.kafka.reader import KafkaReader
from evtbdd.brokers.kafka.subscriptions import KafkaSubscriptions
from evtbdd.brokers.kafka.topics import Topics
from evtbdd.brokers.security import Security
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
            Capability.ANY_BYTES,
            Capability.ANY_HEADERS,
            Capability.COPIES,
            Capability.TOMBSTONES,
            Capability.PARTITIONS,
            Capability.ORDER,
            Capability.EXACT_END,
            Capability.SUBSCRIPTIONS,
            Capability.REPEATED_HEADERS,
            Capability.GROUPS,
        }
    ),
    largest_payload=1_048_576,
    options=frozenset({"partitions", "replication", "config.NAME"}),
)


class KafkaBroker:
    """A Kafka at `host:port`; reached when first needed.

    `patience` is how many seconds a single request may take; a deadline may allow less.
    """

    capabilities = CAPABILITIES

    def __init__(self, address: str, *, patience: float = 5.0, access: Access = OPEN) -> None:
        self._address = address
        self._access = access
        options = {**_options(address, patience), **access.options}
        self._connection = Connection(address, options, access)
        self._nodes = Nodes(address, access)
        self._topics = Topics(self._connection, self._nodes)
        self._publisher = KafkaPublisher(self._nodes, self._topics)
        self._reader = KafkaReader(self._nodes, self._topics, patience)
        self._subscriptions = KafkaSubscriptions(self._connection)
        self._was_reached = False

    @property
    def address(self) -> str:
        """`host:port`, or several with commas."""
        return self._address

    def ping(self, deadline: Deadline) -> None:
        """Have ApiVersions answered, and be let in; the first time also where Kafka sends clients."""
        self._connection.require_open()
        probe(self._address, deadline, self._access)
        if not self._was_reached:
            require_reachable(self._nodes, self._access, deadline)
            self._was_reached = True

    def name_fault(self, name: str) -> str | None:
        """Why Kafka would refuse a topic of that name."""
        return name_fault(name)

    def unwatchable(self, channel: ChannelPlan) -> str | None:  # noqa: ARG002
        """Nothing keeps a topic from being watched."""
        return None

    def create(self, channels: Sequence[ChannelPlan], deadline: Deadline) -> None:
        """Create topics, all in one request; return when each partition has a leader."""
        if channels:
            self._topics.create(channels, deadline)

    def delete(self, channels: Sequence[str], deadline: Deadline) -> None:
        """Delete topics, all in one request."""
        self._topics.delete(channels, deadline)

    def names(self, deadline: Deadline) -> Sequence[str]:
        """Every topic but for the internal ones."""
        return self._topics.names(deadline)

    def lanes(self, channels: Sequence[str], deadline: Deadline) -> Mapping[str, Sequence[str]]:
        """The partitions of those topics that exist, as `0`, `1`, …"""
        return self._topics.lanes(channels, deadline)

    def publish(
        self, channel: str, messages: Sequence[Message], deadline: Deadline
    ) -> Sequence[Position]:
        """Publish in order, each a batch of its own, acknowledged by all in-sync replicas."""
        self._connection.require_open()
        if not messages and not self._topics.leaders(channel, deadline):
            raise self._publisher.no_topic(channel)
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

    def hold(self, channels: Sequence[str], holder: str, deadline: Deadline) -> KafkaLock:
        """Hold topics, by groups of which this process is the only member."""
        return locked(self._address, self._access, self._subscriptions, channels, holder, deadline)

    def close(self) -> None:
        """Close what was opened."""
        self._reader.close()
        self._connection.close()
        self._nodes.close()


def _options(address: str, patience: float) -> Mapping[str, Any]:
    """What the admin client is opened with."""
    return {
        "bootstrap_servers": [one.strip() for one in address.split(",")],
        "client_id": "evtbdd",
        "request_timeout_ms": int(patience * 1000),
        "retry_backoff_ms": 10,
        # A broker that is back is found at once, not after half a minute.
        "reconnect_backoff_ms": 10,
        "reconnect_backoff_max_ms": 200,
    }


def connect(address: str, *, patience: float, security: Security | None = None) -> KafkaBroker:
    """The Kafka at `host:port`, or at several with commas; nothing is opened yet.

    SettingsError where a file of certificates cannot be read, or is none.
    """
    driver = logging.getLogger("kafka")
    if driver.level == logging.NOTSET:
        # behave would show each connection that it logs; what goes wrong is raised in sentences.
        driver.setLevel(logging.CRITICAL)
    return KafkaBroker(address, patience=patience, access=Access.of(security))
