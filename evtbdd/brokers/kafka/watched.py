"""The partitions that a reader watches: where each is to be read on, and who waits for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kafka import KafkaConsumer, TopicPartition

from evtbdd.brokers.kafka.partitions import partitions_of
from evtbdd.errors import BrokerError
from evtbdd.events import Position, Record
from evtbdd.ports import Ends, Sink
from evtbdd.words import quoted


@dataclass(slots=True)
class Watched:
    """A partition that is read: where its records go, which is next, and what keeps it from it."""

    sink: Sink
    next: int
    failure: BrokerError | None = None

    def hand_over(self, record: Any) -> None:
        """Give a record to the sink, unless it was given already or lies before what is watched."""
        if record.offset >= self.next:
            self.sink(_record(record))
            self.next = record.offset + 1


@dataclass(frozen=True, slots=True, eq=False)
class Waiting:
    """Somebody who waits for partitions to be read up to a number each."""

    wanted: Sequence[tuple[TopicPartition, Watched, int]]

    def is_over(self) -> bool:
        """Whether all is read, or something never will be."""
        return all(
            watched.next >= number or watched.failure is not None
            for _, watched, number in self.wanted
        )

    def raise_failure(self) -> None:
        """Raise what keeps a partition from being read."""
        for _, watched, number in self.wanted:
            if watched.next < number and watched.failure is not None:
                raise watched.failure.with_traceback(None)


@dataclass(slots=True)
class WatchedPartitions:
    """All that one reader watches; its lock is the reader's."""

    address: str
    changed: bool = False
    _partitions: dict[TopicPartition, Watched] = field(default_factory=dict)
    _unplaced: set[TopicPartition] = field(default_factory=set)
    _waiting: list[Waiting] = field(default_factory=list)

    def add(self, ends: Mapping[str, Ends], sink: Sink) -> None:
        """Watch these from their ends on; one that is watched already goes on to the new sink."""
        for partition, number in _partitions_of(ends):
            self._partitions[partition] = Watched(sink, number)
            self._unplaced.add(partition)
        self.changed = True

    def remove(self, topics: Sequence[str]) -> None:
        """Watch these no more."""
        for partition in [each for each in self._partitions if each.topic in topics]:
            del self._partitions[partition]
            self._unplaced.discard(partition)
        self.changed = True

    def get(self, partition: TopicPartition) -> Watched | None:
        """What is known of a partition that is watched."""
        return self._partitions.get(partition)

    def topics(self) -> frozenset[str]:
        """The topics that are read."""
        return frozenset(partition.topic for partition in self._readable())

    def is_busy(self) -> bool:
        """Whether there is something to read, or to tell the consumer."""
        return self.changed or bool(self._partitions)

    def until(self, ends: Mapping[str, Ends]) -> Waiting:
        """Begin to wait for all before these ends; what is not watched is not waited for."""
        waiting = Waiting(
            [
                (partition, self._partitions[partition], number)
                for partition, number in _partitions_of(ends)
                if partition in self._partitions
            ]
        )
        self._waiting.append(waiting)
        return waiting

    def no_longer(self, waiting: Waiting) -> None:
        """End to wait."""
        self._waiting.remove(waiting)

    def place_all_again(self) -> None:
        """Have a new consumer begin where the last one stopped."""
        self._unplaced.update(self._partitions)
        self.changed = True

    def place(self, consumer: KafkaConsumer) -> None:
        """Assign what is watched to the consumer, and put it to where each new one is to begin."""
        readable = self._readable()
        consumer.assign(readable)
        for partition in self._unplaced.intersection(readable):
            consumer.seek(partition, self._partitions[partition].next)
        self._unplaced.clear()
        self.changed = False

    def note_positions(self, consumer: KafkaConsumer) -> bool:
        """Take over how far the consumer has come where somebody waits for it; whether it had.

        A position passes markers and aborted records, which are never handed over.
        """
        moved = False
        for waiting in self._waiting if not self.changed else ():
            for partition, watched, number in waiting.wanted:
                if watched.next >= number or self._partitions.get(partition) is not watched:
                    continue
                position = consumer.position(partition, timeout_ms=0) or 0
                if watched.failure is None and position > watched.next:
                    watched.next = position
                    moved = True
        return moved

    def fail(self, partition: TopicPartition, failure: BrokerError) -> None:
        """Read a partition no further, and tell so whoever waits for it."""
        if partition in self._partitions:
            self._partitions[partition].failure = failure
            self.changed = True

    def give_up(self, topics: Iterable[str]) -> None:
        """Read these topics no further: they are not there any more."""
        gone = set(topics)
        for partition in [each for each in self._readable() if each.topic in gone]:
            self.fail(
                partition,
                BrokerError(
                    f"The topic {quoted(partition.topic)} at {self.address} was deleted while "
                    "evtbdd was watching it."
                ),
            )

    def _readable(self) -> list[TopicPartition]:
        return [each for each, watched in self._partitions.items() if watched.failure is None]


def _partitions_of(ends: Mapping[str, Ends]) -> list[tuple[TopicPartition, int]]:
    return [(TopicPartition(*partition), number) for partition, number in partitions_of(ends)]


def _record(record: Any) -> Record:
    return Record(
        channel=record.topic,
        key=record.key,
        value=record.value,
        headers=tuple((name, value) for name, value in record.headers),
        position=Position(str(record.partition), record.offset),
        timestamp=record.timestamp / 1000,
        where=f"partition {record.partition} offset {record.offset}",
        facts={"partition": record.partition, "offset": record.offset},
    )
