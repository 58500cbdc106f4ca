"""Where topics end: one question to each broker that leads some of their partitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kafka import IsolationLevel, KafkaAdminClient, TopicPartition
from kafka import errors as driver
from kafka.admin import OffsetSpec
from kafka.protocol.consumer import ListOffsetsRequest

from evtbdd.brokers.kafka.client import Client
from evtbdd.brokers.kafka.connection import Connection
from evtbdd.brokers.kafka.topics import Topics, topics_named
from evtbdd.clock import Deadline
from evtbdd.ports import Ends

Offsets = Mapping[TopicPartition, int]


class TopicEnds:
    """Asks who is remembered as leader.

    The driver would look for the leaders before each question, which takes as long as the question
    itself; it is left to do so where one of them leads no more.
    """

    def __init__(self, connection: Connection, topics: Topics) -> None:
        self._connection = connection
        self._topics = topics

    def of(self, names: Sequence[str], deadline: Deadline) -> Mapping[str, Ends]:
        """The last stable offset of every partition: an open transaction holds it back.

        Raises BrokerError for a topic that is not there.
        """
        partitions = self._topics.partitions(names, deadline)
        ends: dict[str, dict[str, int]] = {name: {} for name in names}
        for partition, offset in self._offsets(names, partitions, deadline).items():
            ends[partition.topic][str(partition.partition)] = offset
        return ends

    def _offsets(
        self, names: Sequence[str], partitions: Sequence[TopicPartition], deadline: Deadline
    ) -> Offsets:
        if not partitions:
            return {}
        leaders = {each: self._leader(each, deadline) for each in partitions}
        moved = False

        def question(admin: KafkaAdminClient, client: Client) -> Offsets:
            nonlocal moved
            try:
                return _told_by(leaders, client)
            except driver.KafkaError:
                moved = True
                return _found(partitions, admin)

        doing = f"tell the end of {topics_named(names)}"
        found = self._connection.ask_through(doing, deadline, question)
        if moved:
            self._topics.lanes(names, deadline)  # which remembers who leads now
        return found

    def _leader(self, partition: TopicPartition, deadline: Deadline) -> int:
        leaders = self._topics.leaders(partition.topic, deadline)
        # Somebody else may have deleted it just now.
        return leaders[partition.partition] if partition.partition < len(leaders) else -1


def _told_by(leaders: Mapping[TopicPartition, int], client: Client) -> Offsets:
    """What these leaders say. Raises KafkaError where one of them is none."""
    found: dict[TopicPartition, int] = {}
    for leader in sorted(set(leaders.values())):
        if leader < 0:
            raise driver.LeaderNotAvailableError
        theirs = [partition for partition, node in leaders.items() if node == leader]
        for topic in client.exchange(leader, _request(theirs)).topics:
            for answer in topic.partitions:
                if answer.error_code != 0:
                    raise driver.for_code(answer.error_code)
                found[TopicPartition(topic.name, answer.partition_index)] = answer.offset
    return found


def _found(partitions: Sequence[TopicPartition], admin: KafkaAdminClient) -> Offsets:
    """The same by way of the driver, which looks for the leaders first."""
    listed: Mapping[TopicPartition, Any] = admin.list_partition_offsets(
        dict.fromkeys(partitions, OffsetSpec.LATEST),
        isolation_level=IsolationLevel.READ_COMMITTED,
    )
    return {partition: answer.offset for partition, answer in listed.items()}


def _request(partitions: Sequence[TopicPartition]) -> ListOffsetsRequest:
    topic = ListOffsetsRequest.ListOffsetsTopic
    by_topic: dict[str, list[object]] = {}
    for each in partitions:
        by_topic.setdefault(each.topic, []).append(
            topic.ListOffsetsPartition(
                partition_index=each.partition, timestamp=int(OffsetSpec.LATEST)
            )
        )
    isolation = int(IsolationLevel.READ_COMMITTED)
    return ListOffsetsRequest(
        isolation_level=isolation,
        topics=[topic(name=name, partitions=of) for name, of in by_topic.items()],
        min_version=ListOffsetsRequest.min_version_for_isolation_level(isolation),
    )
