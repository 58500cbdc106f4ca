"""The rig of these tests: a broker for a module, and for every test channels of its own."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from confluent_kafka import Producer
from kafka import KafkaAdminClient
from systems.kafka_ground import Kafka, KafkaGround
from systems.rabbitmq_ground import RabbitGround
from systems.shops import Ground, Shop
from systems.sqs_ground import SqsGround

from evtbdd.embedded.kafka import EmbeddedKafka
from evtbdd.embedded.sqs import EmbeddedSqs

Make = Callable[[str], Ground]


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


@pytest.fixture(scope="module")
def on_kafka(kafka: Kafka) -> Make:
    """Makes the topics of a test."""
    return lambda name: KafkaGround(kafka, name)


@pytest.fixture(scope="module")
def on_rabbitmq(real_rabbitmq: str) -> Make:
    """Makes the exchanges and queues of a test."""
    return lambda name: RabbitGround(real_rabbitmq, name)


@pytest.fixture(scope="module")
def on_sqs() -> Iterator[Make]:
    """Makes the topics and queues of a test."""
    with EmbeddedSqs() as broker:
        yield lambda name: SqsGround(broker.url, name)


@pytest.fixture(params=["kafka", "rabbitmq", "sqs"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    """The shop on each broker in turn."""
    make: Make = request.getfixturevalue(f"on_{request.param}")
    shop = Shop(make(f"evtbdd-{uuid.uuid4().hex[:8]}"), tmp_path)
    yield shop
    shop.close()


@pytest.fixture
def topics(kafka: Kafka, tmp_path: Path) -> KafkaGround:
    """Topics of one partition each, for what only Kafka has."""
    return KafkaGround(kafka, tmp_path.name)


@pytest.fixture
def wide_topics(kafka: Kafka, tmp_path: Path) -> KafkaGround:
    """The same with two partitions."""
    return KafkaGround(kafka, tmp_path.name, partitions=2)


@pytest.fixture
def kafka_shop(topics: KafkaGround, tmp_path: Path) -> Iterator[Shop]:
    """The shop on those."""
    shop = Shop(topics, tmp_path)
    yield shop
    shop.close()


@pytest.fixture
def wide_shop(wide_topics: KafkaGround, tmp_path: Path) -> Iterator[Shop]:
    """The same with two partitions."""
    shop = Shop(wide_topics, tmp_path)
    yield shop
    shop.close()
