"""The offsets that a group has committed, and those that wait for a transaction's end."""

from __future__ import annotations

from dataclasses import dataclass

TopicPartition = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Committed:
    """An offset that a group will resume from; offset and epoch are -1 where there is none."""

    offset: int = -1
    leader_epoch: int = -1
    metadata: str = ""


class CommittedOffsets:
    """One group's offsets by topic and partition."""

    def __init__(self) -> None:
        self._settled: dict[TopicPartition, Committed] = {}
        self._undecided: dict[int, dict[TopicPartition, Committed]] = {}

    def __len__(self) -> int:
        return len(self._settled)

    def commit(self, place: TopicPartition, committed: Committed) -> None:
        """Take an offset."""
        self._settled[place] = committed

    def commit_within(self, producer_id: int, place: TopicPartition, committed: Committed) -> None:
        """Take an offset that counts when the producer's transaction is committed."""
        self._undecided.setdefault(producer_id, {})[place] = committed

    def end_transaction(self, producer_id: int, committed: bool) -> None:
        """Take over, or drop, what came within a transaction."""
        offsets = self._undecided.pop(producer_id, {})
        if committed:
            self._settled.update(offsets)

    def get(self, place: TopicPartition) -> Committed:
        """The offset of a partition."""
        return self._settled.get(place, Committed())

    def is_undecided(self, place: TopicPartition) -> bool:
        """Whether an open transaction holds an offset of that partition."""
        return any(place in offsets for offsets in self._undecided.values())

    def places(self) -> list[TopicPartition]:
        """Where there are offsets."""
        return list(self._settled)

    def forget(self, place: TopicPartition) -> None:
        """Drop an offset."""
        self._settled.pop(place, None)

    def forget_topic(self, topic: str) -> None:
        """Drop the offsets of a topic that is gone."""
        for offsets in (self._settled, *self._undecided.values()):
            for place in [p for p in offsets if p[0] == topic]:
                del offsets[place]
