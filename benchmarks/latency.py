"""(c) From publishing an event to having seen it."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from benchmarks.kafka import topics
from benchmarks.table import Row, interleaved, ms, ratio
from evtbdd.brokers.kafka.adapter import connect
from evtbdd.channels.channel import Channel
from evtbdd.channels.declaration import Declaration
from evtbdd.clock import Deadline
from evtbdd.journal import Journal
from evtbdd.ports import ChannelPlan, Message

TIMES = 300


def watched(address: str, number: int) -> float:
    """Through evtbdd's publisher, reader and journal, with so many channels watched."""
    broker = connect(address, patience=10)
    try:
        with topics(address, number) as names:
            channels = {
                each: Channel(Declaration(each), ChannelPlan(each), "main", broker)
                for each in names
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
                assert seen.wait(_soon())
                assert len(seen.new()) == 1

            found = _median(once)
            broker.reader().unwatch(names)
            return found
    finally:
        broker.close()


def raw(address: str) -> float:
    """A producer and a positioned consumer of kafka-python's, and nothing else."""
    with topics(address, 1) as (name,):
        producer = KafkaProducer(bootstrap_servers=address, linger_ms=0)
        consumer = KafkaConsumer(
            bootstrap_servers=address,
            group_id=None,
            enable_auto_commit=False,
            isolation_level="read_committed",
            fetch_max_wait_ms=10,
        )
        partition = TopicPartition(name, 0)
        consumer.assign([partition])
        consumer.seek_to_end(partition)
        consumer.position(partition)

        def once() -> None:
            producer.send(name, b'{"orderId": "ORD-1"}', b"ORD-1").get(10)
            while not consumer.poll(timeout_ms=1000):
                pass

        try:
            return _median(once)
        finally:
            producer.close()
            consumer.close()


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
        lambda: watched(address, 1),
        lambda: watched(address, 150),
        lambda: raw(address),
    )
    return [
        Row("(c) published to seen, one channel", ms(one), ms(floor), ratio(one, floor), "≤ 1.1×"),
        Row("(c) the same, 150 channels", ms(many), ms(floor), ratio(many, floor), "≤ 3×"),
    ]
