"""Whoever publishes to RabbitMQ writes and reads in his own thread: what might go wrong with that."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace

import pytest
from brokers.rabbits import PATIENCE, Rabbits, soon
from brokers.relay import Relay

from evtbdd.brokers.rabbitmq.access import Access
from evtbdd.brokers.rabbitmq.adapter import RabbitBroker, connect
from evtbdd.brokers.rabbitmq.address import Address
from evtbdd.brokers.security import Security
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerUnavailable, PublishRefused
from evtbdd.ports import Message

LONG = 600.0


@pytest.fixture
def relay(real_rabbitmq: str) -> Iterator[Relay]:
    with Relay(Address.parse(real_rabbitmq, tls=False).port) as relay:
        yield relay


@pytest.fixture
def through(relay: Relay, rabbits: Rabbits) -> Iterator[Rabbits]:
    """Channels that are there, on a connection that goes through the relay."""
    with closing(connect(f"127.0.0.1:{relay.port}", patience=PATIENCE)) as broker:
        made = Rabbits(broker)
        made.name = rabbits.name  # type: ignore[method-assign]  # which deletes them directly
        yield made


def test_an_idle_connection_is_kept_alive(
    real_rabbitmq: str, relay: Relay, rabbits: Rabbits
) -> None:
    """No heartbeat lapses while nobody publishes: the same connection takes the next event."""
    name = rabbits.watched()
    access = replace(Access.of(Address.parse("x", tls=False), Security()), heartbeat=1)
    address = Address.parse(f"127.0.0.1:{relay.port}", tls=False)
    with closing(RabbitBroker(address, access, patience=PATIENCE)) as broker:
        broker.publish(name, [Message(b"1")], soon())
        # One for questions, and the one that is published over.
        assert relay.connections == 2
        with relay.changed:
            # RabbitMQ gives up after two intervals of silence; a heartbeat is sent twice in each.
            assert relay.changed.wait_for(lambda: relay.heartbeats >= 20, 60)
        broker.publish(name, [Message(b"2")], soon())
        assert relay.connections == 2
    assert [each.value for each in rabbits.read(name)] == [b"1", b"2"]


def test_a_cut_between_two_events(through: Rabbits, relay: Relay, rabbits: Rabbits) -> None:
    """A connection that was lost while nobody published is opened anew; no event is lost, or twice."""
    name = rabbits.watched()
    for value in (b"1", b"2", b"3"):
        through.publish(name, value)
        relay.cut()
    assert [each.value for each in rabbits.read(name)] == [b"1", b"2", b"3"]


def test_several_threads_that_publish(rabbits: Rabbits) -> None:
    """Each is told the position of its own event, also where events are the same but for that."""
    name = rabbits.watched()
    together = threading.Barrier(4)

    def publish(thread: int) -> list[tuple[bytes, int]]:
        together.wait(PATIENCE)
        values = [b"%d %d" % (thread, number) for number in range(25)]
        return [(value, rabbits.publish(name, value, id="same").number) for value in values]

    with ThreadPoolExecutor(4) as pool:
        told = [each for found in pool.map(publish, range(4)) for each in found]
    seen = [(each.value, each.position.number) for each in rabbits.read(name)]
    assert sorted(told, key=lambda each: each[1]) == seen
    assert len(seen) == 100


def test_one_that_is_refused_beside_one_that_is_not(rabbits: Rabbits) -> None:
    """What RabbitMQ answers to one thread is never taken for the answer to another."""
    taken, closed = rabbits.watched(), rabbits.created({"bindings": "eu.#"})

    def refused(_: int) -> None:
        with pytest.raises(PublishRefused, match="no queue takes it from there"):
            rabbits.publish(closed, routing_key="us.1")

    with ThreadPoolExecutor(2) as pool:
        refusals = pool.map(refused, range(20))
        for number in range(20):
            rabbits.publish(taken, b"%d" % number)
        assert len(list(refusals)) == 20
    assert [each.value for each in rabbits.read(taken)] == [b"%d" % each for each in range(20)]


def test_a_thread_waits_for_its_turn_no_longer_than_its_deadline(
    through: Rabbits, relay: Relay, rabbits: Rabbits
) -> None:
    """One that waits long for its confirm holds up another for as long as that one has, not more."""
    name = rabbits.created()
    through.publish(name)
    relay.fall_silent()
    with ThreadPoolExecutor(1) as pool:
        long = pool.submit(through.broker.publish, name, [Message(b"x")], Deadline.after(LONG))
        with pytest.raises(BrokerUnavailable, match="it did not answer in time"):
            through.broker.publish(name, [Message(b"y")], Deadline.after(1.0))
        relay.go_on()
        long.result(PATIENCE)


@pytest.mark.parametrize("watched", [False, True])
def test_closing_ends_the_wait_of_another_thread(
    through: Rabbits, relay: Relay, watched: bool
) -> None:
    """Whoever waits for a confirm is told that the connection is closed; nothing is left of it."""
    name = through.watched() if watched else through.created()
    through.publish(name)
    relay.fall_silent()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(through.broker.publish, name, [Message(b"x")], Deadline.after(LONG))
        through.broker.close()
        error = waiting.exception(PATIENCE)
    assert isinstance(error, BrokerUnavailable)
    assert str(error) == f"The connection to RabbitMQ at {through.broker.address} is closed."
    assert not [each for each in threading.enumerate() if each.name == "evtbdd rabbitmq"]
