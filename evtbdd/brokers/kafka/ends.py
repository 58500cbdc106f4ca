"""Where topics end: one question to each node that leads some of their partitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kafka import errors as driver

from evtbdd.brokers.kafka.asking import LOST
from evtbdd.brokers.kafka.list_offsets import ListOffsets
from evtbdd.brokers.kafka.nodes import Nodes
from evtbdd.brokers.kafka.partitions import Partition
from evtbdd.brokers.kafka.topics import NOT_LED, Topics, topics_named
from evtbdd.clock import Deadline
from evtbdd.ports import Ends

PAUSE = 0.01
"""Seconds until it is asked again who leads."""


class TopicEnds:
    """Asks who is remembered as leader, and looks for the leaders where one leads no more."""

    def __init__(self, nodes: Nodes, topics: Topics) -> None:
        self._nodes = nodes
        self._topics = topics

    def of(self, names: Sequence[str], deadline: Deadline) -> Mapping[str, Ends]:
        """The last stable offset of every partition: an open transaction holds it back.

        Raises BrokerError for a topic that is not there.
        """
        partitions = self._topics.partitions(names, deadline)
        ends: dict[str, dict[str, int]] = {name: {} for name in names}
        for partition, offset in self._offsets(names, partitions, deadline).items():
            ends[partition.topic][str(partition.number)] = offset
        return ends

    def _offsets(
        self, names: Sequence[str], partitions: Sequence[Partition], deadline: Deadline
    ) -> Mapping[Partition, int]:
        while True:
            try:
                return self._told(partitions, deadline)
            except driver.KafkaError as error:
                self._nodes.require_open()
                doing = f"tell the end of {topics_named(names)}"
                if not isinstance(error, (*NOT_LED, *LOST)) or deadline.expired():
                    raise self._nodes.unanswered(error, doing, deadline) from error
                if set(names) - self._topics.lanes(names, deadline).keys():
                    gone = driver.UnknownTopicOrPartitionError()
                    raise self._nodes.unanswered(gone, doing, deadline) from error
            self._nodes.pause(PAUSE, deadline)

    def _told(self, partitions: Sequence[Partition], deadline: Deadline) -> Mapping[Partition, int]:
        """What the leaders say. Raises KafkaError where one of them is none."""
        by_leader: dict[int, list[Partition]] = {}
        for partition in partitions:
            by_leader.setdefault(self._leader(partition, deadline), []).append(partition)
        found: dict[Partition, int] = {}
        for leader, theirs in by_leader.items():
            if leader < 0:
                raise driver.LeaderNotAvailableError
            found.update(self._nodes.exchange(leader, ListOffsets(theirs), deadline))
        return found

    def _leader(self, partition: Partition, deadline: Deadline) -> int:
        leaders = self._topics.leaders(partition.topic, deadline)
        # Somebody else may have deleted it just now.
        return leaders[partition.number] if partition.number < len(leaders) else -1
