"""A Redis that ends, and comes back."""

from __future__ import annotations

import pytest
import redis
from conftest import Connect, Serve

from evtbdd.clock import Deadline
from evtbdd.conformance.rig import Collected
from evtbdd.errors import BrokerError
from evtbdd.ports import ChannelPlan, Message
from evtbdd_redis_streams.adapter import RedisBroker


def soon() -> Deadline:
    return Deadline.after(20)


def read_up(broker: RedisBroker, name: str) -> None:
    reader = broker.reader()
    reader.read_to(reader.ends([name], soon()), soon())


def test_a_redis_that_remembers(serve: Serve, connected: Connect) -> None:
    """With what it had stored, nothing is lost, nothing twice, also of what others publish."""
    own = serve(durable=True)
    broker, sink = connected(own.address), Collected()
    broker.create([ChannelPlan("orders")], soon())
    broker.reader().watch(["orders"], sink, soon())
    for turn in range(3):
        broker.publish("orders", [Message(b"%d" % turn)], soon())
        read_up(broker, "orders")
        own.kill()
        own.start()
        with redis.Redis(port=own.port) as plain:
            plain.xadd("orders", {"payload": "other"})
        read_up(broker, "orders")
    told = [(each.value, each.position.number) for each in sink.records]
    expected = [b"0", b"other", b"1", b"other", b"2", b"other"]
    assert told == [(value, number) for number, value in enumerate(expected)]


def test_a_redis_that_forgets(serve: Serve, connected: Connect) -> None:
    """Without, the streams that were watched are said to be gone, and new ones are fine."""
    own = serve()
    broker, sink = connected(own.address), Collected()
    broker.create([ChannelPlan("orders")], soon())
    broker.reader().watch(["orders"], sink, soon())
    own.kill()
    own.start()
    with pytest.raises(BrokerError) as said:
        broker.reader().read_to({"orders": {"stream": 1}}, soon())
    assert str(said.value) == (
        f'The stream "orders" at {own.address} cannot be read any further: it was deleted while '
        "evtbdd was watching it."
    )
    broker.create([ChannelPlan("shipments")], soon())
    broker.reader().watch(["shipments"], sink, soon())
    broker.publish("shipments", [Message(b"x")], soon())
    read_up(broker, "shipments")
    assert sink.values() == [b"x"]
