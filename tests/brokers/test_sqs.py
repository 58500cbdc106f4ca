"""The SQS adapter keeps what every broker promises, as far as a queue, a FIFO queue and a topic can."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

import pytest
from brokers.sqs_process import SqsProcess, sqs_process

from evtbdd.brokers.sqs.adapter import connect
from evtbdd.conformance import BrokerConformance, Mortal, RemoteConformance, SharedConformance
from evtbdd.conformance.concurrency import Concurrency
from evtbdd.conformance.ends import Reaching
from evtbdd.conformance.publishing import Publishing
from evtbdd.conformance.rig import Rig
from evtbdd.embedded.sqs import EmbeddedSqs
from evtbdd.ports import Broker

PATIENCE = 10.0
ILLEGAL = ("", ".fifo", "two words", "grüße", "x" * 81, "a.b", "a/b")


class Sqs(Rig):
    """Connections to an SQS in a process of its own; all channels have the options of the class."""

    illegal_names = ILLEGAL
    largest: ClassVar[int] = 1_048_576

    @pytest.fixture
    def address(self, sqs: SqsProcess) -> str:
        return sqs.address

    @pytest.fixture
    def broker(self, address: str) -> Iterator[Broker]:
        yield from self.connected(address)

    @pytest.fixture
    def second_connection(self, address: str) -> Iterator[Broker]:
        yield from self.connected(address)

    def connected(self, address: str) -> Iterator[Broker]:
        broker: Broker = connect(address, patience=PATIENCE)
        capabilities = broker.capabilities.of(self.options)
        broker.capabilities = replace(capabilities, largest_payload=self.largest)
        yield broker
        broker.close()


class TestQueues(Sqs, BrokerConformance, SharedConformance, RemoteConformance):
    """Standard queues, that evtbdd receives from."""

    adapter: ClassVar[str] = "SQS (queues)"

    @pytest.fixture
    def unreachable(self) -> Iterator[Broker]:
        # Bound, and not listened on: nobody else can begin to.
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            endpoint = f"http://127.0.0.1:{taken.getsockname()[1]}"
            yield from self.connected(f"us-east-1?endpoint={endpoint}")

    @pytest.fixture
    def mortal(self) -> Iterator[Mortal]:
        with sqs_process() as process:
            for broker in self.connected(process.address):
                yield Mortal(broker, process.kill)


class TestFifoQueues(Sqs, BrokerConformance):
    """FIFO queues: ordered within a message group."""

    adapter: ClassVar[str] = "SQS (FIFO)"
    options: ClassVar[dict[str, str]] = {"fifo": "yes"}


class TestTopics(Sqs, BrokerConformance, SharedConformance):
    """Queues that a topic feeds: every reader taps it."""

    adapter: ClassVar[str] = "SQS (topics)"
    options: ClassVar[dict[str, str]] = {"sns": "yes"}
    largest: ClassVar[int] = 262_144


class TestEmbeddedQueues(Sqs, Publishing, Reaching, Concurrency):
    """The same in this very process, as a run has it; what stands in each of its threads' way."""

    adapter: ClassVar[str] = "SQS (embedded)"

    @pytest.fixture
    def address(self) -> Iterator[str]:
        with EmbeddedSqs() as embedded:
            yield embedded.address
