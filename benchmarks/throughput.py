"""(f) Events a second through reader and journal, none lost.

They are published in a transaction that is committed once all are stored: so what is measured is
reading alone.
"""

from __future__ import annotations

import time
from uuid import uuid4

from confluent_kafka import Producer
from kafka import KafkaConsumer, TopicPartition

from benchmarks.kafka import topics
from benchmarks.table import Row, interleaved, ratio
from evtbdd.brokers.kafka.adapter import connect
from evtbdd.channels.channel import Channel
from evtbdd.channels.declaration import Declaration
from evtbdd.clock import Deadline
from evtbdd.journal import Journal, Seen
from evtbdd.ports import ChannelPlan

PAYLOAD = b'{"orderId": "ORD-1", "customer": "ann", "items": [], "total": 20.0}'


def _stored(address: str, topic: str, events: int) -> Producer:
    producer = Producer(
        {
            "bootstrap.servers": address,
            "transactional.id": uuid4().hex,
            "queue.buffering.max.messages": events + 1,
        }
    )
    producer.init_transactions()
    producer.begin_transaction()
    for number in range(events):
        producer.produce(topic, PAYLOAD, str(number).encode())
    producer.flush()
    return producer


def through_journal(address: str, events: int) -> float:
    """Events a second, from the commit to the last one that the journal holds."""
    broker = connect(address, patience=10)
    try:
        with topics(address, 1) as (name,):
            channel = Channel(Declaration(name), ChannelPlan(name), "main", broker)
            journal = Journal()
            ends = broker.reader().watch([name], channel.hand_over, _soon())
            channel.note_in(journal)
            channel.begin_at(ends[name])
            producer = _stored(address, name, events)
            began = time.perf_counter()
            producer.commit_transaction()
            assert journal.wait(events - 1, Deadline.after(120))
            took = time.perf_counter() - began
            broker.reader().read_to(broker.reader().ends([name], _soon()), _soon())
            seen = [n.entry.event.record for n in journal.since() if isinstance(n.entry, Seen)]
            assert [record.key for record in seen] == [str(n).encode() for n in range(events)]
            broker.reader().unwatch([name])
            return events / took
    finally:
        broker.close()


def raw(address: str, events: int) -> float:
    """The same by a consumer of kafka-python's that keeps the records in a list."""
    with topics(address, 1) as (name,):
        consumer = KafkaConsumer(
            bootstrap_servers=address,
            group_id=None,
            enable_auto_commit=False,
            isolation_level="read_committed",
            check_crcs=False,
            max_partition_fetch_bytes=8 * 1024 * 1024,
        )
        partition = TopicPartition(name, 0)
        consumer.assign([partition])
        consumer.seek_to_beginning(partition)
        consumer.position(partition)
        producer = _stored(address, name, events)
        try:
            began = time.perf_counter()
            producer.commit_transaction()
            found: list[object] = []
            while len(found) < events:
                for records in consumer.poll(timeout_ms=1000).values():
                    found += records
            return events / (time.perf_counter() - began)
        finally:
            consumer.close()


def _soon() -> Deadline:
    return Deadline.after(20)


def rows(address: str, events: int, rounds: int) -> list[Row]:
    ours, floor = interleaved(
        rounds, lambda: through_journal(address, events), lambda: raw(address, events)
    )
    what = f"(f) events a second, {events:,} events, none lost"
    return [Row(what, f"{ours:,.0f}/s", f"{floor:,.0f}/s", ratio(ours, floor), "≥ 50,000/s")]
