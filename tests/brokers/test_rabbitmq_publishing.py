"""Publishing to RabbitMQ: where an event goes, and every way in which it is refused."""

from __future__ import annotations

import pika
import pytest
from brokers.rabbits import Rabbits, soon
from pika.adapters.blocking_connection import BlockingChannel

from evtbdd.brokers.rabbitmq.adapter import connect
from evtbdd.errors import PublishRefused, UnsupportedCapability
from evtbdd.ports import Message


def test_what_a_service_sees(rabbits: Rabbits, service: BlockingChannel) -> None:
    """The payload, the headers with the key among them, and nothing of evtbdd's but an id."""
    name = rabbits.watched()
    headers = (("trace", b"1"), ("raw", b"\xff"), ("none", None))
    rabbits.publish(name, b"{}", key=b"42", headers=headers, routing_key="eu.orders", id="id-1")
    delivery, found, body = service.basic_get(name, auto_ack=True)
    assert (delivery.exchange, delivery.routing_key, body) == (name, "eu.orders", b"{}")
    assert found.headers == {"trace": "1", "raw": b"\xff", "none": None, "key": "42"}
    said = {key: value for key, value in vars(found).items() if value is not None}
    del said["headers"]
    assert said == {"delivery_mode": 2, "message_id": "id-1"}


@pytest.mark.parametrize(
    ("options", "default", "seen"),
    [
        ({}, "OrderPlaced", "OrderPlaced"),
        ({"routing key": "eu"}, "OrderPlaced", "eu"),
    ],
)
def test_the_routing_key_where_none_is_given(
    rabbits: Rabbits, options: dict[str, str], default: str, seen: str
) -> None:
    """That of the settings, else the type."""
    name = rabbits.watched(options)
    rabbits.publish(name, default_routing_key=default)
    (record,) = rabbits.read(name)
    assert record.facts["routing_key"] == seen


def test_its_name_is_the_last_resort(rabbits: Rabbits) -> None:
    """Where there is no type either, the routing key is what the channel is called."""
    name = rabbits.watched()
    rabbits.publish(name)
    (record,) = rabbits.read(name)
    assert record.facts["routing_key"] == name


def test_bindings_decide_what_its_queue_gets(rabbits: Rabbits, service: BlockingChannel) -> None:
    """The queue gets what its bindings say, and the tap sees all that another queue takes too."""
    name = rabbits.watched({"bindings": "eu.#"})
    other = service.queue_declare("", exclusive=True).method.queue
    service.queue_bind(other, name, "us.#")
    rabbits.publish(name, b"1", routing_key="eu.1")
    rabbits.publish(name, b"2", routing_key="us.1")
    assert [each.value for each in rabbits.read(name)] == [b"1", b"2"]
    assert service.queue_declare(name, passive=True).method.message_count == 1
    assert service.queue_declare(other, passive=True).method.message_count == 1


def test_an_event_that_no_queue_takes(rabbits: Rabbits) -> None:
    """It is refused where RabbitMQ returns it, and where only evtbdd's own queue would take it."""
    name = rabbits.created({"bindings": "eu.#"})
    for watched in (False, True):
        if watched:
            rabbits.watch(name)
        with pytest.raises(PublishRefused) as raised:
            rabbits.publish(name, routing_key="us.1")
        assert str(raised.value) == (
            f'RabbitMQ at {rabbits.broker.address} could not publish to the channel "{name}": no '
            'queue takes it from there by the routing key "us.1". Is the service that binds one '
            "running?"
        )
    assert rabbits.read(name) == []


def test_an_exchange_that_nothing_is_bound_to(rabbits: Rabbits, service: BlockingChannel) -> None:
    """What is published to it is refused, until a service binds a queue."""
    name = rabbits.watched({"kind": "exchange", "exchange type": "fanout"})
    with pytest.raises(PublishRefused, match="no queue takes it from there"):
        rabbits.publish(name)
    queue = service.queue_declare("", exclusive=True).method.queue
    service.queue_bind(queue, name)
    rabbits.publish(name)
    assert len(rabbits.read(name)) == 1


def test_a_queue_that_takes_no_more(rabbits: Rabbits) -> None:
    """A full queue that rejects makes RabbitMQ nack the event: that is a refusal."""
    full = "x-max-length = 1\nx-overflow = reject-publish"
    name = rabbits.created({"queue arguments": full})
    rabbits.publish(name)
    with pytest.raises(PublishRefused) as raised:
        rabbits.publish(name)
    assert str(raised.value) == (
        f'RabbitMQ at {rabbits.broker.address} could not publish to the channel "{name}": a queue '
        "that takes it is full, or has failed (it was nacked)."
    )


def test_an_alternate_exchange(rabbits: Rabbits, service: BlockingChannel) -> None:
    """What it takes is not refused where nobody taps the first; a tap takes its place."""
    name, rest = rabbits.name(), rabbits.watched()
    arguments = {"alternate-exchange": rest}
    service.exchange_declare(name, "topic", durable=True, arguments=arguments)
    rabbits.publish(name, b"1", routing_key="nobody")
    assert [each.value for each in rabbits.read(rest)] == [b"1"]
    rabbits.watch(name)
    with pytest.raises(PublishRefused, match="no queue takes it"):
        rabbits.publish(name, b"2", routing_key="nobody")
    assert [each.value for each in rabbits.read(name, rest)] == [b"1"]


def test_an_exchange_that_was_deleted(rabbits: Rabbits, service: BlockingChannel) -> None:
    """It is told by its name, and nothing is made anew by publishing; the next channel is fine."""
    name, other = rabbits.created(), rabbits.watched()
    rabbits.publish(name)
    service.exchange_delete(name)
    service.queue_delete(name)
    for _ in range(2):
        with pytest.raises(PublishRefused, match=f'There is no channel "{name}" at '):
            rabbits.publish(name)
    rabbits.publish(other)
    assert len(rabbits.read(other)) == 1


