"""The shop's topics on Kafka, and how tests look at them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from confluent_kafka import Consumer, KafkaError, Message, Producer
from confluent_kafka import TopicPartition as Place
from kafka import KafkaAdminClient, TopicPartition
from kafka.structs import OffsetAndMetadata
from systems.shops import CHANNELS, PATIENCE, Seen, waited_for


@dataclass(frozen=True, slots=True)
class Kafka:
    """A broker, and the clients by which the tests look at it."""

    address: str
    admin: KafkaAdminClient
    producer: Producer


class KafkaGround:
    """The topics of one test; what is published lies in the first partition."""

    any_bytes = True

    def __init__(self, kafka: Kafka, name: str, partitions: int = 1) -> None:
        self.kafka = kafka
        self.name = name
        self.partitions = partitions
        self._reader = Consumer(
            {
                "bootstrap.servers": kafka.address,
                "group.id": "the-tests",
                "enable.auto.commit": False,
                "enable.partition.eof": True,
                "fetch.wait.max.ms": 20,
            }
        )
        kafka.admin.create_topics(
            {self.called(channel): {"num_partitions": partitions} for channel in CHANNELS}
        )

    def called(self, channel: str) -> str:
        """The topic behind a channel."""
        return f"{self.name}-{channel}"

    def group(self, service: str) -> str:
        """The consumer group of a service."""
        return f"{self.name}-{service}"

    def environment(self, service: str) -> Mapping[str, str]:
        """Where it is, and the group."""
        return {"BROKER": self.kafka.address, "GROUP": self.group(service)}

    def begin(self, service: str, channel: str) -> None:
        """Commit the beginning."""
        topic = self.called(channel)
        places = [TopicPartition(topic, number) for number in range(self.partitions)]
        beginning = {place: OffsetAndMetadata(0, "", -1) for place in places}
        results = self.kafka.admin.alter_group_offsets(self.group(service), beginning)
        assert {error.__name__ for error in results.values()} == {"NoError"}

    def publish(self, channel: str, key: str, value: bytes | None, headers: dict[str, str]) -> None:
        """Publish an event to the first partition."""
        confirmed: list[KafkaError | None] = []
        self.kafka.producer.produce(
            self.called(channel),
            value=value,
            key=key.encode(),
            headers=headers,
            partition=0,
            on_delivery=lambda error, _: confirmed.append(error),
        )
        self.kafka.producer.flush(PATIENCE)
        assert confirmed == [None]

    def events(self, channel: str) -> list[Seen]:
        """Everything that lies on a topic, partition by partition."""
        numbers = set(range(self.partitions))
        self._reader.assign([Place(self.called(channel), number, 0) for number in numbers])
        found: list[Message] = []

        def read() -> bool | None:
            message = self._reader.poll(0.1)
            if message is not None and message.error() is None:
                found.append(message)
            elif message is not None and message.error().code() == KafkaError._PARTITION_EOF:
                numbers.remove(message.partition())
            return None if numbers else True

        waited_for(read, f"the end of {channel}")
        self._reader.unassign()
        found.sort(key=lambda message: (message.partition(), message.offset()))
        return [_seen(message) for message in found]

    def place(self, number: int) -> str:
        """The partition, and the offset there."""
        return f"partition 0 offset {number}"

    def committed(self, service: str, channel: str, partition: int = 0) -> int | None:
        """The offset that the group of a service has committed, if any."""
        place, group = TopicPartition(self.called(channel), partition), self.group(service)
        found = self.kafka.admin.list_group_offsets({group: [place]})[group].get(place)
        return found.offset if found and found.offset >= 0 else None

    def open(self, service: str, channel: str) -> int:
        """How much less the group has committed than there is."""
        topic = self.called(channel)
        return sum(
            self._end(topic, number) - (self.committed(service, channel, number) or 0)
            for number in range(self.partitions)
        )

    def _end(self, topic: str, partition: int) -> int:
        _, end = self._reader.get_watermark_offsets(Place(topic, partition), timeout=PATIENCE)
        return end

    def described(self, group: str) -> dict[str, Any]:
        """A group as the broker describes it."""
        return self.kafka.admin.describe_groups([group])[group]

    def stable(self, group: str, members: int = 1) -> dict[str, Any]:
        """Wait until a group has so many members and is stable."""

        def looked() -> dict[str, Any] | None:
            described = self.described(group)
            stable = described["group_state"] == "Stable"
            return described if stable and len(described["members"]) == members else None

        return waited_for(looked, f"the group {group} with {members} members")

    def close(self) -> None:
        """Close the reader; the topics go with the broker."""
        self._reader.close()


def _seen(message: Message) -> Seen:
    headers = {name: value.decode() for name, value in message.headers() or []}
    return Seen(message.key().decode(), message.value(), headers, message.partition())
