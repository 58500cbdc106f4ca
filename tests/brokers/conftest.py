"""Brokers for these tests: Kafka embedded, and a real one; a real RabbitMQ."""

from __future__ import annotations

import gc
import uuid
from collections.abc import Iterator

import pika
import pytest
from brokers.rabbits import PATIENCE as RABBITS_PATIENCE
from brokers.rabbits import Rabbits, client_of
from brokers.sqs_process import SqsProcess, sqs_process
from pika.adapters.blocking_connection import BlockingChannel

from evtbdd.brokers.kafka.adapter import KafkaBroker
from evtbdd.brokers.rabbitmq.adapter import RabbitBroker, connect
from evtbdd.clock import Deadline
from evtbdd.conformance.table import pytest_runtest_makereport, pytest_terminal_summary
from evtbdd.embedded.kafka import EmbeddedKafka

__all__ = ["pytest_runtest_makereport", "pytest_terminal_summary"]

PATIENCE = 10.0


@pytest.fixture(scope="module")
def sockets_collected() -> Iterator[None]:
    """Collect the sockets that kafka-python (3.0.12) does not close itself.

    They are those of connections that failed, or were closed while they were being made.
    """
    yield
    gc.collect()


@pytest.fixture(scope="session")
def embedded_address() -> Iterator[str]:
    """A Kafka of evtbdd's own."""
    with EmbeddedKafka() as kafka:
        yield kafka.address
    assert kafka.failures == []


@pytest.fixture(scope="session")
def real_address(real_kafka: str) -> str:
    """The real Kafka."""
    return real_kafka


@pytest.fixture(scope="session")
def sqs() -> Iterator[SqsProcess]:
    """moto's SQS, in a process of its own."""
    with sqs_process() as found:
        yield found


@pytest.fixture(params=["embedded", "real"])
def address(request: pytest.FixtureRequest) -> str:
    """Each Kafka in turn."""
    found: str = request.getfixturevalue(f"{request.param}_address")
    return found


@pytest.fixture
def kafka(address: str) -> Iterator[KafkaBroker]:
    """evtbdd's connection to it."""
    broker = KafkaBroker(address, patience=PATIENCE)
    yield broker
    broker.close()


@pytest.fixture
def rabbit(real_rabbitmq: str) -> Iterator[RabbitBroker]:
    """evtbdd's connection to the real RabbitMQ."""
    broker = connect(real_rabbitmq, patience=RABBITS_PATIENCE)
    yield broker
    broker.close()


@pytest.fixture
def rabbits(rabbit: RabbitBroker) -> Iterator[Rabbits]:
    """Makes channels on it, which are deleted in the end, and watches them."""
    made = Rabbits(rabbit)
    yield made
    made.clean_up()


@pytest.fixture
def client(real_rabbitmq: str) -> Iterator[pika.BlockingConnection]:
    """A client of somebody else's on the same RabbitMQ."""
    connection = client_of(real_rabbitmq)
    yield connection
    if connection.is_open:
        connection.close()


@pytest.fixture
def service(client: pika.BlockingConnection) -> BlockingChannel:
    """A channel of AMQP of that client."""
    return client.channel()


@pytest.fixture
def restricted(rabbit: RabbitBroker) -> Iterator[tuple[str, str]]:
    """A user who may look at everything in the default vhost, and change nothing."""
    management = rabbit.management
    name, password = f"evtbdd-{uuid.uuid4().hex[:8]}", "looking-glass"
    path = f"users/{name}"
    management.put(path, {"password": password, "tags": ""}, Deadline.after(RABBITS_PATIENCE))
    management.put(
        f"permissions/%2F/{name}",
        {"configure": "", "write": "", "read": ".*"},
        Deadline.after(RABBITS_PATIENCE),
    )
    yield name, password
    management.delete(path, Deadline.after(RABBITS_PATIENCE))
