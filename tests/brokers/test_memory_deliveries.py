"""The broker in memory hands events to consumers in this process, and knows what they are done with."""

from __future__ import annotations

from threading import Thread

import pytest

from evtbdd.brokers.memory.adapter import MemoryBroker
from evtbdd.clock import Deadline
from evtbdd.offers import Acknowledgements, Delivers
from evtbdd.ports import ChannelPlan, Message

FROM_THE_BEGINNING = {"orders": {"0": 0}}


def soon() -> Deadline:
    return Deadline.after(5)


@pytest.fixture
def memory() -> MemoryBroker:
    memory = MemoryBroker()
    memory.create([ChannelPlan("orders"), ChannelPlan("parcels", partitions=2)], soon())
    return memory


def publish(memory: MemoryBroker, *values: bytes, channel: str = "orders") -> None:
    memory.publish(channel, [Message(value, b"k") for value in values], soon())


def committed(memory: MemoryBroker) -> object:
    return memory.committed("g", {"orders": ["0"]}, soon())


def test_it_offers_what_handlers_need(memory: MemoryBroker) -> None:
    """Those who ask find it by its methods."""
    assert isinstance(memory, Delivers)
    assert isinstance(memory, Acknowledgements)


def test_events_are_handed_over_one_after_another(memory: MemoryBroker) -> None:
    """Those of several channels in the order in which they were stored, from the ends on."""
    publish(memory, b"before")
    delivery = memory.deliver("g", {"orders": {"0": 1}, "parcels": {"0": 0, "1": 0}})
    publish(memory, b"1")
    publish(memory, b"2", channel="parcels")
    publish(memory, b"3")
    taken = []
    for _ in range(3):
        record = delivery.take()
        assert record is not None
        taken.append(record.value)
        delivery.done(record)
    assert taken == [b"1", b"2", b"3"]


def test_what_was_stored_before_somebody_takes_is_kept(memory: MemoryBroker) -> None:
    """A consumer that comes late is handed what lies behind its beginning."""
    publish(memory, b"1", b"2")
    delivery = memory.deliver("g", FROM_THE_BEGINNING)
    assert (record := delivery.take()) is not None
    assert record.value == b"1"


def test_what_is_in_hand_is_not_done(memory: MemoryBroker) -> None:
    """Only what was acknowledged is; that is what proofs rest on."""
    delivery = memory.deliver("g", FROM_THE_BEGINNING)
    assert memory.at_rest()
    publish(memory, b"1", b"2")
    assert (memory.at_rest(), committed(memory)) == (False, {"orders": {"0": 0}})
    first = delivery.take()
    assert first is not None
    assert (memory.at_rest(), committed(memory)) == (False, {"orders": {"0": 0}})
    delivery.done(first)
    assert (memory.at_rest(), committed(memory)) == (False, {"orders": {"0": 1}})
    second = delivery.take()
    assert second is not None
    delivery.done(second)
    assert (memory.at_rest(), committed(memory)) == (True, {"orders": {"0": 2}})


def test_one_group_that_is_busy_is_enough_to_be_busy(memory: MemoryBroker) -> None:
    """What it publishes may be the other's to handle."""
    for group in ("g", "h"):
        memory.deliver(group, FROM_THE_BEGINNING)
    publish(memory, b"1")
    delivery = memory.deliver("g", FROM_THE_BEGINNING)
    record = delivery.take()
    assert record is not None
    delivery.done(record)
    assert not memory.at_rest()
    memory.forget("h")
    assert memory.at_rest()


def test_who_is_closed_goes_on_where_it_stood(memory: MemoryBroker) -> None:
    """What it had in hand it is handed again; an acknowledgement that comes too late is none."""
    delivery = memory.deliver("g", FROM_THE_BEGINNING)
    publish(memory, b"1")
    record = delivery.take()
    assert record is not None
    delivery.close()
    delivery.done(record)
    publish(memory, b"2")
    assert delivery.take() is None
    again = memory.deliver("g", {"orders": {"0": 99}})
    assert [each and each.value for each in (again.take(), again.take())] == [b"1", b"2"]


def test_whoever_waits_is_woken_by_the_end(memory: MemoryBroker) -> None:
    """Nobody is left waiting for a broker that is closed."""
    taken: list[object] = []
    delivery = memory.deliver("g", FROM_THE_BEGINNING)
    waiting = Thread(target=lambda: taken.append(delivery.take()))
    waiting.start()
    memory.close()
    waiting.join(5)
    assert taken == [None]


def test_what_is_deleted_is_not_handed_over(memory: MemoryBroker) -> None:
    """Nor is it waited for."""
    memory.deliver("g", FROM_THE_BEGINNING)
    publish(memory, b"1")
    memory.delete(["orders"], soon())
    assert memory.at_rest()
    assert committed(memory) == {}
