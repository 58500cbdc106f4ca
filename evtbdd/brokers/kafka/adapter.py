"""Kafka as a broker of evtbdd: one admin client, one producer, one reader for a whole run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from threading import Lock
from typing import Any

from kafka import KafkaAdminClient, KafkaProducer

from evtbdd.brokers.kafka.errors import translated
from evtbdd.brokers.kafka.names import name_fault
from evtbdd.brokers.kafka.probe import probe
from evtbdd.brokers.kafka.reader import KafkaReader
from evtbdd.brokers.kafka.subscriptions import KafkaSubscriptions
from evtbdd.clock import Deadline
from evtbdd.errors import PublishRefused, UnsupportedCapability
from evtbdd.events import Position
from evtbdd.ports import WHO_CAN, Capabilities, Capability, ChannelPlan, Message
from evtbdd.words import listed, quoted

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
    """A Kafka at `host:port`; reached when first needed, given up after `patience` seconds."""

    capabilities = CAPABILITIES

    def __init__(self, address: str, *, patience: float = 5.0) -> None:
        self._address = address
        self._patience = patience
        self._partitions: dict[str, int] = {}
        self._lock = Lock()
        self._closed = False

    @property
    def address(self) -> str:
        """`host:port`."""
        return self._address

    @property
    def _options(self) -> dict[str, Any]:
        milliseconds = int(self._patience * 1000)
        return {
            "bootstrap_servers": self._address.split(","),
            "request_timeout_ms": milliseconds,
            "bootstrap_timeout_ms": milliseconds,
            "retry_backoff_ms": 10,
            "client_id": "evtbdd",
        }

    @cached_property
    def _admin(self) -> KafkaAdminClient:
        self.ping(Deadline.after(self._patience))
        with translated(self._address, "answer"):
            return KafkaAdminClient(**self._options)

    @cached_property
    def _producer(self) -> KafkaProducer:
        milliseconds = int(self._patience * 1000)
        with translated(self._address, "answer"):
            # Idempotence off: with it one refused record makes every later send fail (3.0.12).
            return KafkaProducer(
                **self._options,
                acks="all",
                enable_idempotence=False,
                linger_ms=0,
                max_block_ms=milliseconds,
                delivery_timeout_ms=milliseconds + 1,
                max_request_size=64 * 1024 * 1024,
            )

    @cached_property
    def _reader(self) -> KafkaReader:
        return KafkaReader(self._address, self._options, self._admin)

    def ping(self, deadline: Deadline) -> None:
        """Have ApiVersions answered."""
        probe(self._address, deadline)

    def name_fault(self, name: str) -> str | None:
        """Why Kafka would refuse a topic of that name."""
        return name_fault(name)

    def create(self, channels: Sequence[ChannelPlan], deadline: Deadline) -> None:
        """Create topics, all in one request; return when each partition has a leader."""
        if not channels:
            return
        wanted = {
            plan.name: {
                "num_partitions": plan.partitions,
                "replication_factor": int(plan.options.get("replication", "-1")),
                "configs": {
                    name.removeprefix("config."): value
                    for name, value in plan.options.items()
                    if name.startswith("config.")
                },
            }
            for plan in channels
        }
        milliseconds = max(1, int(deadline.remaining() * 1000))
        with translated(self._address, f"create {_topics(wanted)}"):
            try:
                self._admin.create_topics(wanted, timeout_ms=milliseconds)
            except Exception:
                self.delete([n for n in wanted if n in self._partitions], deadline)
                raise
            self._admin.wait_for_topics(list(wanted), timeout_ms=milliseconds)
        self._partitions.update({plan.name: plan.partitions for plan in channels})
        self._warm(list(wanted))

    def _warm(self, topics: Sequence[str]) -> None:
        """Let the producer learn of new topics while nobody waits for it."""
        with self._lock:
            for topic in topics:
                self._producer.partitions_for(topic)

    def delete(self, channels: Sequence[str], deadline: Deadline) -> None:
        """Delete topics, all in one request."""
        if not channels:
            return
        for name in channels:
            self._partitions.pop(name, None)
        milliseconds = max(1, int(deadline.remaining() * 1000))
        with translated(self._address, f"delete {_topics(channels)}"):
            self._admin.delete_topics(list(channels), timeout_ms=milliseconds, raise_errors=False)

    def lanes(self, channels: Sequence[str], deadline: Deadline) -> Mapping[str, Sequence[str]]:
        """The partitions of those topics that exist, as `0`, `1`, …"""
        del deadline  # the client's own request timeout bounds it
        with translated(self._address, f"describe {_topics(channels)}"):
            described = self._admin.describe_topics(list(channels)) if channels else []
        found = {
            topic["name"]: [str(each["partition_index"]) for each in topic["partitions"]]
            for topic in described
            if topic["error_code"] == 0
        }
        self._partitions.update({name: len(lanes) for name, lanes in found.items()})
        return {name: sorted(lanes, key=int) for name, lanes in found.items()}

    def publish(
        self, channel: str, messages: Sequence[Message], deadline: Deadline
    ) -> Sequence[Position]:
        """Publish in order, each a batch of its own, acknowledged by all in-sync replicas."""
        if channel not in self._partitions and channel not in self.lanes([channel], deadline):
            raise PublishRefused(f"There is no topic {quoted(channel)} at {self._address}.")
        return [self._publish_one(channel, message, deadline) for message in messages]

    def _publish_one(self, channel: str, message: Message, deadline: Deadline) -> Position:
        if message.routing_key is not None:
            raise UnsupportedCapability(
                f"Kafka has no {Capability.ROUTING_KEYS.value}; "
                f"{WHO_CAN[Capability.ROUTING_KEYS]} has."
            )
        if message.value is None and message.key is None:
            raise PublishRefused("A tombstone needs a key: it says which key is deleted.")
        with self._lock, translated(self._address, f"publish to the topic {quoted(channel)}"):
            sent = self._producer.send(
                channel, value=message.value, key=message.key, headers=list(message.headers)
            )
            stored = sent.get(timeout=max(0.01, deadline.remaining()))
        return Position(str(stored.partition), stored.offset)

    def reader(self) -> KafkaReader:
        """The one reader of this broker."""
        return self._reader

    def subscriptions(self) -> KafkaSubscriptions:
        """What Kafka knows of consumer groups."""
        return KafkaSubscriptions(self._address, self._admin)

    def close(self) -> None:
        """Close what was opened."""
        if self._closed:
            return
        self._closed = True
        opened = self.__dict__
        if "_reader" in opened:
            self._reader.close()
        if "_producer" in opened:
            self._producer.close(timeout=1)
        if "_admin" in opened:
            self._admin.close()


def _topics(names: Sequence[str] | Mapping[str, object]) -> str:
    shown = [quoted(name) for name in list(names)[:3]]
    more = [f"{len(names) - 3} more"] if len(names) > 3 else []
    return f"the topic{'' if len(names) == 1 else 's'} {listed(shown + more)}"


def connect(address: str, *, patience: float) -> KafkaBroker:
    """The Kafka at `host:port`, or at several with commas; nothing is opened yet."""
    return KafkaBroker(address, patience=patience)
