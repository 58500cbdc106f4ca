"""The partitions that a reader watches: where each is to be read on, and who waits for it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from evtbdd.brokers.kafka.partitions import Partition, partitions_of
from evtbdd.errors import BrokerError
from evtbdd.events import Record
from evtbdd.ports import Ends, Sink
from evtbdd.words import quoted


@dataclass(slots=True, eq=False)
class Watched:
    """A partition that is read: where its records go, which is next, and what keeps it from it.

    `position` is from where on it is fetched, ahead of `next` while records are on their way to the
    sink; `node` leads it, if that is known. While it is in trouble, `since` and `again` are the
    monotonic times at which that began, and before which it is not asked for again.
    """

    sink: Sink
    next: int
    position: int
    node: int | None = None
    since: float | None = None
    again: float = 0.0
    failure: BrokerError | None = None

    def in_trouble_for(self) -> float:
        """Seconds."""
        return 0.0 if self.since is None else time.monotonic() - self.since

    def hand_over(self, records: Sequence[Record], following: int) -> None:
        """Give records to the sink that were not given already, nor lie before what is watched."""
        for record in records:
            if record.position.number >= self.next:
                self.sink(record)
        self.next = max(self.next, following)


@dataclass(frozen=True, slots=True, eq=False)
class Waiting:
    """Somebody who waits for partitions to be read up to a number each."""

    wanted: Sequence[tuple[Watched, int]]

    def is_over(self) -> bool:
        """Whether all is read, or something never will be."""
        return all(
            watched.next >= number or watched.failure is not None for watched, number in self.wanted
        )

    def raise_failure(self) -> None:
        """Raise what keeps a partition from being read."""
        for watched, number in self.wanted:
            if watched.next < number and watched.failure is not None:
                raise watched.failure.with_traceback(None)


@dataclass(slots=True)
class WatchedPartitions:
    """All that one reader watches; its lock is the reader's."""

    address: str
    _partitions: dict[Partition, Watched] = field(default_factory=dict)
    _lost: set[Partition] = field(default_factory=set)
    _by_node: Mapping[int, Mapping[Partition, Watched]] | None = None

    def add(self, ends: Mapping[str, Ends], sink: Sink) -> None:
        """Watch these from their ends on; one that is watched already goes on to the new sink."""
        for partition, number in partitions_of(ends):
            self._partitions[partition] = Watched(sink, number, number)
            self._lost.add(partition)
        self._by_node = None

    def remove(self, topics: Sequence[str]) -> None:
        """Watch these no more."""
        gone = set(topics)
        for partition in [each for each in self._partitions if each.topic in gone]:
            del self._partitions[partition]
            self._lost.discard(partition)
        self._by_node = None

    def is_watched(self, partition: Partition, watched: Watched) -> bool:
        """Whether it is watched still, and not anew."""
        return self._partitions.get(partition) is watched

    def by_node(self) -> Mapping[int, Mapping[Partition, Watched]]:
        """What is to be read from each node; the same object as long as nothing has changed."""
        if self._by_node is None:
            by_node: dict[int, dict[Partition, Watched]] = {}
            for partition, watched in self._partitions.items():
                if watched.node is not None and watched.failure is None:
                    by_node.setdefault(watched.node, {})[partition] = watched
            self._by_node = by_node
        return self._by_node

    def lost(self) -> Sequence[tuple[Partition, Watched]]:
        """Those whose node is not known, and looked for now."""
        if not self._lost:
            return ()
        now = time.monotonic()
        found = [(each, self._partitions[each]) for each in self._lost]
        return [(partition, watched) for partition, watched in found if watched.again <= now]

    def next_look(self) -> float | None:
        """The monotonic time at which the next of the lost is looked for; None without any."""
        return min((self._partitions[each].again for each in self._lost), default=None)

    def place(self, partition: Partition, watched: Watched, node: int) -> None:
        """Have it read from that node."""
        if self.is_watched(partition, watched):
            watched.node = node
            self._lost.discard(partition)
            self._by_node = None

    def lose(self, partition: Partition, watched: Watched, pause: float) -> None:
        """Look for its node once more, in so many seconds."""
        if self.is_watched(partition, watched):
            now = time.monotonic()
            watched.node, watched.again = None, now + pause
            watched.since = watched.since or now
            self._lost.add(partition)
            self._by_node = None

    def until(self, ends: Mapping[str, Ends]) -> Waiting:
        """Begin to wait for all before these ends; what is not watched is not waited for."""
        return Waiting(
            [
                (self._partitions[partition], number)
                for partition, number in partitions_of(ends)
                if partition in self._partitions
            ]
        )

    def fail(self, partition: Partition, watched: Watched, failure: BrokerError) -> None:
        """Read a partition no further, and tell so whoever waits for it."""
        if self.is_watched(partition, watched):
            watched.failure = failure
            self._lost.discard(partition)
            self._by_node = None

    def give_up(self, partition: Partition, watched: Watched) -> None:
        """Read it no further: its topic is not there any more."""
        failure = BrokerError(
            f"The topic {quoted(partition.topic)} at {self.address} was deleted while evtbdd was "
            "watching it."
        )
        self.fail(partition, watched, failure)
