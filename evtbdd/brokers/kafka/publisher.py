"""Publishes one record after another, each a batch of its own, that is stored once or not at all.

Not through KafkaProducer (3.0.12), which keeps a thread busy for ever once a topic that it has
written to is deleted, lets the first record of a topic wait for 100 ms, cannot send a header
without a value, and either stores a record twice when an answer gets lost or, idempotent, fails for
ever after one that was refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from kafka import errors as driver
from kafka.partitioner import murmur2

from evtbdd.brokers.kafka.asking import LOST
from evtbdd.brokers.kafka.nodes import Nodes
from evtbdd.brokers.kafka.partitions import Partition
from evtbdd.brokers.kafka.produce import Produce, batch_of
from evtbdd.brokers.kafka.producer import Producer
from evtbdd.brokers.kafka.topics import NOT_LED, Topics
from evtbdd.clock import Deadline
from evtbdd.errors import PublishRefused
from evtbdd.events import Position
from evtbdd.ports import Message
from evtbdd.words import quoted

PAUSE = 0.01
"""Seconds until a record is sent again that a broker could not take yet."""


class KafkaPublisher:
    """Publishes to the nodes that lead; may be called from any thread.

    A record whose answer was lost, or whose node led no more by the time of its answer, is sent
    again: brokers see by its sequence number whether they have it. Only a user who may not have
    such numbers is told of a lost answer, and may find a record twice where a leader has moved.
    """

    def __init__(self, nodes: Nodes, topics: Topics) -> None:
        self._nodes = nodes
        self._topics = topics
        self._producer = Producer(nodes)
        self._turns = count()

    def publish(self, topic: str, message: Message, deadline: Deadline) -> Position:
        """Store one record. Raises PublishRefused or BrokerUnavailable."""
        leaders = self._topics.leaders(topic, deadline)
        if not leaders:
            raise self.no_topic(topic)
        place = next(self._turns) if message.key is None else _hashed(message.key)
        partition = Partition(topic, place % len(leaders))
        doing = f"publish to the topic {quoted(topic)}"
        identity = self._producer.identity(doing, deadline)
        try:
            with identity.turn(partition, deadline) as sequence:
                batch = batch_of(message, identity.number, identity.epoch, sequence)
                return self._stored(doing, partition, batch, identity.known, deadline)
        except BaseException as error:
            self._producer.discard(identity)
            if isinstance(error, driver.KafkaError):
                raise self._nodes.unanswered(error, doing, deadline) from error
            raise

    def _stored(
        self, doing: str, partition: Partition, batch: bytes, known: bool, deadline: Deadline
    ) -> Position:
        repeated = (*NOT_LED, *LOST) if known else NOT_LED
        anew = False
        while True:
            leaders = self._topics.leaders(partition.topic, deadline, anew=anew)
            if not leaders:
                raise self.no_topic(partition.topic)
            try:
                return self._sent(partition, leaders, batch, deadline)
            except driver.KafkaError as error:
                self._nodes.require_open()
                if not isinstance(error, repeated) or deadline.expired():
                    raise self._nodes.unanswered(error, doing, deadline) from error
            anew = True
            self._nodes.pause(PAUSE, deadline)

    def no_topic(self, topic: str) -> PublishRefused:
        """What is raised for a topic that is not there."""
        return PublishRefused(f"There is no topic {quoted(topic)} at {self._nodes.address}.")

    def _sent(
        self, partition: Partition, leaders: Sequence[int], batch: bytes, deadline: Deadline
    ) -> Position:
        leader = leaders[partition.number] if partition.number < len(leaders) else -1
        if leader < 0:
            raise driver.LeaderNotAvailableError
        milliseconds = max(1, int(deadline.remaining() * 1000))
        request = Produce(partition, batch, milliseconds)
        return Position(str(partition.number), self._nodes.exchange(leader, request, deadline))


def _hashed(key: bytes) -> int:
    """What Kafka's own clients choose a partition by."""
    hashed: int = murmur2(key)
    return hashed & 0x7FFFFFFF
