"""Streams that others write to in their own way, delete from, or delete."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
import redis

from evtbdd.clock import Deadline
from evtbdd.conformance.rig import Collected
from evtbdd.errors import BrokerError
from evtbdd.ports import ChannelPlan, Message
from evtbdd_redis_streams.adapter import RedisBroker
from evtbdd_redis_streams.streams import End
from evtbdd_redis_streams.watched import Watched


def soon() -> Deadline:
    return Deadline.after(10)


def publish(broker: RedisBroker, name: str, *values: bytes) -> None:
    broker.publish(name, [Message(value) for value in values], soon())


def read_up(broker: RedisBroker, name: str) -> None:
    reader = broker.reader()
    reader.read_to(reader.ends([name], soon()), soon())


def read_up_twice(broker: RedisBroker, name: str) -> None:
    for _ in range(2):
        read_up(broker, name)


@pytest.fixture
def seen(broker: RedisBroker, orders: str) -> Collected:
    """What is handed over of the stream."""
    sink = Collected()
    broker.reader().watch([orders], sink, soon())
    return sink


def test_what_others_see(broker: RedisBroker, orders: str, plain: redis.Redis) -> None:
    """An event is an entry that any client can make sense of."""
    message = Message(b"{}", key=b"42", headers=(("type", b"OrderPlaced"), ("trace", None)))
    broker.publish(orders, [message], soon())
    ((_, fields),) = plain.xrange(orders)
    assert fields == {b"key": b"42", b"payload": b"{}", b"type": b"OrderPlaced", b"null": b"trace"}


def test_entries_of_others(
    broker: RedisBroker, orders: str, plain: redis.Redis, seen: Collected
) -> None:
    """Fields are headers but for payload and key; numbers count entries, whatever their ids are."""
    plain.xadd(orders, {"payload": "{}", "type": "OrderPlaced", b"\xff": b"\xfe"}, id="5-7")
    plain.xadd(orders, {"status": "shipped"}, id="5-8")
    read_up(broker, orders)
    told = [(each.key, each.value, each.headers, each.where) for each in seen.records]
    assert told == [
        (None, b"{}", (("type", b"OrderPlaced"), ("\udcff", b"\xfe")), "entry 0 id 5-7"),
        (None, None, (("status", b"shipped"),), "entry 1 id 5-8"),
    ]
    assert [each.timestamp for each in seen.records] == [0.005, 0.005]
    assert [each.facts for each in seen.records] == [
        {"entry": 0, "id": "5-7"},
        {"entry": 1, "id": "5-8"},
    ]


def test_more_entries_than_are_read_at_once(
    broker: RedisBroker, orders: str, plain: redis.Redis, seen: Collected
) -> None:
    """However many are added at once, all are handed over, in their order."""
    with plain.pipeline(transaction=True) as together:
        for number in range(1234):
            together.xadd(orders, {"payload": number})
        together.execute()
    read_up(broker, orders)
    assert seen.values() == [b"%d" % number for number in range(1234)]


def test_deleting_what_was_read(
    broker: RedisBroker, orders: str, plain: redis.Redis, seen: Collected
) -> None:
    """Entries that are deleted or trimmed after they were read are missed by nobody."""
    publish(broker, orders, b"1", b"2", b"3")
    read_up(broker, orders)
    plain.xdel(orders, seen.records[1].where.rpartition(" ")[2])
    plain.xtrim(orders, maxlen=0)
    publish(broker, orders, b"4")
    read_up(broker, orders)
    assert [(each.value, each.position.number) for each in seen.records] == [
        (b"1", 0),
        (b"2", 1),
        (b"3", 2),
        (b"4", 3),
    ]


@pytest.mark.parametrize(
    ("count", "what"),
    [
        (1, "1 event was deleted from it before evtbdd had read it"),
        (2, "2 events were deleted from it before evtbdd had read them"),
    ],
)
def test_deleting_what_was_not_read(
    broker: RedisBroker, orders: str, plain: redis.Redis, seen: Collected, count: int, what: str
) -> None:
    """Nothing can be claimed of a stream from which entries were deleted that evtbdd has not seen."""
    with plain.pipeline(transaction=True) as together:
        for number in range(count):
            together.xadd(orders, {"payload": "unseen"}, id=f"5-{number}")
            together.xdel(orders, f"5-{number}")
        together.execute()
    publish(broker, orders, b"seen")
    with pytest.raises(BrokerError) as said:
        read_up(broker, orders)
    assert str(said.value) == (
        f'The stream "{orders}" at {broker.address} cannot be read any further: {what}.'
    )


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_stream_made_anew(
    broker: RedisBroker, orders: str, plain: redis.Redis, seen: Collected, count: int
) -> None:
    """Another stream of the same name is not taken for the one that is watched.

    Where it holds more it may be read once: then it is found out when its end is asked for again.
    """
    publish(broker, orders, b"1", b"2")
    read_up(broker, orders)
    with plain.pipeline(transaction=True) as together:
        together.delete(orders)
        for _ in range(count):
            together.xadd(orders, {"payload": "new"})
        together.execute()
    with pytest.raises(BrokerError) as said:
        read_up_twice(broker, orders)
    assert str(said.value) == (
        f'The stream "{orders}" at {broker.address} cannot be read any further: it was deleted, and '
        "made anew, while evtbdd was watching it."
    )


@pytest.mark.parametrize(
    ("end", "is_the_same"),
    [
        (End(2, b"9-0"), True),
        (End(3, b"9-1"), True),
        (End(2, b"9-1"), False),
        (End(1, b"9-1"), False),
    ],
)
def test_telling_a_stream_from_another(end: End, is_the_same: bool) -> None:
    """A stream that was read up to its second entry ends there, or later with more entries."""
    watched = Watched("orders", "here", Collected(), 2, b"9-0")
    watched.compare(end, 2, b"9-0")
    assert (watched.failure is None) is is_the_same


def test_unwatching_in_the_midst_of_events(
    broker: RedisBroker, orders: str, plain: redis.Redis
) -> None:
    """Once `unwatch` has returned nothing more is handed over, however many are on their way."""
    ended = Event()

    def publish_on() -> None:
        while not ended.is_set():
            plain.xadd(orders, {"payload": "x"})

    with ThreadPoolExecutor(1) as pool:
        publishing = pool.submit(publish_on)
        try:
            for _ in range(100):
                sink = Collected()
                broker.reader().watch([orders], sink, soon())
                read_up(broker, orders)
                broker.reader().unwatch([orders])
                handed = len(sink.records)
                broker.reader().watch([orders], Collected(), soon())
                read_up(broker, orders)
                assert len(sink.records) == handed
        finally:
            ended.set()
        publishing.result()


def test_a_stream_that_becomes_something_else(
    broker: RedisBroker, orders: str, shipments: str, plain: redis.Redis, seen: Collected
) -> None:
    """A key that is no stream any more disturbs no other one, and is not deleted with streams."""
    broker.reader().watch([shipments], seen, soon())
    with plain.pipeline(transaction=True) as together:
        together.delete(orders)
        together.set(orders, "no stream")
        together.execute()
    for value in (b"1", b"2"):
        publish(broker, shipments, value)
        read_up(broker, shipments)
    assert seen.values() == [b"1", b"2"]
    with pytest.raises(BrokerError) as said:
        broker.reader().read_to({orders: {"stream": 1}}, soon())
    assert str(said.value) == (
        f'The stream "{orders}" at {broker.address} cannot be read any further: it was deleted while '
        "evtbdd was watching it."
    )
    assert orders not in broker.names(soon())
    broker.delete([orders], soon())
    assert plain.getdel(orders) == b"no stream"


@pytest.mark.parametrize("name", ["two words", "grüße", 'a"b', "x" * 1000, "{a}*?[b]", "\udcff"])
def test_names(broker: RedisBroker, name: str) -> None:
    """Any name but the empty one is that of a stream, and is listed as it is."""
    broker.create([ChannelPlan(name)], soon())
    assert name in broker.names(soon())
    sink = Collected()
    broker.reader().watch([name], sink, soon())
    publish(broker, name, b"x")
    read_up(broker, name)
    assert [each.channel for each in sink.records] == [name]
    broker.delete([name], soon())