def test_a_queue_without_exchange_that_was_deleted(
    rabbits: Rabbits, service: BlockingChannel
) -> None:
    """RabbitMQ returns what is published to it: the sentence names the channel."""
    name = rabbits.created({"kind": "queue"})
    rabbits.publish(name)
    service.queue_delete(name)
    with pytest.raises(PublishRefused, match=f'There is no channel "{name}" at '):
        rabbits.publish(name)


def test_a_user_who_must_not_write(
    rabbits: Rabbits, real_rabbitmq: str, restricted: tuple[str, str]
) -> None:
    """What RabbitMQ refuses to a user is told in its words."""
    name = rabbits.created()
    user, password = restricted
    where = real_rabbitmq.rpartition("@")[2]
    broker = connect(f"{user}:{password}@{where}", patience=20)
    with pytest.raises(PublishRefused) as raised:
        broker.publish(name, [Message(b"x")], soon())
    broker.close()
    # From 3.11 on it says which access it means.
    assert str(raised.value).replace("(write access", "(access") == (
        f'RabbitMQ at {broker.address} could not publish to the channel "{name}": the user is '
        f"not allowed to (access to exchange '{name}' in vhost '/' refused for user '{user}')."
    )


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (
            Message(b"", key=b"1", headers=(("key", b"2"),)),
            'The event has a key, which is its header "key" on RabbitMQ, and another value in that '
            "header.",
        ),
        (
            Message(b"", routing_key="ü" * 128),
            "A routing key has 255 bytes at the most, and this one has 256.",
        ),
        (
            Message(b"", headers=(("h" * 256, b""),)),
            f'The name of a header is too long for AMQP, which takes 255 bytes: "{"h" * 256}".',
        ),
    ],
)
def test_what_amqp_cannot_carry(rabbits: Rabbits, message: Message, text: str) -> None:
    """It is refused before anything is sent."""
    name = rabbits.watched()
    with pytest.raises(PublishRefused) as raised:
        rabbits.broker.publish(name, [message], soon())
    assert str(raised.value) == text
    assert rabbits.read(name) == []


def test_properties(rabbits: Rabbits, service: BlockingChannel) -> None:
    """A step can give those that clients of RabbitMQ set, in the place of evtbdd's own too."""
    name = rabbits.watched()
    given = {
        "content_type": "application/json",
        "correlation_id": "c-1",
        "reply_to": "answers",
        "message_id": "m-1",
        "message_type": "placed",
        "priority": "3",
        "delivery_mode": "1",
    }
    position = rabbits.publish(name, b"{}", properties=given)
    _, found, _ = service.basic_get(name, auto_ack=True)
    said = {key: value for key, value in vars(found).items() if value is not None}
    assert said == {
        "content_type": "application/json",
        "correlation_id": "c-1",
        "reply_to": "answers",
        "message_id": "m-1",
        "type": "placed",
        "priority": 3,
        "delivery_mode": 1,
    }
    (record,) = rabbits.read(name)
    assert record.position == position
    assert {fact: str(record.facts[fact]) for fact in given} == given


@pytest.mark.parametrize(
    ("properties", "text"),
    [
        ({"priority": "high"}, '@priority is a number from 0 to 255, not "high".'),
        ({"delivery_mode": "3"}, '@delivery_mode is a number from 1 to 2, not "3".'),
        ({"reply_to": "x" * 256}, "@reply_to is longer than AMQP takes, 255 bytes."),
    ],
)
def test_properties_that_cannot_be_meant(
    rabbits: Rabbits, properties: dict[str, str], text: str
) -> None:
    """They are refused before anything is sent."""
    name = rabbits.created()
    with pytest.raises(PublishRefused) as raised:
        rabbits.publish(name, properties=properties)
    assert str(raised.value) == text


def test_nothing_is_sent_of_several_where_one_cannot_be(rabbits: Rabbits) -> None:
    """All are looked at before the first is published."""
    name = rabbits.watched()
    with pytest.raises(UnsupportedCapability, match="RabbitMQ has no tombstones; memory and Kafka"):
        rabbits.broker.publish(name, [Message(b"1"), Message(None)], soon())
    assert rabbits.read(name) == []


def test_the_same_event_again(rabbits: Rabbits) -> None:
    """It has the same id, and each copy a position of its own, that of its record."""
    name = rabbits.watched()
    message = Message(b"x", id="id-1")
    positions = rabbits.broker.publish(name, [message] * 3, soon())
    records = rabbits.read(name)
    assert [each.facts["message_id"] for each in records] == ["id-1"] * 3
    assert [each.position for each in records] == list(positions)
    assert len(set(positions)) == 3


def test_an_id_that_a_service_has_copied(rabbits: Rabbits, service: BlockingChannel) -> None:
    """Another event under the same id is never taken for the one that was published."""
    name = rabbits.watched()
    service.basic_publish(name, "other", b"copy", pika.BasicProperties(message_id="id-1"))
    rabbits.read(name)
    position = rabbits.publish(name, b"x", id="id-1")
    copy, own = rabbits.read(name)
    assert (copy.value, own.value, own.position) == (b"copy", b"x", position)


def test_a_position_that_nobody_has_seen(rabbits: Rabbits) -> None:
    """What is published where nobody watches has a position that no record has."""
    name = rabbits.created()
    unseen = [rabbits.publish(name) for _ in range(3)]
    rabbits.watch(name)
    seen = [rabbits.publish(name) for _ in range(3)]
    assert len({*unseen, *seen}) == 6
    assert unseen == sorted(unseen)
    assert max(unseen) < min(seen)
