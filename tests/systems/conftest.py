"""The rig of these tests: a broker for a module, and for every test topics of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import pytest
from confluent_kafka import Consumer, KafkaError, Message, Producer
from confluent_kafka import TopicPartition as Place
from kafka import KafkaAdminClient, TopicPartition
from kafka.structs import OffsetAndMetadata

from evtbdd.embedded.kafka import EmbeddedKafka

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SHOP = Path(__file__).parent / "shop"
CHANNELS = ("orders", "shipments", "notifications", "rejected", "orders-old")
CONSUMED = {"shipping": "orders", "notifications": "shipments"}
PATIENCE = 10.0  # seconds, for everything that is waited for

T = TypeVar("T")


def waited_for(look: Callable[[], T | None], what: str) -> T:
    """Look until there is something to return; fail when patience is over."""
    deadline = time.monotonic() + PATIENCE
    while (found := look()) is None:
        assert time.monotonic() < deadline, f"{what}: not within {PATIENCE} seconds"
        time.sleep(0.02)
    return found


@dataclass(frozen=True, slots=True)
class Kafka:
    """A broker, and the clients by which the tests look at it."""

    address: str
    admin: KafkaAdminClient
    producer: Producer


@dataclass(frozen=True, slots=True)
class Running:
    """A service process and the consumer group it is in."""

    process: subprocess.Popen[bytes]
    group: str
    log_file: Path

    def log(self) -> list[str]:
        """Every line that it has written so far."""
        return self.log_file.read_text().splitlines()

    def exit_code(self) -> int:
        """Wait until it ends by itself."""
        return self.process.wait(PATIENCE)

    def stopped(self) -> int:
        """Ask it to stop, and wait until it did."""
        self.process.terminate()
        return self.exit_code()

    def wait_for_line(self, line: str) -> None:
        """Wait until its log holds a line."""
        waited_for(lambda: line in self.log() or None, f"the line {line!r}")


@dataclass(frozen=True, slots=True)
class Seen:
    """An event as it lies on a topic; a value of None is a tombstone."""

    partition: int
    offset: int
    timestamp: int  # milliseconds since 1970
    key: str
    value: bytes | None
    headers: dict[str, str]

    @classmethod
    def of(cls, message: Message) -> Seen:
        """What a driver delivered."""
        headers = {name: value.decode() for name, value in message.headers() or []}
        _, timestamp = message.timestamp()
        key, value = message.key().decode(), message.value()
        return cls(message.partition(), message.offset(), timestamp, key, value, headers)

    @property
    def type(self) -> str | None:
        """Its type, by the header."""
        return self.headers.get("type")

    @property
    def payload(self) -> dict[str, Any]:
        """The JSON in it."""
        return json.loads(self.value or b"")


class Shop:
    """The topics of one test, and services over them."""

    ORDER: ClassVar = {
        "orderId": "ORD-1",
        "customer": "ann",
        "items": [{"sku": "tea", "quantity": 2}],
        "total": 20.0,
    }
    waited_for = staticmethod(waited_for)

    def __init__(self, kafka: Kafka, folder: Path, partitions: int) -> None:
        self.kafka = kafka
        self.folder = folder
        self.partitions = partitions
        self.running: list[Running] = []
        kafka.admin.create_topics(
            {self.topic(channel): {"num_partitions": partitions} for channel in CHANNELS}
        )

    def topic(self, channel: str) -> str:
        """The topic behind a channel."""
        return f"{self.folder.name}-{channel}"

    def group(self, service: str) -> str:
        """The consumer group of a service."""
        return f"{self.folder.name}-{service}"

    def from_the_beginning(self, service: str, channel: str | None = None) -> None:
        """Commit the beginning, so that nothing is missed whenever the service is ready."""
        topic = self.topic(channel or CONSUMED[service])
        places = [TopicPartition(topic, number) for number in range(self.partitions)]
        beginning = {place: OffsetAndMetadata(0, "", -1) for place in places}
        results = self.kafka.admin.alter_group_offsets(self.group(service), beginning)
        assert {error.__name__ for error in results.values()} == {"NoError"}

    def launch(self, service: str, **environment: str) -> Running:
        """Start a service; a variable that is empty is not set."""
        settings = {
            "KAFKA": self.kafka.address,
            "GROUP": self.group(service),
            "ORDERS": self.topic("orders"),
            "SHIPMENTS": self.topic("shipments"),
            "NOTIFICATIONS": self.topic("notifications"),
            "REJECTED": self.topic("rejected"),
            **environment,
        }
        log_file = self.folder / f"{service}-{len(self.running)}.log"
        with log_file.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, SHOP / f"{service}.py"],
                env={**os.environ, **settings},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.running.append(Running(process, settings["GROUP"], log_file))
        return self.running[-1]

    def start(self, service: str, fault: str = "", **environment: str) -> Running:
        """Start a service that misses nothing."""
        self.from_the_beginning(service)
        return self.launch(service, FAULT=fault, **environment)

    def publish(
        self, channel: str, key: str, value: bytes | None, headers: dict[str, str] | None = None
    ) -> int:
        """Publish an event to the first partition, and return its offset."""
        confirmed: list[tuple[KafkaError | None, Message]] = []
        self.kafka.producer.produce(
            self.topic(channel),
            value=value,
            key=key.encode(),
            headers=headers or {},
            partition=0,
            on_delivery=lambda error, message: confirmed.append((error, message)),
        )
        self.kafka.producer.flush(PATIENCE)
        [(error, message)] = confirmed
        assert error is None
        return message.offset()

    def place(self, type_: str | None = "OrderPlaced", key: str = "ORD-1", **fields: Any) -> int:
        """Publish the order, with some fields changed, and return its offset."""
        value = json.dumps({**self.ORDER, **fields}).encode()
        return self.publish("orders", key, value, {"type": type_} if type_ else {})

    def answers(self, fault: str = "", **order: Any) -> list[Seen]:
        """Everything on `shipments` when the shipping service has handled one order."""
        self.start("shipping", fault)
        self.handled("shipping", self.place(**order))
        return self.events("shipments")

    @staticmethod
    def keys_and_types(events: list[Seen]) -> list[tuple[str, str | None]]:
        """What events are, without what they say."""
        return [(event.key, event.type) for event in events]

    def events(self, channel: str) -> list[Seen]:
        """Everything that lies on a channel, partition by partition."""
        numbers = set(range(self.partitions))
        settings = {
            "bootstrap.servers": self.kafka.address,
            "group.id": "the-tests",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "fetch.wait.max.ms": 20,
        }
        reader = Consumer(settings)
        reader.assign([Place(self.topic(channel), number, 0) for number in numbers])
        found: list[Seen] = []
        deadline = time.monotonic() + PATIENCE
        while numbers:
            assert time.monotonic() < deadline, f"{channel} was not read to its end"
            message = reader.poll(0.1)
            if message is None:
                continue
            if message.error() is None:
                found.append(Seen.of(message))
            elif message.error().code() == KafkaError._PARTITION_EOF:
                numbers.remove(message.partition())
        reader.close()
        return sorted(found, key=lambda event: (event.partition, event.offset))

    def committed(self, service: str) -> int | None:
        """The offset that a service has committed in the first partition, if any."""
        place = TopicPartition(self.topic(CONSUMED[service]), 0)
        group = self.group(service)
        committed = self.kafka.admin.list_group_offsets({group: [place]})[group].get(place)
        return committed.offset if committed and committed.offset >= 0 else None

    def handled(self, service: str, offset: int) -> None:
        """Wait until a service has committed an event."""
        what = f"the commit of offset {offset} by {service}"
        waited_for(lambda: (self.committed(service) or 0) > offset or None, what)

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
        """Leave no process behind."""
        for service in self.running:
            service.process.kill()
            service.process.wait(PATIENCE)


@pytest.fixture(scope="module")
def kafka() -> Iterator[Kafka]:
    """A broker for all tests of a module."""
    broker = EmbeddedKafka()
    broker.start()
    admin = KafkaAdminClient(bootstrap_servers=broker.address)
    producer = Producer({"bootstrap.servers": broker.address, "linger.ms": 0})
    yield Kafka(broker.address, admin, producer)
    producer.close()
    admin.close()
    broker.stop()


@pytest.fixture
def shop(kafka: Kafka, tmp_path: Path) -> Iterator[Shop]:
    """The topics of one test, of one partition each."""
    shop = Shop(kafka, tmp_path, partitions=1)
    yield shop
    shop.close()


@pytest.fixture
def wide_shop(kafka: Kafka, tmp_path: Path) -> Iterator[Shop]:
    """The same with two partitions."""
    shop = Shop(kafka, tmp_path, partitions=2)
    yield shop
    shop.close()
