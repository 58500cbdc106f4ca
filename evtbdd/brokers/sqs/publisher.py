"""Publishes events to queues or their topics, one after another or several as a batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from evtbdd.brokers.sqs.connection import Connection
from evtbdd.brokers.sqs.errors import NO_QUEUE, NO_TOPIC, cause_code, entry_refused
from evtbdd.brokers.sqs.incoming import LANE
from evtbdd.brokers.sqs.outgoing import NO_KEY, Outgoing
from evtbdd.brokers.sqs.queue import Queue
from evtbdd.brokers.sqs.queues import Queues
from evtbdd.brokers.sqs.reader import SqsReader
from evtbdd.clock import Deadline
from evtbdd.errors import (
    BrokerError,
    BrokerUnavailable,
    PublishRefused,
    UnsupportedCapability,
)
from evtbdd.events import Position
from evtbdd.ports import Message
from evtbdd.words import quoted


class Publisher:
    """What is published to a queue that is watched has the position that its reader gives it."""

    def __init__(
        self,
        sqs: Connection,
        sns: Connection,
        queues: Queues,
        reader: SqsReader,
        outgoing: Outgoing,
    ) -> None:
        self._sqs = sqs
        self._sns = sns
        self._queues = queues
        self._reader = reader
        self._outgoing = outgoing

    def publish(
        self, name: str, messages: Sequence[Message], deadline: Deadline
    ) -> Sequence[Position]:
        """Store each, in order. Raises PublishRefused, Unanswered or another BrokerUnavailable."""
        queue = self._queue(name, deadline)
        sent = [
            (self._send(queue, message, deadline), _lane(queue, message)) for message in messages
        ]
        return [self._reader.place(queue, each, lane, deadline) for each, lane in sent]

    def batch(
        self, name: str, messages: Sequence[Message], deadline: Deadline
    ) -> Sequence[Position | PublishRefused]:
        """Store all with one request; each is stored or refused by itself.

        What SQS would refuse is not sent, for not every endpoint looks at it.
        """
        queue = self._queue(name, deadline)
        fates: dict[int, Position | PublishRefused] = {}
        entries = []
        for number, message in enumerate(messages):
            try:
                entries.append({"Id": str(number), **self._arguments(queue, message)})
            except UnsupportedCapability as error:
                fates[number] = PublishRefused(str(error))
        if entries:
            fates |= self._sent(queue, messages, entries, deadline)
        return [fates[number] for number in range(len(messages))]

    def _sent(
        self,
        queue: Queue,
        messages: Sequence[Message],
        entries: Sequence[Mapping[str, Any]],
        deadline: Deadline,
    ) -> Mapping[int, Position | PublishRefused]:
        answer = self._order(
            queue,
            deadline,
            lambda sqs: sqs.send_message_batch(QueueUrl=queue.url, Entries=entries),
            lambda sns: sns.publish_batch(TopicArn=queue.topic, PublishBatchRequestEntries=entries),
        )
        fates: dict[int, Position | PublishRefused] = {
            int(each["Id"]): entry_refused(each, self._sqs.address, self._doing(queue))
            for each in answer.get("Failed", ())
        }
        for each in answer.get("Successful", ()):
            number = int(each["Id"])
            lane = _lane(queue, messages[number])
            fates[number] = self._reader.place(queue, str(each["MessageId"]), lane, deadline)
        return fates

    def _queue(self, name: str, deadline: Deadline) -> Queue:
        try:
            return self._queues.get(name, deadline)
        except BrokerUnavailable:
            raise
        except BrokerError as error:
            raise PublishRefused(str(error)) from error

    def _arguments(self, queue: Queue, message: Message) -> Mapping[str, Any]:
        body = "MessageBody" if queue.topic is None else "Message"
        return self._outgoing.arguments(message, fifo=queue.fifo, body=body)

    def _send(self, queue: Queue, message: Message, deadline: Deadline) -> str:
        """The id of the message that was stored."""
        arguments = self._arguments(queue, message)
        answer = self._order(
            queue,
            deadline,
            lambda sqs: sqs.send_message(QueueUrl=queue.url, **arguments),
            lambda sns: sns.publish(TopicArn=queue.topic, **arguments),
        )
        return str(answer["MessageId"])

    def _order(
        self,
        queue: Queue,
        deadline: Deadline,
        of_queue: Callable[[Any], Mapping[str, Any]],
        of_topic: Callable[[Any], Mapping[str, Any]],
    ) -> Mapping[str, Any]:
        """The answer to what is sent to the queue, or to the topic that feeds it."""
        try:
            if queue.topic is None:
                return self._sqs.tell(self._doing(queue), deadline, of_queue, PublishRefused)
            return self._sns.tell(self._doing(queue), deadline, of_topic, PublishRefused)
        except PublishRefused as error:
            if cause_code(error) in NO_QUEUE | NO_TOPIC:
                raise PublishRefused(str(self._queues.missing(queue.name))) from error
            raise

    def _doing(self, queue: Queue) -> str:
        return f"publish to the {'queue' if queue.topic is None else 'topic'} {quoted(queue.name)}"


def _lane(queue: Queue, message: Message) -> str:
    """Where a message lies that was accepted."""
    if not queue.fifo:
        return LANE
    return NO_KEY if message.key is None else message.key.decode()
