"""The producer of a run: one record after another, each a batch of its own, stored once or not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Any

from kafka import KafkaProducer
from kafka import errors as driver

from evtbdd.brokers.kafka.client import Client, opened
from evtbdd.brokers.kafka.errors import unanswered
from evtbdd.brokers.kafka.topics import Topics
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerUnavailable, PublishRefused
from evtbdd.events import Position
from evtbdd.ports import Message
from evtbdd.words import quoted

NOT_STORED = (
    driver.NotLeaderForPartitionError,
    driver.LeaderNotAvailableError,
    driver.UnknownTopicOrPartitionError,
)
"""A new topic's broker may answer so for a moment; nothing was stored, so it is sent again."""


class KafkaPublisher:
    """Publishes through one KafkaProducer; may be called from any thread."""

    def __init__(self, address: str, options: Mapping[str, Any], topics: Topics) -> None:
        self._address = address
        self._options = options
        self._topics = topics
        self._opening = Lock()
        self._opened: tuple[KafkaProducer, Client] | None = None
        self._turns: dict[str, Lock] = {}

    def learn(self, topics: Sequence[str], deadline: Deadline) -> None:
        """Have the metadata of new topics fetched, so that their first record need not wait."""
        _, client = self._open(f"be told of {len(topics)} topics", deadline)
        client.learn(topics)

    def forget(self, topics: Sequence[str]) -> None:
        """Ask no more for topics that are about to be deleted."""
        for topic in topics:
            self._turns.pop(topic, None)
        if self._opened is not None:
            self._opened[1].forget(topics)

    def publish(self, topic: str, message: Message, deadline: Deadline) -> Position:
        """Store one record. Raises PublishRefused or BrokerUnavailable."""
        doing = f"publish to the topic {quoted(topic)}"
        for name, value in message.headers:
            if value is None:
                raise PublishRefused(
                    f"The header {quoted(name)} has no value, and kafka-python sends none without; "
                    "an empty text is one."
                )
        producer, client = self._open(doing, deadline)
        with self._turn(topic, deadline):
            while True:
                try:
                    return self._send(producer, client, topic, message, deadline)
                except NOT_STORED as error:
                    if not self._topics.exists(topic, deadline):
                        raise no_topic(topic, self._address) from error
                    if deadline.expired():
                        raise unanswered(error, self._address, doing, deadline) from error
                    client.refresh(deadline)
                except driver.KafkaError as error:
                    raise unanswered(error, self._address, doing, deadline) from error

    def _send(
        self,
        producer: KafkaProducer,
        client: Client,
        topic: str,
        message: Message,
        deadline: Deadline,
    ) -> Position:
        # Known before it is sent: the driver would wait for it by a time limit of its own.
        if client.cluster.partitions_for_topic(topic) is None:
            client.learn([topic])
            client.refresh(deadline)
            if client.cluster.partitions_for_topic(topic) is None:
                raise driver.UnknownTopicOrPartitionError(topic)
        sent = producer.send(
            topic, value=message.value, key=message.key, headers=list(message.headers)
        )
        stored = sent.get(timeout=max(0.001, deadline.remaining()))
        return Position(str(stored.partition), stored.offset)

    @contextmanager
    def _turn(self, topic: str, deadline: Deadline) -> Iterator[None]:
        """One record of a topic at a time: two threads' would share a batch."""
        turn = self._turns.setdefault(topic, Lock())
        if not turn.acquire(timeout=deadline.remaining()):
            raise BrokerUnavailable(
                f"Kafka at {self._address} could not publish to the topic {quoted(topic)}: "
                "what others publish to it took too long."
            )
        try:
            yield
        finally:
            turn.release()

    def _open(self, doing: str, deadline: Deadline) -> tuple[KafkaProducer, Client]:
        if self._opened is not None:
            return self._opened
        with self._opening:
            if self._opened is None:
                try:
                    self._opened = opened(KafkaProducer, self._all_options(), deadline)
                except driver.KafkaError as error:
                    raise unanswered(error, self._address, doing, deadline) from error
            return self._opened

    def _all_options(self) -> Mapping[str, Any]:
        return {
            **self._options,
            "acks": "all",
            # Idempotence off: with it one refused record makes every later send fail (3.0.12).
            # And no retries: without it, one that got lost in its answer would be stored twice.
            "enable_idempotence": False,
            "retries": 0,
            "linger_ms": 0,
            "delivery_timeout_ms": self._options["request_timeout_ms"] + 1,
            "max_request_size": 64 * 1024 * 1024,
            "metrics_enabled": False,
        }

    def close(self) -> None:
        """Give the producer back; what is under way is given up after a second."""
        with self._opening:
            if self._opened is not None:
                producer, _ = self._opened
                self._opened = None
                try:
                    producer.close(timeout=1)
                except driver.KafkaTimeoutError:
                    # It closes nothing while a record of a lost broker is still under way.
                    producer._sender.force_close()
                    producer._sender.join(1)


def no_topic(topic: str, address: str) -> PublishRefused:
    """What is raised for a topic that is not there."""
    return PublishRefused(f"There is no topic {quoted(topic)} at {address}.")
