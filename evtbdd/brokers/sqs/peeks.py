"""Looks at what is visible in a queue without taking it out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from threading import Lock

from evtbdd.brokers.sqs.connection import Connection
from evtbdd.brokers.sqs.incoming import Received
from evtbdd.brokers.sqs.looks import LONG, MOST
from evtbdd.brokers.sqs.numbers import unseen
from evtbdd.brokers.sqs.queues import Queues
from evtbdd.clock import Deadline
from evtbdd.events import Record
from evtbdd.words import quoted

INVISIBLE = ("ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed")


class Peeks:
    """Receives for no time at all: what is looked at is visible at once again.

    SQS counts each look as a receipt; those that were ours are taken off what is told of others.
    """

    def __init__(self, sqs: Connection, queues: Queues, *, samples: bool) -> None:
        self._sqs = sqs
        self._queues = queues
        self._wait = LONG if samples else 0
        self._looked_at: Counter[str] = Counter()
        self._turn = Lock()

    def peek(self, name: str, deadline: Deadline) -> Sequence[Record]:
        """Up to ten that are visible now. Raises BrokerError."""
        queue = self._queues.get(name, deadline)
        answer = self._sqs.tell(
            f"look at the queue {quoted(name)}",
            deadline,
            lambda sqs: sqs.receive_message(
                QueueUrl=queue.url,
                MaxNumberOfMessages=MOST,
                WaitTimeSeconds=self._wait,
                VisibilityTimeout=0,
                MessageAttributeNames=["All"],
                MessageSystemAttributeNames=["All"],
            ),
        )
        found = [Received.of(each, wrapped=False) for each in answer.get("Messages", ())]
        return [self._record(name, each, fifo=queue.fifo) for each in found]

    def _record(self, name: str, received: Received, *, fifo: bool) -> Record:
        record = received.record(name, unseen(received.lane(fifo=fifo)), fifo=fifo)
        with self._turn:
            ours = self._looked_at[received.id]
            self._looked_at[received.id] += 1
        attempts = record.facts["attempts"]
        others = attempts - ours if isinstance(attempts, int) else attempts
        return replace(record, facts={**record.facts, "attempts": others})

    def hidden(self, name: str, deadline: Deadline) -> int:
        """How many are in flight or delayed, as SQS estimates it. Raises BrokerError."""
        queue = self._queues.get(name, deadline)
        answer = self._sqs.ask(
            f"count what is invisible in the queue {quoted(name)}",
            deadline,
            lambda sqs: sqs.get_queue_attributes(QueueUrl=queue.url, AttributeNames=[*INVISIBLE]),
        )
        found = answer.get("Attributes", {})
        return sum(int(found.get(each, 0)) for each in INVISIBLE)
