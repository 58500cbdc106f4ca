"""Brokers for these tests: Kafka embedded, and a real one."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from brokers.sqs_process import SqsProcess, sqs_process

from evtbdd.brokers.kafka.adapter import KafkaBroker
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
