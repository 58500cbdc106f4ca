"""Idempotence: which batches of a producer a partition has already, and which may come next.

The rules are those of KIP-98: five batches are remembered, a gap is refused, an old epoch is fenced.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from evtbdd.embedded.kafka.batches import Batch
from evtbdd.embedded.kafka.errors import ErrorCode, Refused

REMEMBERED = 5


@dataclass(frozen=True, slots=True)
class Appended:
    """A batch that stands in the log."""

    first_sequence: int
    last_sequence: int
    offset: int
    timestamp: int


@dataclass
class ProducerState:
    """What one partition knows of one producer."""

    epoch: int
    recent: deque[Appended] = field(default_factory=lambda: deque(maxlen=REMEMBERED))


class Producers:
    """What one partition knows of all its producers."""

    def __init__(self) -> None:
        self._states: dict[int, ProducerState] = {}

    def duplicate(self, batch: Batch) -> Appended | None:
        """Where this batch stands already; None where it may be appended.

        Raises `Refused`: INVALID_PRODUCER_EPOCH (47) for an epoch that was fenced,
        OUT_OF_ORDER_SEQUENCE_NUMBER (45) for a gap. A producer nobody knows may begin anywhere,
        as its records may have been deleted.
        """
        state = self._states.get(batch.producer_id)
        if state is None:
            return None
        if batch.producer_epoch < state.epoch:
            raise Refused(
                ErrorCode.INVALID_PRODUCER_EPOCH,
                f"Epoch of producer {batch.producer_id} is {batch.producer_epoch}, "
                f"which is smaller than the last seen epoch {state.epoch}",
            )
        if batch.producer_epoch > state.epoch:
            self._expect(batch, 0)
            return None
        for known in state.recent:
            if (known.first_sequence, known.last_sequence) == (
                batch.base_sequence,
                batch.last_sequence,
            ):
                return known
        last = state.recent[-1].last_sequence if state.recent else -1
        self._expect(batch, (last + 1) & 0x7FFFFFFF)
        return None

    def remember(self, batch: Batch) -> None:
        """Take note of a batch, placed at its offset; a marker of a newer epoch fences the old one."""
        state = self._states.get(batch.producer_id)
        if state is None or batch.producer_epoch > state.epoch:
            state = self._states[batch.producer_id] = ProducerState(batch.producer_epoch)
        if not batch.is_control:
            state.recent.append(
                Appended(
                    batch.base_sequence,
                    batch.last_sequence,
                    batch.base_offset,
                    batch.max_timestamp,
                )
            )

    @staticmethod
    def _expect(batch: Batch, sequence: int) -> None:
        if batch.base_sequence != sequence:
            raise Refused(
                ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
                f"Out of order sequence number for producer {batch.producer_id}: "
                f"{batch.base_sequence} (incoming seq. number), {sequence - 1} "
                "(current end sequence number)",
            )
