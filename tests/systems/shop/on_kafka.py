"""The services over Kafka, by confluent-kafka: in a consumer group, by partitions and offsets."""

from __future__ import annotations

import logging
import os

from brokers import Delivery, setting
from confluent_kafka import Consumer, KafkaException, Message, Producer
from messages import Answer, Event

CONSUMER = {
    "enable.auto.commit": False,
    "auto.offset.reset": "latest",
    "partition.assignment.strategy": "range",
    "session.timeout.ms": 6000,
    "heartbeat.interval.ms": 300,  # a member learns of a rebalance by its heartbeat
    "fetch.wait.max.ms": 20,
    "fetch.error.backoff.ms": 20,
    "topic.metadata.refresh.interval.ms": 1000,  # a topic may be created after the start
    "reconnect.backoff.max.ms": 500,
}
PRODUCER = {
    "linger.ms": 0,
    "acks": "all",
    "message.timeout.ms": 30_000,
    "reconnect.backoff.max.ms": 500,
}


def connection(address: str, name: str) -> dict[str, str]:
    """How clients reach the broker: KAFKA_USER and KAFKA_PASSWORD, KAFKA_CA say who, if they are set."""
    user, ca = os.environ.get("KAFKA_USER"), os.environ.get("KAFKA_CA")
    protocol = ("SASL_" if user else "") + ("SSL" if ca else "PLAINTEXT")
    found = {"bootstrap.servers": address, "client.id": name, "security.protocol": protocol}
    if user:
        password = setting("KAFKA_PASSWORD")
        found |= {"sasl.mechanism": "PLAIN", "sasl.username": user, "sasl.password": password}
    return {**found, "ssl.ca.location": ca} if ca else found


class Source:
    """A member of the group GROUP, which begins at the end of the topic; MissingSetting without."""

    def __init__(self, address: str, name: str, topic: str, log: logging.Logger) -> None:
        group = {"group.id": setting("GROUP")}
        self._consumer = Consumer({**connection(address, name), **CONSUMER, **group})
        self._consumer.subscribe([topic])
        self._log = log

    def next(self) -> Delivery | None:
        """What came within a tenth of a second; what the broker complains of is logged."""
        message = self._consumer.poll(0.1)
        if message is None:
            return None
        if message.error():
            self._log.warning("%s", message.error().str())
            return None
        place = f"partition {message.partition()} offset {message.offset()}"
        event = Event(place, message.key(), message.value(), message.headers() or [])
        return Delivery(event, message)

    def acknowledge(self, delivery: Delivery) -> None:
        """Commit it; where that fails go on: a later commit covers it, or it comes again."""
        try:
            self._consumer.commit(message=delivery.handle, asynchronous=False)
        except KafkaException as error:
            self._log.warning("cannot commit: %s", error.args[0].str())

    def close(self) -> None:
        """Leave the group."""
        self._consumer.close()


class Target:
    """Publishes to topics; an answer that names a partition goes there."""

    def __init__(self, address: str, name: str) -> None:
        self._producer = Producer({**connection(address, name), **PRODUCER})

    def publish(self, answers: list[tuple[str, Answer]]) -> None:
        """Return when the broker has them all; raise KafkaException if not."""
        failures = []

        def delivered(error: object, _: Message) -> None:
            if error is not None:
                failures.append(error)

        for topic, answer in answers:
            self._producer.produce(
                topic,
                key=answer.key,
                value=answer.encoded(),
                headers=answer.headers,
                on_delivery=delivered,
                **self._chosen(topic, answer.partition),
            )
        self._producer.flush()
        if failures:
            raise KafkaException(failures[0])

    def _chosen(self, topic: str, partition: int | None) -> dict[str, int]:
        if partition is None:
            return {}
        partitions = self._producer.list_topics(topic, timeout=10).topics[topic].partitions
        return {"partition": partition % len(partitions)}

    def close(self) -> None:
        """Nothing: what was published was waited for."""
