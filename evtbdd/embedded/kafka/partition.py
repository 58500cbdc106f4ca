"""One partition: an append-only log of batches, and those who wait for it to grow."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from evtbdd.embedded.kafka.batches import Batch, marker, placed
from evtbdd.embedded.kafka.producers import Producers
from evtbdd.embedded.kafka.records import Opaque, heads

LEADER_EPOCH = 0


@dataclass(frozen=True, slots=True)
class Aborted:
    """An aborted transaction: where its data began, and where its marker stands."""

    producer_id: int
    first_offset: int
    marker_offset: int


@dataclass(frozen=True, slots=True)
class Found:
    """A record that was looked for by its time: both -1 where there is none."""

    timestamp: int = -1
    offset: int = -1


class Partition:
    """A log whose offsets run from `start` to `end`; `end` is the offset of the next record."""

    def __init__(self) -> None:
        self.start = 0
        self.end = 0
        self.producers = Producers()
        self.waiters: set[Callable[[], None]] = set()
        self.aborted: list[Aborted] = []
        self._batches: list[Batch] = []
        self._bases: list[int] = []
        self._open: dict[int, int] = {}

    @property
    def stable_end(self) -> int:
        """The last stable offset: before the first record whose transaction is undecided."""
        return min(self._open.values(), default=self.end)

    def append(self, batch: Batch) -> int:
        """Append a batch that has been checked, wake who waits; its offset."""
        stored = placed(batch, self.end)
        self._batches.append(stored)
        self._bases.append(stored.base_offset)
        self.end = stored.last_offset + 1
        if stored.producer_id >= 0:
            self.producers.remember(stored)
        if stored.is_transactional and not stored.is_control:
            self._open.setdefault(stored.producer_id, stored.base_offset)
        self.wake()
        return stored.base_offset

    def end_transaction(
        self, producer_id: int, producer_epoch: int, committed: bool, milliseconds: int
    ) -> None:
        """Append the marker of a transaction; without data of it the marker takes an offset too."""
        first = self._open.pop(producer_id, None)
        if first is not None and not committed:
            # Noted before the marker is there: appending it wakes those who wait for the data.
            self.aborted.append(Aborted(producer_id, first, self.end))
        self.append(marker(producer_id, producer_epoch, committed, milliseconds))

    def wake(self) -> None:
        """Let those who wait look again."""
        for look_again in tuple(self.waiters):
            look_again()

    def read(self, offset: int, before: int, limit: int, whole_first: bool) -> bytes:
        """The batches from the one that holds `offset` up to the one that ends `before`.

        Cut at `limit` bytes in mid-batch, as Kafka does; `whole_first` lets the first batch exceed
        it, else a first batch that does not fit leaves nothing.
        """
        chosen: list[bytes] = []
        size = 0
        for batch in self._from(offset):
            if batch.base_offset >= before or (chosen and size >= limit):
                break
            if not chosen and len(batch.raw) > limit:
                return batch.raw if whole_first else b""
            chosen.append(batch.raw)
            size += len(batch.raw)
        return chosen[0] if len(chosen) == 1 else b"".join(chosen)[:limit]

    def aborted_within(self, offset: int, before: int) -> list[Aborted]:
        """The aborted transactions that have records or a marker in that range."""
        return [a for a in self.aborted if a.marker_offset >= offset and a.first_offset < before]

    def at_time(self, milliseconds: int, before: int) -> Found:
        """The first record at or after a time."""
        for batch in self._from(self.start):
            if batch.base_offset >= before:
                break
            if batch.max_timestamp >= milliseconds and not batch.is_control:
                for found in _times(batch):
                    if found.timestamp >= milliseconds and found.offset >= self.start:
                        return found
        return Found()

    def latest_time(self) -> Found:
        """The first of the records with the greatest timestamp."""
        found = Found()
        for batch in self._from(self.start):
            if batch.max_timestamp > found.timestamp and not batch.is_control:
                found = max([found, *_times(batch)], key=lambda f: (f.timestamp, -f.offset))
        return found

    def delete_before(self, offset: int) -> None:
        """Let the log start at `offset`, and drop the batches that lie wholly before it."""
        self.start = max(self.start, offset)
        gone = sum(1 for batch in self._batches if batch.last_offset < self.start)
        del self._batches[:gone], self._bases[:gone]

    def _from(self, offset: int) -> Iterator[Batch]:
        first = max(0, bisect.bisect_right(self._bases, offset) - 1)
        for index in range(first, len(self._batches)):
            if self._batches[index].last_offset >= offset:
                yield self._batches[index]


def _times(batch: Batch) -> list[Found]:
    """Every record's time and offset; only the last record's where the batch cannot be opened."""
    try:
        return [Found(h.timestamp, batch.base_offset + h.offset_delta) for h in heads(batch)]
    except Opaque:
        return [Found(batch.max_timestamp, batch.last_offset)]
