"""Channels whose creation took longer than it may: none of them stays behind."""

from __future__ import annotations

import asyncio
import uuid
from threading import Event

import pytest
from brokers.sqs_process import SqsProcess

from evtbdd.brokers.kafka.adapter import KafkaBroker
from evtbdd.brokers.kafka.topics import Topics
from evtbdd.brokers.rabbitmq.adapter import RabbitBroker
from evtbdd.brokers.rabbitmq.topology import Topology
from evtbdd.brokers.sqs.adapter import connect
from evtbdd.brokers.sqs.queue import Queue
from evtbdd.brokers.sqs.queues import Queues
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerUnavailable
from evtbdd.ports import ChannelPlan

LATE = "No answer came in time."


def soon() -> Deadline:
    return Deadline.after(20)


def plans() -> list[ChannelPlan]:
    own = uuid.uuid4().hex[:8]
    return [ChannelPlan(f"evtbdd-late-{own}-{number}") for number in range(3)]


def test_queues_of_an_sqs_that_became_too_slow(
    sqs: SqsProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also one that was made, and of which SQS could not tell any more."""
    wanted = plans()
    make = Queues.make

    def late(self: Queues, name: str, attributes: dict[str, str], deadline: Deadline) -> Queue:
        made = make(self, name, attributes, soon())
        if name == wanted[-1].name:
            Event().wait(deadline.remaining())
            raise BrokerUnavailable(LATE)
        return made

    monkeypatch.setattr(Queues, "make", late)
    broker = connect(sqs.address, patience=10.0)
    with pytest.raises(BrokerUnavailable, match=LATE):
        broker.create(wanted, Deadline.after(1.0))
    assert set(broker.names(soon())).isdisjoint(plan.name for plan in wanted)
    broker.close()


def test_exchanges_and_queues_of_a_rabbitmq_that_became_too_slow(
    rabbit: RabbitBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of them are declared before the first of them is bound."""
    wanted = plans()

    async def late(*_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(Topology, "_bind", late)
    with pytest.raises(BrokerUnavailable):
        rabbit.create(wanted, Deadline.after(1.0))
    monkeypatch.undo()
    assert rabbit.lanes([plan.name for plan in wanted], soon()) == {}


def test_topics_of_a_kafka_that_finds_no_leaders(
    kafka: KafkaBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are there already when they are waited for."""
    wanted = plans()
    monkeypatch.setattr(Topics, "_are_led", lambda *_: False)
    with pytest.raises(BrokerUnavailable):
        kafka.create(wanted, Deadline.after(0.5))
    assert set(kafka.names(soon())).isdisjoint(plan.name for plan in wanted)
