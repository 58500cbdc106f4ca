"""Looking on at a RabbitMQ: what is seen, what nobody else sees of it, and what is left alone."""

from __future__ import annotations

import json

import pika
import pytest
from brokers.rabbits import Rabbits, soon
from pika.adapters.blocking_connection import BlockingChannel

from evtbdd.brokers.rabbitmq.management import of_vhost
from evtbdd.brokers.rabbitmq.names import TAP
from evtbdd.errors import BrokerError
from evtbdd.events import Position, Record


def test_the_facts_of_a_record(rabbits: Rabbits, service: BlockingChannel) -> None:
    """What a service has set is there: properties and headers, as what they are or as text."""
    name = rabbits.watched()
    found = pika.BasicProperties(
        content_type="application/json",
        correlation_id="c-1",
        reply_to="answers",
        priority=3,
        type="placed",
        app_id="shop",
        timestamp=1_700_000_000,
        headers={"n": 42, "yes": True, "none": None, "raw": b"\xff", "parts": {"a": [1, "ü"]}},
    )
    service.basic_publish(name, "eu.orders", b"{}", found)
    (record,) = rabbits.read(name)
    assert record.facts == {
        "routing_key": "eu.orders",
        "exchange": name,
        "redelivered": False,
        "content_type": "application/json",
        "correlation_id": "c-1",
        "reply_to": "answers",
        "priority": 3,
        "message_type": "placed",
        "app_id": "shop",
    }
    assert record.headers == (
        ("n", b"42"),
        ("yes", b"true"),
        ("none", None),
        ("raw", b"\xff"),
        ("parts", '{"a": [1, "ü"]}'.encode()),
    )
    assert record.timestamp == 1_700_000_000
    assert record.where == 'number 0 routing key "eu.orders"'


def test_the_key_is_a_header(rabbits: Rabbits, service: BlockingChannel) -> None:
    """It can be looked at as both."""
    name = rabbits.watched()
    service.basic_publish(name, "", b"", pika.BasicProperties(headers={"key": 42}))
    (record,) = rabbits.read(name)
    assert (record.key, record.headers) == (b"42", (("key", b"42"),))


def test_what_dead_lettering_leaves(rabbits: Rabbits, service: BlockingChannel) -> None:
    """A rejected event comes to the channel of the dead letters, and says where it died, and why."""
    dead = rabbits.watched()
    name = rabbits.watched(dead_letter=dead)
    rabbits.publish(name, b"bad", key=b"42", routing_key="eu.orders")
    delivery, _, _ = service.basic_get(name)
    service.basic_reject(delivery.delivery_tag, requeue=False)
    record = arrived(rabbits, dead)
    assert (record.key, record.value) == (b"42", b"bad")
    said = {fact: value for fact, value in record.facts.items() if fact.startswith("death.")}
    moment = said.pop("death.time")
    assert said == {
        "death.count": 1,
        "death.reason": "rejected",
        "death.queue": name,
        "death.exchange": name,
        "death.routing_keys": ["eu.orders"],
    }
    assert str(moment).startswith("20")
    assert type(record.facts["death.count"]) is int
    (deaths,) = [value for header, value in record.headers if header == "x-death"]
    assert json.loads(deaths or b"")[0]["queue"] == name


def arrived(rabbits: Rabbits, name: str) -> Record:
    """The first record of a channel, which RabbitMQ moves there in its own time."""
    deadline = soon()
    while not (records := rabbits.read(name)):
        assert not deadline.expired()
    return records[0]


@pytest.mark.parametrize(
    ("kind", "attempts"), [("exchange and queue", 3), ("queue", 3), ("queue", 1)]
)
def test_attempts(rabbits: Rabbits, service: BlockingChannel, kind: str, attempts: int) -> None:
    """After so many deliveries an event goes to the dead letters, whichever kind of channel."""
    dead = rabbits.watched({"kind": kind})
    name = rabbits.created(dead_letter=dead, attempts=attempts)
    rabbits.publish(name, b"bad")
    deliveries = []
    for _, (delivery, found, _) in zip(range(attempts), service.consume(name), strict=False):
        deliveries.append((delivery.redelivered, (found.headers or {}).get("x-delivery-count", 0)))
        service.basic_nack(delivery.delivery_tag, requeue=True)
    assert deliveries == [(False, 0), (True, 1), (True, 2)][:attempts]
    record = arrived(rabbits, dead)
    assert record.value == b"bad"
    assert record.facts["death.reason"] == "delivery_limit"


def test_time_to_live(rabbits: Rabbits) -> None:
    """An event that nobody takes in time goes to the dead letters."""
    dead = rabbits.watched()
    name = rabbits.created({"queue arguments": "x-message-ttl = 1"}, dead_letter=dead)
    rabbits.publish(name, b"late")
    assert arrived(rabbits, dead).facts["death.reason"] == "expired"


def test_a_dead_letter_channel_of_a_longer_life(rabbits: Rabbits, service: BlockingChannel) -> None:
    """It may have been made before, also by somebody else."""
    dead = rabbits.name()
    service.queue_declare(dead, durable=True)
    name = rabbits.created({"queue arguments": "x-max-length = 1"}, dead_letter=dead)
    rabbits.watch(dead)
    rabbits.publish(name, b"first")
    rabbits.publish(name, b"second")
    record = arrived(rabbits, dead)
    assert (record.value, record.facts["death.reason"]) == (b"first", "maxlen")


def test_what_comes_from_another_channels_exchange(
    rabbits: Rabbits, service: BlockingChannel
) -> None:
    """A queue that is bound to another exchange too is seen to get what comes from there."""
    orders = rabbits.created()
    name = rabbits.watched({"bindings": f"#\n{orders}: eu.#"})
    rabbits.publish(orders, b"1", routing_key="eu.1")
    rabbits.publish(orders, b"2", routing_key="us.1")
    rabbits.publish(name, b"3")
    assert [each.value for each in rabbits.read(name)] == [b"1", b"3"]
    assert service.queue_declare(name, passive=True).method.message_count == 2


