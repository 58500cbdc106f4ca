"""Taps: queues of evtbdd's own on topics, so that it takes nothing from a service's queue."""

from __future__ import annotations

from dataclasses import dataclass

from evtbdd.brokers.sqs.names import LONGEST, fresh_tap
from evtbdd.brokers.sqs.queue import Queue, of_kind, open_to
from evtbdd.brokers.sqs.queues import Queues
from evtbdd.brokers.sqs.topics import Topics
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerError
from evtbdd.words import quoted


@dataclass(frozen=True, slots=True)
class Tap:
    """A queue of evtbdd's own, and the ARN of its subscription."""

    name: str
    url: str
    subscription: str


class Taps:
    """Makes and removes taps. Every method raises BrokerError."""

    def __init__(self, queues: Queues, topics: Topics) -> None:
        self._queues = queues
        self._topics = topics

    def open(self, queue: Queue, topic: str, deadline: Deadline) -> Tap:
        """A new queue that the topic feeds from now on.

        It is not fed raw: so each event comes with the id that SNS gave to whoever published it.
        """
        name = fresh_tap(queue.name)
        if len(name) > LONGEST:
            raise BrokerError(
                f"The queue {quoted(queue.name)} cannot be tapped: the name of a tap would have "
                f"{len(name)} characters, and SQS takes {LONGEST}."
            )
        arn = f"{queue.arn.rpartition(':')[0]}:{name}"
        made = self._queues.make(name, {**of_kind(name), **open_to(topic, arn)}, deadline)
        try:
            subscription = self._topics.subscribe(topic, made.arn, deadline, raw=False)
        except BaseException:
            self._queues.delete_at(name, made.url, deadline)
            raise
        return Tap(name, made.url, subscription)

    def close(self, tap: Tap, deadline: Deadline) -> None:
        """End the subscription first: a topic must not be left with a dead end."""
        try:
            self._topics.unsubscribe(tap.subscription, deadline)
        finally:
            self._queues.delete_at(tap.name, tap.url, deadline)
