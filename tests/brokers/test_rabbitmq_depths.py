"""How much a queue holds: what is ready, and what somebody has and did not acknowledge."""

from __future__ import annotations

import pytest
from brokers.rabbits import Rabbits, soon
from pika.adapters.blocking_connection import BlockingChannel

from evtbdd.brokers.rabbitmq.adapter import connect
from evtbdd.errors import BrokerError, UnsupportedCapability
from evtbdd.offers import Depth


def depth(rabbits: Rabbits, queue: str) -> Depth:
    return rabbits.broker.depth(queue, soon())


def take(service: BlockingChannel, queue: str) -> int:
    """Get one event without acknowledging it."""
    found, _, _ = service.basic_get(queue)
    assert found is not None
    return int(found.delivery_tag)


def test_what_is_not_acknowledged_is_still_held(rabbits: Rabbits, service: BlockingChannel) -> None:
    """Told at once, in both directions: no statistics are asked."""
    name = rabbits.created()
    rabbits.publish(name, b"1")
    rabbits.publish(name, b"2")
    assert depth(rabbits, name) == Depth(ready=2, unacknowledged=0, consumers=0)
    tag = take(service, name)
    assert depth(rabbits, name) == Depth(ready=1, unacknowledged=1, consumers=0)
    assert depth(rabbits, name).held == 2
    service.basic_ack(tag)
    service.queue_declare(name, passive=True)  # what came before it was done then
    assert depth(rabbits, name) == Depth(ready=1, unacknowledged=0, consumers=0)


def test_a_tap_is_no_consumer_of_the_queue(rabbits: Rabbits, service: BlockingChannel) -> None:
    """Whoever else consumes is counted."""
    name = rabbits.watched()
    assert depth(rabbits, name).consumers == 0
    service.basic_consume(name, lambda *_: None)
    assert depth(rabbits, name).consumers == 1


def test_a_queue_is_known_by_its_whole_name(rabbits: Rabbits, service: BlockingChannel) -> None:
    """Whatever a regular expression would make of it; and whoever has made it."""
    name = f"{rabbits.name()}.*+[a-z](1) ü/\\E$"
    longer = f"{name} longer"
    for each in (name, longer):
        service.queue_declare(each, durable=True)
    try:
        service.confirm_delivery()
        service.basic_publish("", longer, b"1")
        assert (depth(rabbits, name).ready, depth(rabbits, longer).ready) == (0, 1)
    finally:
        for each in (name, longer):
            service.queue_delete(each)


def test_a_quorum_queue_tells_late(rabbits: Rabbits, service: BlockingChannel) -> None:
    """What is ready it tells at once; what is not acknowledged only where somebody may have it."""
    name = rabbits.created({"queue arguments": "x-queue-type = quorum"})
    rabbits.publish(name, b"1")
    assert depth(rabbits, name) == Depth(ready=1, unacknowledged=0, consumers=0)
    service.basic_consume(name, lambda *_: None)
    found = depth(rabbits, name)
    assert (found.consumers, found.late) == (1, 5.5)


def test_without_the_management_api_only_what_is_ready_is_told(
    rabbits: Rabbits, real_rabbitmq: str
) -> None:
    """The rest is not guessed."""
    name = rabbits.created()
    rabbits.publish(name, b"1")
    where = real_rabbitmq.partition("?")[0]
    broker = connect(f"{where}?management=1", patience=10)
    assert broker.depth(name, soon()) == Depth(ready=1, unacknowledged=None, consumers=0)
    assert broker.depth(name, soon()).held == 1
    broker.close()


def test_a_queue_that_is_not_there(rabbits: Rabbits) -> None:
    """It is said by its name."""
    with pytest.raises(BrokerError, match='There is no queue "nowhere" in RabbitMQ at'):
        depth(rabbits, "nowhere")


def test_a_queue_that_evtbdd_consumes_holds_nothing(rabbits: Rabbits) -> None:
    """To say so would be green for a reason of evtbdd's own."""
    name = rabbits.watched({"kind": "queue"})
    with pytest.raises(UnsupportedCapability, match="watch = none"):
        depth(rabbits, name)
