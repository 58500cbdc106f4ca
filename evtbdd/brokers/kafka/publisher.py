"""Publishes one record after another, each a batch of its own, that is stored once or not at all.

Not through KafkaProducer (3.0.12), which keeps a thread busy for ever once a topic that it has
written to is deleted, lets the first record of a topic wait for 100 ms, cannot send a header
without a value, and either stores a record twice when an answer gets lost or, idempotent, fails for
ever after one that was refused.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import count
from threading import Event

from kafka import errors as driver
from kafka.partitioner import murmur2
from kafka.protocol.producer import ProduceRequest
from kafka.record.memory_records import MemoryRecordsBuilder

from evtbdd.brokers.kafka.connection import Connection
from evtbdd.brokers.kafka.errors import translated
from evtbdd.brokers.kafka.topics import Topics
from evtbdd.clock import Deadline
from evtbdd.errors import PublishRefused
from evtbdd.events import Position
from evtbdd.ports import Message
from evtbdd.words import quoted

PAUSE = 0.01
"""Seconds until a record is sent again that a broker could not take yet."""

NOT_STORED = (
    driver.NotLeaderForPartitionError,
    driver.LeaderNotAvailableError,
    driver.UnknownTopicOrPartitionError,
)
"""A new topic's broker may answer so for a moment; nothing was stored, so it is sent again."""

ALL_IN_SYNC = -1


class KafkaPublisher:
    """Publishes over a connection of its own; may be called from any thread."""

    def __init__(self, connection: Connection, topics: Topics) -> None:
        self._connection = connection
        self._topics = topics
        self._turns = count()

    def publish(self, topic: str, message: Message, deadline: Deadline) -> Position:
        """Store one record. Raises PublishRefused or BrokerUnavailable."""
        doing = f"publish to the topic {quoted(topic)}"
        never = Event()
        anew = False
        place = next(self._turns) if message.key is None else _hashed(message.key)
        while True:
            leaders = self._topics.leaders(topic, deadline, anew=anew)
            if not leaders:
                raise self.no_topic(topic)
            partition = place % len(leaders)
            try:
                return self._send(doing, topic, partition, leaders[partition], message, deadline)
            except NOT_STORED as error:
                if deadline.expired():
                    raise translated(error, self._connection.address, doing) from error
                anew = True
                never.wait(min(PAUSE, deadline.remaining()))
            except driver.KafkaError as error:
                raise translated(error, self._connection.address, doing) from error

    def no_topic(self, topic: str) -> PublishRefused:
        """What is raised for a topic that is not there."""
        return PublishRefused(f"There is no topic {quoted(topic)} at {self._connection.address}.")

    def _send(
        self,
        doing: str,
        topic: str,
        partition: int,
        leader: int,
        message: Message,
        deadline: Deadline,
    ) -> Position:
        if leader < 0:
            raise driver.LeaderNotAvailableError
        request = _request(topic, partition, _batch(message), deadline)
        response = self._connection.send(doing, deadline, leader, request)
        answer = response.responses[0].partition_responses[0]
        if answer.error_code != 0:
            said = [each.batch_index_error_message for each in answer.record_errors or ()]
            reasons = [each for each in (answer.error_message, *said) if each]
            raise driver.for_code(answer.error_code)(*reasons[-1:])
        return Position(str(partition), answer.base_offset)


def _hashed(key: bytes) -> int:
    """What Kafka's own clients choose a partition by."""
    hashed: int = murmur2(key)
    return hashed & 0x7FFFFFFF


def _batch(message: Message) -> bytes:
    """A record batch of one (https://kafka.apache.org/documentation/#recordbatch)."""
    builder = MemoryRecordsBuilder(magic=2, compression_type=0, batch_size=0)
    headers: Sequence[tuple[str, bytes | None]] = list(message.headers)
    builder.append(time.time_ns() // 1_000_000, message.key, message.value, headers)
    builder.close()
    return bytes(builder.buffer())


def _request(topic: str, partition: int, batch: bytes, deadline: Deadline) -> ProduceRequest:
    data = ProduceRequest.TopicProduceData
    return ProduceRequest(
        transactional_id=None,
        acks=ALL_IN_SYNC,
        timeout_ms=max(1, int(deadline.remaining() * 1000)),
        topic_data=[
            data(
                name=topic,
                partition_data=[data.PartitionProduceData(index=partition, records=batch)],
            )
        ],
        min_version=3,
        max_version=9,
    )
