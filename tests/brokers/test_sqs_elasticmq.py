"""The SQS adapter keeps its promises on ElasticMQ too, which is neither moto nor AWS."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import ClassVar

import pytest
from brokers.elasticmq import elasticmq
from brokers.test_sqs import Sqs

from evtbdd.conformance import BrokerConformance, SharedConformance

# `make test-more` sets it: then what is missing is a failure.
WANTED = bool(os.environ.get("TEST_MORE"))
pytestmark = (
    []
    if WANTED
    else [pytest.mark.optional, pytest.mark.skip("TEST_MORE is not set (make test-more)")]
)


@pytest.fixture(scope="module")
def elastic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One for all of these tests."""
    with elasticmq(tmp_path_factory.mktemp("elasticmq")) as address:
        yield address


class TestElasticQueues(Sqs, BrokerConformance, SharedConformance):
    """Standard queues."""

    adapter: ClassVar[str] = "ElasticMQ (queues)"

    @pytest.fixture
    def address(self, elastic: str) -> str:
        return elastic


class TestElasticFifoQueues(Sqs, BrokerConformance):
    """FIFO queues."""

    adapter: ClassVar[str] = "ElasticMQ (FIFO)"
    options: ClassVar[dict[str, str]] = {"fifo": "yes"}

    @pytest.fixture
    def address(self, elastic: str) -> str:
        return elastic
