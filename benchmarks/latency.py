"""(c), (g) From publishing an event to having seen it."""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib import import_module
from statistics import median
from uuid import uuid4

from benchmarks.table import Row, interleaved, ms, ratio
from evtbdd.brokers.kafka.adapter import connect as kafka
from evtbdd.brokers.registry import connected
from evtbdd.channels.channel import Channel
from evtbdd.channels.declaration import Declaration
from evtbdd.clock import Deadline
from evtbdd.journal import Journal
from evtbdd.ports import Broker, ChannelPlan, Message

TIMES = 300


def watched(broker: Broker, number: int) -> float:
    """Through evtbdd's publisher, reader and journal, with so many channels watched."""
    names = [f"seen-{uuid4().hex[:8]}-{each}" for each in range(number)]
    plans = [ChannelPlan(each) for each in names]
    try:
        broker.create(plans, _soon())
        channels = {
            plan.name: Channel(Declaration(plan.name), plan, "main", broker) for plan in plans
        }
        ends = broker.reader().watch(
            names, lambda record: channels[record.channel].hand_over(record), _soon()
        )
        channel, journal = channels[names[0]], Journal()
        channel.note_in(journal)
        channel.begin_at(ends[names[0]])
        seen = journal.cursor()

        def once() -> None:
            channel.publish([Message(b'{"orderId": "ORD-1"}', b"ORD-1")], _soon())
            channel.attend()
            assert seen.wait(_soon())
            assert len(seen.new()) == 1

        found = _median(once)
        broker.reader().unwatch(names)
        broker.delete(names, _soon())
        return found
    finally:
        broker.close()


def by_hand(kind: str, address: str) -> float:
    """The client of that kind of broker, and nothing else."""
    link = import_module(f"benchmarks.by_hand.{kind}").Link(address)
    name = f"floor-{uuid4().hex[:8]}"
    link.create(name)

    def once() -> None:
        link.publish(name, "ORD-1", b'{"orderId": "ORD-1"}')
        link.receive()

    try:
        return _median(once)
    finally:
        link.delete(name)
        link.close()


def _median(once: Callable[[], None]) -> float:
    """Of many times, after some to get warm."""
    taken = []
    for _ in range(TIMES):
        began = time.perf_counter()
        once()
        taken.append(time.perf_counter() - began)
    return median(taken[TIMES // 10 :])


def _soon() -> Deadline:
    return Deadline.after(10)


def rows(address: str, rounds: int) -> list[Row]:
    one, many, floor = interleaved(
        rounds,
        lambda: watched(kafka(address, patience=10), 1),
        lambda: watched(kafka(address, patience=10), 150),
        lambda: by_hand("kafka", address),
    )
    return [
        Row("(c) published to seen, one channel", ms(one), ms(floor), ratio(one, floor), "≤ 1.1×"),
        Row("(c) the same, 150 channels", ms(many), ms(floor), ratio(many, floor), "≤ 3×"),
    ]


def other_rows(rabbitmq: str, sqs: str, rounds: int) -> list[Row]:
    """The same on the other brokers."""
    found = []
    for kind, scheme, address in (("rabbitmq", "amqp", rabbitmq), ("sqs", "sqs", sqs)):
        ours, floor = interleaved(
            rounds,
            lambda scheme=scheme, address=address: watched(
                connected(scheme, address, patience=10, security=None), 1
            ),
            lambda kind=kind, address=address: by_hand(kind, address),
        )
        what = f"(g) published to seen, {kind}, one channel"
        found.append(Row(what, ms(ours), ms(floor), ratio(ours, floor), "≤ 1.1×"))
    return found