def test_a_direct_exchange(rabbits: Rabbits, service: BlockingChannel) -> None:
    """It is seen by the keys of its bindings; another key is another queue's matter."""
    name = rabbits.watched({"exchange type": "direct", "bindings": "created\npacked"})
    other = service.queue_declare("", exclusive=True).method.queue
    service.queue_bind(other, name, "lost")
    seen = rabbits.publish(name, b"1", routing_key="packed")
    unseen = rabbits.publish(name, b"2", routing_key="lost")
    assert [(each.value, each.position) for each in rabbits.read(name)] == [(b"1", seen)]
    assert unseen < Position("queue", 0)


def test_an_exchange_that_somebody_else_has_made(
    rabbits: Rabbits, service: BlockingChannel
) -> None:
    """It is watched as what it is; a direct one cannot be, for nobody tells the keys."""
    for kind in ("topic", "fanout", "headers"):
        name = rabbits.name()
        service.exchange_declare(name, kind)
        rabbits.watch(name)
        service.basic_publish(name, "any.thing", b"x")
        assert len(rabbits.read(name)) == 1
    name = rabbits.name()
    service.exchange_declare(name, "direct")
    with pytest.raises(BrokerError) as raised:
        rabbits.watch(name)
    assert str(raised.value) == (
        f'The exchange "{name}" at {rabbits.broker.address} cannot be watched: it is direct, and '
        "evtbdd was not told which routing keys are bound."
    )


def test_nobody_else_sees_how_evtbdd_looks_on(rabbits: Rabbits, service: BlockingChannel) -> None:
    """Neither the queue of a service nor a second tap gets a marker, and none is listed."""
    name = rabbits.watched()
    other = service.queue_declare("", exclusive=True).method.queue
    service.queue_bind(other, name, "#")
    for _ in range(5):
        rabbits.read(name)
    assert service.queue_declare(name, passive=True).method.message_count == 0
    assert service.queue_declare(other, passive=True).method.message_count == 0
    assert not [each for each in rabbits.broker.names(soon()) if each.startswith(TAP)]


def taps(rabbits: Rabbits) -> list[str]:
    queues = rabbits.broker.management.get(f"{of_vhost('queues', '/')}?columns=name", soon())
    return [each["name"] for each in queues if each["name"].startswith(TAP)]


def test_nothing_is_left_of_a_tap(rabbits: Rabbits) -> None:
    """Its queue is gone soon after the channel is watched no more."""
    before = set(taps(rabbits))
    name = rabbits.watched()
    assert len(set(taps(rabbits)) - before) == 1
    rabbits.broker.reader().unwatch([name])
    deadline = soon()
    while set(taps(rabbits)) - before:
        assert not deadline.expired()


def test_what_was_in_a_queue_before_is_left_there(
    rabbits: Rabbits, service: BlockingChannel
) -> None:
    """evtbdd takes what came since it watches, and no more."""
    name = rabbits.created({"kind": "queue"})
    for body in (b"1", b"2"):
        rabbits.publish(name, body)
    rabbits.watch(name)
    rabbits.publish(name, b"3")
    assert [each.value for each in rabbits.read(name)] == [b"3"]
    rabbits.broker.reader().unwatch([name])
    deadline = soon()
    while service.queue_declare(name, passive=True).method.message_count < 2:
        assert not deadline.expired()
    left = [service.basic_get(name, auto_ack=True)[2] for _ in range(2)]
    assert left == [b"1", b"2"]
    assert service.basic_get(name) == (None, None, None)


def test_an_event_that_is_delivered_again(rabbits: Rabbits, service: BlockingChannel) -> None:
    """What somebody has given back is marked so."""
    name = rabbits.created({"kind": "queue"})
    rabbits.publish(name, b"x")
    delivery, _, _ = service.basic_get(name)
    rabbits.watch(name)
    service.basic_nack(delivery.delivery_tag, requeue=True)
    assert arrived(rabbits, name).facts["redelivered"] is True


def test_an_exchange_that_is_deleted_while_it_is_watched(
    rabbits: Rabbits, service: BlockingChannel
) -> None:
    """Whoever asks for its end, or waits for an event on it, is told."""
    name = rabbits.watched()
    service.exchange_delete(name)
    text = f'The channel "{name}" at {rabbits.broker.address} was deleted while evtbdd was watching it.'
    with pytest.raises(BrokerError) as ends:
        rabbits.broker.reader().ends([name], soon())
    with pytest.raises(BrokerError) as waiting:
        rabbits.broker.reader().read_to({name: {"queue": 1}}, soon())
    assert (str(ends.value), str(waiting.value)) == (text, text)


def test_an_exchange_that_is_made_anew_while_it_is_watched(
    rabbits: Rabbits, service: BlockingChannel
) -> None:
    """It is seen again from the next question on."""
    name = rabbits.watched()
    service.exchange_delete(name)
    service.exchange_declare(name, "topic", durable=True)
    rabbits.read(name)
    service.basic_publish(name, "a", b"x")
    assert [each.value for each in rabbits.read(name)] == [b"x"]


def test_a_queue_that_is_deleted_while_it_is_consumed(
    rabbits: Rabbits, service: BlockingChannel
) -> None:
    """The same of a queue alone."""
    name = rabbits.watched({"kind": "queue"})
    service.queue_delete(name)
    with pytest.raises(BrokerError, match=f'"{name}" at '):
        rabbits.broker.reader().ends([name], soon())
