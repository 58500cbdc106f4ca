"""Whether a service is subscribed: somebody besides evtbdd consumes what it says it consumes."""

from __future__ import annotations

import pika
import pytest
from brokers.rabbits import Rabbits, client_of, soon
from pika.adapters.blocking_connection import BlockingChannel

from evtbdd.ports import SubscriptionState


def state(rabbits: Rabbits, *names: str) -> SubscriptionState:
    return rabbits.broker.subscriptions().state("", names, soon())


def consume(service: BlockingChannel, queue: str) -> str:
    return service.basic_consume(queue, lambda *_: None)


def test_a_queue_with_a_consumer_is_subscribed(rabbits: Rabbits, service: BlockingChannel) -> None:
    """A channel nobody consumes keeps it from being ready, and the words name both."""
    first, second = rabbits.created(), rabbits.created({"kind": "queue"})
    consume(service, first)
    assert state(rabbits, first, second).words == (
        f'the queue "{first}" has 1 consumer; the queue "{second}" has 0 consumers'
    )
    assert not state(rabbits, first, second).ready
    consume(service, second)
    assert state(rabbits, first, second).ready
    assert len(state(rabbits, first, second).members) == 2
    assert not state(rabbits).ready


def test_evtbdd_itself_is_no_consumer(rabbits: Rabbits) -> None:
    """Neither by its tap nor by consuming a queue."""
    tapped, consumed = rabbits.watched(), rabbits.watched({"kind": "queue"})
    found = state(rabbits, tapped, consumed)
    assert (found.ready, found.members) == (False, frozenset())
    assert found.words == (
        f'the queue "{tapped}" has 0 consumers; the queue "{consumed}" has 0 consumers'
    )


def test_who_comes_after_one_that_has_gone_is_another(rabbits: Rabbits, real_rabbitmq: str) -> None:
    """So a service that is started again is not taken for its own former self."""
    name = rabbits.created()
    members = []
    for _ in range(2):
        client = client_of(real_rabbitmq)
        consume(client.channel(), name)
        members.append(state(rabbits, name).members)
        client.close()
        assert state(rabbits, name).members == frozenset()
    assert len(members[0]) == len(members[1]) == 1
    assert members[0] != members[1]


def test_one_more_consumer_is_one_more_member(rabbits: Rabbits, service: BlockingChannel) -> None:
    """Those that were there stay who they are."""
    name = rabbits.created()
    consume(service, name)
    before = state(rabbits, name).members
    consume(service, name)
    after = state(rabbits, name).members
    assert before < after
    assert len(after) == 2


def test_an_exchange_alone_is_subscribed_to_by_a_queue_of_a_service(
    rabbits: Rabbits, service: BlockingChannel
) -> None:
    """The management API tells which queues are bound, and who consumes them."""
    name = rabbits.watched({"kind": "exchange"})
    assert state(rabbits, name) == SubscriptionState(
        False, frozenset(), f'0 queues are bound to the exchange "{name}", with 0 consumers'
    )
    queue = service.queue_declare("", exclusive=True).method.queue
    service.queue_bind(queue, name, "#")
    assert state(rabbits, name).words == (
        f'1 queue is bound to the exchange "{name}", with 0 consumers'
    )
    consume(service, queue)
    deadline = soon()
    while not (found := state(rabbits, name)).ready:
        assert not deadline.expired()
    assert found.words == f'1 queue is bound to the exchange "{name}", with 1 consumer'
    assert len(found.members) == 1


@pytest.mark.parametrize("options", [{}, {"kind": "queue"}])
def test_a_channel_that_is_not_there_any_more(
    rabbits: Rabbits, client: pika.BlockingConnection, options: dict[str, str]
) -> None:
    """It is not ready, and the words say why."""
    name = rabbits.created(options)
    service = client.channel()
    service.exchange_delete(name)
    service.queue_delete(name)
    assert state(rabbits, name).words == f'there is no queue "{name}"'
    assert state(rabbits, name).words == f'there is no channel "{name}"'
