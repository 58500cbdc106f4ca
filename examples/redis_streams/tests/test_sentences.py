"""What the adapter says of mistakes and of a Redis that does not do its part: a sentence for each."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor, wait
from threading import Thread

import pytest
import redis
from conftest import Connect, Serve

from evtbdd.clock import Deadline
from evtbdd.errors import (
    BrokerError,
    BrokerUnavailable,
    PublishRefused,
    SettingsError,
    UnsupportedCapability,
)
from evtbdd.ports import ChannelPlan, Message
from evtbdd_redis_streams.adapter import RedisBroker, connect

SHORT = 0.3

HANGING = 20.0
"""Seconds after which a call is said to hang: far beyond its deadline, however slow the machine."""


def soon() -> Deadline:
    return Deadline.after(10)


def test_mistakes(broker: RedisBroker, orders: str) -> None:
    """Each mistake is said in a sentence that names the stream, and where it is."""
    reader, at = broker.reader(), broker.address
    with pytest.raises(BrokerError) as exists:
        broker.create([ChannelPlan(orders)], soon())
    with pytest.raises(BrokerError) as nameless:
        broker.create([ChannelPlan("")], soon())
    with pytest.raises(BrokerError) as laneless:
        broker.create([ChannelPlan("wide", partitions=0)], soon())
    with pytest.raises(UnsupportedCapability) as wide:
        broker.create([ChannelPlan("wide", partitions=2)], soon())
    with pytest.raises(PublishRefused) as missing:
        broker.publish("nowhere", [Message(b"")], soon())
    with pytest.raises(PublishRefused) as keyless:
        broker.publish(orders, [Message(None)], soon())
    with pytest.raises(PublishRefused) as taken:
        broker.publish(orders, [Message(b"", headers=(("key", b"1"),))], soon())
    with pytest.raises(BrokerError) as endless:
        reader.ends(["nowhere"], soon())
    with pytest.raises(BrokerError) as unwatched:
        reader.read_to({orders: {"stream": 0}}, soon())
    errors = (exists, nameless, laneless, wide, missing, keyless, taken, endless, unwatched)
    assert [str(error.value) for error in errors] == [
        f'The stream "{orders}" exists already at {at}.',
        'The name "" cannot be that of a stream: it is empty.',
        'The stream "wide" cannot have 0 partitions; it is one.',
        "Redis has no partitions; memory and Kafka have them.",
        f'There is no stream "nowhere" at {at}.',
        "A tombstone needs a key: it says which key is deleted.",
        'A header of an event in Redis cannot be called "key": that field of an entry has a meaning '
        "of its own.",
        f'There is no stream "nowhere" at {at}.',
        f'The stream "{orders}" at {at} is not watched.',
    ]


@pytest.mark.parametrize("address", ["", "localhost", ":6379", "localhost:0", "localhost:x"])
def test_what_is_no_address(address: str) -> None:
    """An address that cannot be meant is said before anything is opened."""
    with pytest.raises(SettingsError) as said:
        connect(address, patience=1.0)
    assert str(said.value) == (
        f'"{address}" is no address of a Redis; it is written host:port, as in '
        "redis://localhost:6379."
    )


def test_a_redis_that_wants_a_password(serve: Serve, connected: Connect) -> None:
    """Whom it does not let in is told so."""
    own = serve("--requirepass", "secret")
    with pytest.raises(BrokerUnavailable) as said:
        connected(own.address).ping(soon())
    assert str(said.value) == (
        f"Redis at {own.address} could not answer a ping: it does not let evtbdd in "
        "(Authentication required)."
    )


def test_a_redis_whose_memory_is_full(serve: Serve, connected: Connect) -> None:
    """What it has no room for is refused, and nothing of it is stored."""
    own = serve()
    broker = connected(own.address)
    broker.create([ChannelPlan("orders")], soon())
    with redis.Redis(port=own.port) as plain:
        plain.config_set("maxmemory", 1)
        with pytest.raises(PublishRefused) as said:
            broker.publish("orders", [Message(b"x")], soon())
        assert plain.xlen("orders") == 0
    assert str(said.value).startswith(
        f'Redis at {own.address} could not publish to the stream "orders": its memory is full ('
    )


def test_something_else_than_redis(connected: Connect) -> None:
    """A port at which something else answers is told from a Redis that is away."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            asked, _ = listener.accept()
            with asked:
                asked.recv(1024)
                asked.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        web = Thread(target=answer)
        web.start()
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        with pytest.raises(BrokerUnavailable) as said:
            connected(address).ping(soon())
        web.join()
    assert str(said.value).startswith(
        f"Redis at {address} could not answer a ping: something else than Redis answers there ("
    )


def test_a_redis_that_answers_nothing(serve: Serve, connected: Connect) -> None:
    """One that hangs, with its connections open, is not waited for beyond the deadline."""
    own = serve()
    broker = connected(own.address, patience=3 * HANGING)
    broker.create([ChannelPlan("orders")], Deadline.after(3 * HANGING))
    own.freeze()

    def publish(value: bytes) -> str:
        with pytest.raises(BrokerUnavailable) as error:
            broker.publish("orders", [Message(value)], Deadline.after(SHORT))
        return str(error.value).partition(" (")[0]

    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(publish, value) for value in (b"small", bytes(20_000_000))]
        _, hanging = wait(asked, HANGING)
        own.kill()
        said = {each.result() for each in asked}
    assert not hanging
    assert said == {
        f'Redis at {own.address} could not publish to the stream "orders": it did not answer in time'
    }


def test_waiting_for_what_nobody_stores(broker: RedisBroker, orders: str) -> None:
    """A wait for more than there is ends at its deadline, and says for what it was."""
    broker.reader().watch([orders], lambda record: None, soon())
    with pytest.raises(BrokerUnavailable) as said:
        broker.reader().read_to({orders: {"stream": 1}}, Deadline.after(SHORT))
    assert str(said.value) == (
        f'Redis at {broker.address} did not hand over all that it has stored on "{orders}" in time.'
    )


def test_waiting_for_a_redis_that_is_gone(serve: Serve, connected: Connect) -> None:
    """Whoever waits for events of a Redis that is gone is told why there are none."""
    own = serve()
    broker = connected(own.address)
    broker.create([ChannelPlan("orders")], soon())
    broker.reader().watch(["orders"], lambda record: None, soon())
    own.kill()
    with pytest.raises(BrokerUnavailable) as said:
        broker.reader().read_to({"orders": {"stream": 1}}, Deadline.after(2))
    assert "in time: Redis at" in str(said.value)
    assert "the connection failed" in str(said.value)
