"""What holds for every test: where something required is missing in CI, a skip is a failure."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING

import pytest

from evtbdd.errors import BrokerUnavailable
from evtbdd.keeper import HeldKeeper
from evtbdd.provisioning.local_kafka import LocalKafka
from evtbdd.provisioning.local_rabbitmq import LocalRabbitMQ

if TYPE_CHECKING:
    from brokers.secured import Secured


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure in CI, unless the test is marked as optional."""
    report = yield
    if report.skipped and os.environ.get("CI") and not item.get_closest_marker("optional"):
        report.outcome = "failed"
        report.longrepr = f"skipped, and CI must not skip: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def real_kafka() -> Iterator[str]:
    """The address of a real Kafka: the one that TEST_KAFKA names, else one for these tests."""
    if "TEST_KAFKA" in os.environ:
        yield os.environ["TEST_KAFKA"]
        return
    keeper = HeldKeeper()
    kafka = LocalKafka(keeper)
    try:
        kafka.start()
    except BrokerUnavailable as error:
        keeper.close()
        pytest.skip(str(error))
    yield kafka.address
    kafka.stop()
    keeper.close()


@pytest.fixture(scope="session")
def real_rabbitmq() -> Iterator[str]:
    """What stands behind `amqp://` for a RabbitMQ with its management API.

    The one that TEST_RABBITMQ names, else one for these tests.
    """
    if "TEST_RABBITMQ" in os.environ:
        yield os.environ["TEST_RABBITMQ"]
        return
    keeper = HeldKeeper()
    rabbitmq = LocalRabbitMQ(keeper)
    try:
        rabbitmq.start()
    except BrokerUnavailable as error:
        keeper.close()
        pytest.skip(str(error))
    yield rabbitmq.address
    rabbitmq.stop()
    keeper.close()


@pytest.fixture(scope="session")
def secured_embedded() -> Iterator[Secured]:
    """Embedded Kafkas with the same user and certificates."""
    from brokers.secured_embedded import secured_embedded

    with secured_embedded() as found:
        yield found


@pytest.fixture(scope="session")
def secured() -> Iterator[Secured]:
    """A real Kafka with users and certificates."""
    from brokers.secured import secured_kafka

    kafka = secured_kafka()
    try:
        found = kafka.__enter__()
    except BrokerUnavailable as error:
        pytest.skip(str(error))
    yield found
    kafka.__exit__(None, None, None)
