"""Who leads what is watched: at once where it is remembered, else as soon as there is a leader."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Condition

from evtbdd.brokers.kafka.partitions import Partition
from evtbdd.brokers.kafka.topics import Topics
from evtbdd.brokers.kafka.watched import Watched, WatchedPartitions
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerError

LOOK = 0.01
"""Seconds until a partition in trouble is asked for again; a new topic is so for a moment."""

PAUSE = 0.1
"""The same for one that stays in trouble, and for a node that hung up or is not there."""

MOMENT = 0.3
"""Seconds for which trouble is that of a new topic."""

GONE = 1.0
"""Seconds for which a topic must be missing to be given up."""

Lost = Sequence[tuple[Partition, Watched]]


class Leaders:
    """Finds a node for what is watched and has none; the lock of `watched` is `changed`."""

    def __init__(self, topics: Topics, watched: WatchedPartitions, changed: Condition) -> None:
        self._topics = topics
        self._watched = watched
        self._changed = changed

    def find(self, patience: float) -> None:
        """Look for those that are due, and give up topics that somebody else has deleted."""
        with self._changed:
            lost = self._watched.lost()
        if not lost:
            return
        try:
            leaders = self._leaders(lost, Deadline.after(patience))
        except BrokerError:
            with self._changed:
                for partition, watched in lost:
                    self._watched.lose(partition, watched, PAUSE)
            return
        with self._changed:
            for (partition, watched), of in zip(lost, leaders, strict=True):
                if partition.number < len(of) and of[partition.number] >= 0:
                    self._watched.place(partition, watched, of[partition.number])
                elif not of and watched.in_trouble_for() > GONE:
                    self._watched.give_up(partition, watched)
                    self._changed.notify_all()
                else:
                    self._watched.lose(partition, watched, PAUSE)

    def lose(self, partition: Partition, watched: Watched) -> None:
        """Look for the leader of a partition again: the node says that it is not the one."""
        with self._changed:
            pause = LOOK if watched.in_trouble_for() < MOMENT else PAUSE
            self._watched.lose(partition, watched, pause)

    def lose_node(self, node: int) -> None:
        """Look for the leaders of all that was read from a node: it is not there any more."""
        with self._changed:
            for partition, watched in self._watched.by_node().get(node, {}).items():
                self._watched.lose(partition, watched, PAUSE)

    def _leaders(self, lost: Lost, deadline: Deadline) -> Sequence[Sequence[int]]:
        """For each of them the leaders of its topic, none where it is not there."""
        outdated = {partition.topic for partition, watched in lost if watched.since is not None}
        there = self._topics.lanes(sorted(outdated), deadline).keys()  # remembers who leads now
        gone = outdated - there
        return [
            () if partition.topic in gone else self._topics.leaders(partition.topic, deadline)
            for partition, _ in lost
        ]
