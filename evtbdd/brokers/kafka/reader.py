"""One consumer for a whole run: assigned and positioned by hand, in no group, read_committed."""

from __future__ import annotations

import queue
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Condition, Thread
from typing import Any

from kafka import IsolationLevel, KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.admin import OffsetSpec
from kafka.errors import KafkaError

from evtbdd.brokers.kafka.errors import sentence, translated
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerUnavailable
from evtbdd.events import Position, Record
from evtbdd.ports import Ends, Sink
from evtbdd.words import quoted

POLL = 10
"""Milliseconds after which the thread looks for something new to watch."""


@dataclass(slots=True)
class _Watched:
    """A partition that is read: where its records go, and which is to come next."""

    sink: Sink
    next: int


@dataclass(frozen=True, slots=True)
class _Order:
    """What another thread wants of the consumer, which only its own thread may touch."""

    watch: Mapping[TopicPartition, _Watched] = field(default_factory=dict)
    unwatch: frozenset[str] = frozenset()
    done: Future[None] = field(default_factory=Future)


class KafkaReader:
    """The reader of a KafkaBroker; its thread starts with the first channel that is watched."""

    def __init__(self, address: str, options: Mapping[str, Any], admin: KafkaAdminClient) -> None:
        self._address = address
        self._options = options
        self._admin = admin
        self._orders: queue.SimpleQueue[_Order | None] = queue.SimpleQueue()
        self._watched: dict[TopicPartition, _Watched] = {}
        self._progress = Condition()
        self._thread: Thread | None = None
        self._failure: BaseException | None = None

    def watch(self, channels: Sequence[str], sink: Sink, deadline: Deadline) -> Mapping[str, Ends]:
        """Read from the ends on that are returned; they are taken before the consumer is told."""
        ends = self.ends(channels, deadline)
        watch = {
            TopicPartition(channel, int(lane)): _Watched(sink, number)
            for channel, lanes in ends.items()
            for lane, number in lanes.items()
        }
        self._order(_Order(watch=watch), deadline)
        return ends

    def unwatch(self, channels: Sequence[str]) -> None:
        """Stop reading these; returns when the consumer has let go of them."""
        if self._thread is not None:
            self._order(_Order(unwatch=frozenset(channels)), Deadline.after(5))

    def ends(self, channels: Sequence[str], deadline: Deadline) -> Mapping[str, Ends]:
        """The last stable offset of every partition: an open transaction holds it back."""
        del deadline  # the client's own request timeout bounds it
        if not channels:
            return {}
        with translated(self._address, f"tell the end of {quoted(channels[0])}"):
            partitions = [
                TopicPartition(topic["name"], each["partition_index"])
                for topic in self._admin.describe_topics(list(channels))
                for each in topic["partitions"]
            ]
            found = self._admin.list_partition_offsets(
                dict.fromkeys(partitions, OffsetSpec.LATEST),
                isolation_level=IsolationLevel.READ_COMMITTED,
            )
        ends: dict[str, dict[str, int]] = {channel: {} for channel in channels}
        for partition, offset in found.items():
            ends[partition.topic][str(partition.partition)] = offset.offset
        return ends

    def read_to(self, ends: Mapping[str, Ends], deadline: Deadline) -> None:
        """Wait until the consumer's position has passed the ends; markers count as read."""
        wanted = {
            TopicPartition(channel, int(lane)): number
            for channel, lanes in ends.items()
            for lane, number in lanes.items()
        }
        with self._progress:
            reached = self._progress.wait_for(
                lambda: self._failure is not None or self._has_read(wanted), deadline.remaining()
            )
        self._raise_failure()
        if not reached:
            raise BrokerUnavailable(
                f"Kafka at {self._address} did not hand over all that it has stored on "
                f"{quoted(next(iter(ends)))} in time."
            )

    def _has_read(self, wanted: Mapping[TopicPartition, int]) -> bool:
        return all(
            partition not in self._watched or self._watched[partition].next >= number
            for partition, number in wanted.items()
        )

    def close(self) -> None:
        """End the thread."""
        if self._thread is not None:
            self._orders.put(None)
            self._thread.join(timeout=5)
            self._thread = None

    def _order(self, order: _Order, deadline: Deadline) -> None:
        if self._thread is None:
            self._thread = Thread(target=self._run, name="evtbdd kafka reader", daemon=True)
            self._thread.start()
        self._orders.put(order)
        try:
            order.done.result(timeout=deadline.remaining())
        except TimeoutError as error:
            self._raise_failure()
            raise BrokerUnavailable(
                f"Kafka at {self._address} could not be watched in time."
            ) from error

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise BrokerUnavailable(
                f"The reader of Kafka at {self._address} has stopped: {self._failure}"
            ) from self._failure

    def _run(self) -> None:
        """The thread: obey, poll, hand over; a failure is kept for whoever asks next."""
        try:
            with translated(self._address, "be read"):
                consumer = KafkaConsumer(
                    **self._options,
                    group_id=None,
                    enable_auto_commit=False,
                    isolation_level="read_committed",
                    auto_offset_reset="none",
                    fetch_max_wait_ms=20,
                    max_partition_fetch_bytes=8 * 1024 * 1024,
                )
            try:
                self._loop(consumer)
            finally:
                consumer.close(timeout_ms=1000)
        except Exception as error:  # noqa: BLE001 - told to every later caller
            with self._progress:
                self._failure = error
                self._progress.notify_all()

    def _loop(self, consumer: KafkaConsumer) -> None:
        while True:
            order = self._next_order()
            if order is None:
                return
            if order.watch or order.unwatch:
                self._obey(consumer, order)
                order.done.set_result(None)
            if self._watched:
                try:
                    self._hand_over(consumer, consumer.poll(timeout_ms=POLL))
                except KafkaError as error:
                    self._drop_deleted(error)

    def _next_order(self) -> _Order | None:
        """The next order; an empty one where there is none and something is to be read."""
        try:
            return self._orders.get(block=not self._watched)
        except queue.Empty:
            return _Order()

    def _obey(self, consumer: KafkaConsumer, order: _Order) -> None:
        with self._progress:
            for partition in [p for p in self._watched if p.topic in order.unwatch]:
                del self._watched[partition]
            self._watched.update(order.watch)
            consumer.assign(list(self._watched))
            for partition, watched in order.watch.items():
                consumer.seek(partition, watched.next)
            self._progress.notify_all()

    def _hand_over(self, consumer: KafkaConsumer, polled: Mapping[TopicPartition, Any]) -> None:
        for partition, records in polled.items():
            watched = self._watched[partition]
            for record in records:
                if record.offset >= watched.next:
                    watched.next = record.offset + 1
                    watched.sink(_record(record))
        with self._progress:
            for partition, watched in self._watched.items():
                # A position passes markers and aborted records, which are never handed over.
                position = consumer.position(partition, timeout_ms=0)
                if position is not None:
                    watched.next = max(watched.next, position)
            self._progress.notify_all()

    def _drop_deleted(self, error: KafkaError) -> None:
        """Somebody else may delete a topic that is watched: that is no failure of the reader."""
        if not getattr(error, "retriable", False):
            kind, text = sentence(error, self._address, "be read")
            raise kind(text) from error


def _record(record: Any) -> Record:
    position = Position(str(record.partition), record.offset)
    return Record(
        channel=record.topic,
        key=record.key,
        value=record.value,
        headers=tuple((name, value) for name, value in record.headers),
        position=position,
        timestamp=record.timestamp / 1000,
        where=f"partition {record.partition} offset {record.offset}",
        facts={"partition": record.partition, "offset": record.offset},
    )
