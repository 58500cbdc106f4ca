"""The transaction coordinator: who may write in which transaction, and how transactions end.

The rules are those of Apache Kafka's coordinator for clients that add partitions explicitly (KIP-98
and KIP-360). There is nothing to replicate, so a transaction is over as soon as its end is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum

from evtbdd.clock import Clock
from evtbdd.embedded.kafka.alarm import Alarm
from evtbdd.embedded.kafka.batches import Batch
from evtbdd.embedded.kafka.coordinator import Coordinator, Entry
from evtbdd.embedded.kafka.errors import ErrorCode, Refused
from evtbdd.embedded.kafka.offsets import TopicPartition
from evtbdd.embedded.kafka.topics import Topics

LONGEST_TIMEOUT = 900_000
"""Milliseconds; `transaction.max.timeout.ms`."""
LAST_EPOCH = 32_766


class Stage(Enum):
    """Where a transactional id stands, by the names that Kafka tells its clients."""

    EMPTY = "Empty"
    ONGOING = "Ongoing"
    COMMITTED = "CompleteCommit"
    ABORTED = "CompleteAbort"


@dataclass
class Transaction:
    """A transactional id, its producer, and what the transaction has touched."""

    id: str
    producer_id: int
    epoch: int
    timeout_ms: int
    stage: Stage = Stage.EMPTY
    expires: float | None = None
    former_epoch: int = -1
    partitions: set[TopicPartition] = field(default_factory=set)
    groups: set[str] = field(default_factory=set)


class Transactions:
    """All transactional ids, and the ids of producers."""

    def __init__(
        self, clock: Clock, wall_clock: Callable[[], int], topics: Topics, groups: Coordinator
    ) -> None:
        self.alarm = Alarm(clock, self._deadline, self._expire)
        self._clock = clock
        self._wall_clock = wall_clock
        self._topics = topics
        self._groups = groups
        self._known: dict[str, Transaction] = {}
        self._last_producer_id = 999

    def new_producer_id(self) -> int:
        """An id that no producer has had."""
        self._last_producer_id += 1
        return self._last_producer_id

    def initialise(
        self, transactional_id: str, timeout_ms: int, producer_id: int, epoch: int
    ) -> Transaction:
        """Give a transactional id to a producer, and fence the one that had it.

        `producer_id` and `epoch` are those the producer believes to have, else -1. Raises `Refused`:
        CONCURRENT_TRANSACTIONS (51) after aborting what was open, the caller is to ask again.
        """
        if not transactional_id:
            raise Refused(ErrorCode.INVALID_REQUEST)
        if not 0 < timeout_ms <= LONGEST_TIMEOUT:
            raise Refused(ErrorCode.INVALID_TRANSACTION_TIMEOUT)
        known = self._known.get(transactional_id)
        if known is None:
            known = Transaction(transactional_id, self.new_producer_id(), 0, timeout_ms)
            self._known[transactional_id] = known
            return known
        if producer_id != -1:
            if producer_id != known.producer_id or epoch not in (known.epoch, known.former_epoch):
                raise Refused(ErrorCode.PRODUCER_FENCED)
            if epoch == known.former_epoch:
                return known  # asked again: the answer to the same request was lost
        if known.stage is Stage.ONGOING:
            self._fence(known)
            raise Refused(ErrorCode.CONCURRENT_TRANSACTIONS)
        known.former_epoch = known.epoch if producer_id != -1 else -1
        known.epoch += 1
        if known.epoch > LAST_EPOCH:
            known.producer_id, known.epoch = self.new_producer_id(), 0
        known.timeout_ms = timeout_ms
        known.stage = Stage.EMPTY
        return known

    def owned(self, transactional_id: str, producer_id: int, epoch: int) -> Transaction:
        """The transactional id of the producer that has it; raises `Refused` for any other."""
        if not transactional_id:
            raise Refused(ErrorCode.INVALID_REQUEST)
        known = self._known.get(transactional_id)
        if known is None or known.producer_id != producer_id:
            raise Refused(ErrorCode.INVALID_PRODUCER_ID_MAPPING)
        if known.epoch != epoch:
            raise Refused(ErrorCode.PRODUCER_FENCED)
        return known

    def add_partitions(self, transaction: Transaction, places: Iterable[TopicPartition]) -> None:
        """Let the transaction, begun by this where it was not, write to these partitions."""
        self._begin(transaction)
        transaction.partitions.update(places)

    def add_group(self, transaction: Transaction, group_id: str) -> None:
        """Let the transaction, begun by this where it was not, commit a group's offsets."""
        self._begin(transaction)
        transaction.groups.add(group_id)

    def check_write(
        self, transactional_id: str | None, place: TopicPartition, batch: Batch
    ) -> None:
        """Raise `Refused` where a transactional batch may not be appended to that partition."""
        known = self._known.get(transactional_id or "")
        if known is None or known.producer_id != batch.producer_id:
            raise Refused(ErrorCode.INVALID_PRODUCER_ID_MAPPING)
        if known.epoch != batch.producer_epoch:
            raise Refused(ErrorCode.INVALID_PRODUCER_EPOCH)
        if known.stage is not Stage.ONGOING or place not in known.partitions:
            raise Refused(ErrorCode.INVALID_TXN_STATE, "Partition was not added to the transaction")

    def check_offsets(self, transaction: Transaction, group_id: str) -> None:
        """Raise `Refused` where the transaction may not commit offsets of that group."""
        if transaction.stage is not Stage.ONGOING or group_id not in transaction.groups:
            raise Refused(ErrorCode.INVALID_TXN_STATE)

    def end(self, transaction: Transaction, committed: bool) -> None:
        """Commit or abort; the same end may be asked for again, another one is `Refused`."""
        outcome = Stage.COMMITTED if committed else Stage.ABORTED
        if transaction.stage is Stage.ONGOING:
            self._finish(transaction, outcome)
        elif transaction.stage is not outcome:
            raise Refused(ErrorCode.INVALID_TXN_STATE)

    def _begin(self, transaction: Transaction) -> None:
        if transaction.stage is not Stage.ONGOING:
            transaction.stage = Stage.ONGOING
            transaction.expires = self._clock.now() + transaction.timeout_ms / 1000
            self.alarm.set()

    def _fence(self, transaction: Transaction) -> None:
        """Abort in the name of the next epoch, so that the present producer is refused from now on."""
        transaction.epoch += 1
        self._finish(transaction, Stage.ABORTED)

    def _finish(self, transaction: Transaction, outcome: Stage) -> None:
        committed = outcome is Stage.COMMITTED
        for topic, index in sorted(transaction.partitions):
            partition = self._topics.partition(topic, index)
            if partition:
                partition.end_transaction(
                    transaction.producer_id, transaction.epoch, committed, self._wall_clock()
                )
        for entry in self._entries(transaction):
            entry.offsets.end_transaction(transaction.producer_id, committed)
        transaction.partitions.clear()
        transaction.groups.clear()
        transaction.expires = None
        transaction.stage = outcome

    def _entries(self, transaction: Transaction) -> list[Entry]:
        entries = (self._groups.find(group_id) for group_id in transaction.groups)
        return [entry for entry in entries if entry]

    def _deadline(self) -> float | None:
        return min((t.expires for t in self._known.values() if t.expires), default=None)

    def _expire(self) -> None:
        now = self._clock.now()
        for transaction in self._known.values():
            if transaction.expires is not None and transaction.expires <= now:
                self._fence(transaction)
