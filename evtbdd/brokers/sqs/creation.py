"""Queues being created, with their topics and redrive policies: all of them, or none."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from threading import Event

from evtbdd.brokers.sqs.connection import Connection
from evtbdd.brokers.sqs.names import name_fault
from evtbdd.brokers.sqs.queue import Queue, attributes, open_to, redrive
from evtbdd.brokers.sqs.queues import Queues
from evtbdd.brokers.sqs.several import each
from evtbdd.brokers.sqs.topics import Topics
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerError, BrokerUnavailable
from evtbdd.ports import Capabilities, Capability, ChannelPlan
from evtbdd.words import quoted

LOOK = 0.2
"""Seconds between two looks whether new queues are there."""


class Creation:
    """Creates what plans say. Raises BrokerError, and then nothing of it is there."""

    def __init__(
        self,
        sqs: Connection,
        queues: Queues,
        topics: Topics,
        capabilities: Capabilities,
        *,
        samples: bool,
    ) -> None:
        self._sqs = sqs
        self._queues = queues
        self._topics = topics
        self._capabilities = capabilities
        self._samples = samples

    def create(self, plans: Sequence[ChannelPlan], deadline: Deadline) -> None:
        """Create queues that are not there. SQS itself would take an equal one for the same."""
        for plan in plans:
            self._require_possible(plan)
        look = self._queues.existing if self._samples else self._queues.taken
        there = look([plan.name for plan in plans], deadline)
        if there:
            raise BrokerError(
                f"The queue {quoted(there[0])} exists already at {self._sqs.address}."
            )
        begun: list[str] = []

        def create(plan: ChannelPlan) -> None:
            begun.append(plan.name)  # whose answer is lost is there for all that
            queue = self._queues.make(plan.name, attributes(plan), deadline)
            self._queues.know(replace(queue, delays=float(plan.options.get("delay", 0)) > 0))

        try:
            each(create, plans)
            each(lambda plan: self._complete(plan, deadline), plans)
            if self._samples:
                self._wait_until_seen([plan.name for plan in plans], deadline)
        except BaseException:
            with suppress(BrokerError):
                # It may be the time that was too short: what is to be done yet gets its own.
                self._queues.delete(begun, Deadline.after(deadline.seconds))
            raise

    def _wait_until_seen(self, names: Sequence[str], deadline: Deadline) -> None:
        """Where SQS is many machines, not all of them know a queue at once."""
        never = Event()
        while len(self._queues.existing(names, deadline)) < len(set(names)):
            if deadline.expired():
                raise BrokerUnavailable(
                    f"SQS at {self._sqs.address} did not show all of the queues in time that it has "
                    "created."
                )
            never.wait(min(LOOK, deadline.remaining()))

    def _require_possible(self, plan: ChannelPlan) -> None:
        if (fault := name_fault(plan.name)) is not None:
            raise BrokerError(f"The name {quoted(plan.name)} cannot be that of a queue: {fault}.")
        if plan.partitions < 1:
            raise BrokerError(
                f"The queue {quoted(plan.name)} cannot have {plan.partitions} partitions."
            )
        if plan.partitions > 1:
            self._capabilities.require(Capability.PARTITIONS)
        attributes(plan)

    def _complete(self, plan: ChannelPlan, deadline: Deadline) -> None:
        """Add what needs queues to be there: dead letters, and a topic."""
        queue = self._queues.get(plan.name, deadline)
        more = self._redrive(plan, queue, deadline)
        if plan.options.get("sns") == "yes":
            queue = self._topic(queue, deadline)
            more |= open_to(queue.topic or "", queue.arn)
        if more:
            self._sqs.ask(
                f"set the attributes of the queue {quoted(plan.name)}",
                deadline,
                lambda sqs: sqs.set_queue_attributes(QueueUrl=queue.url, Attributes=more),
            )
        if queue.topic is not None:
            self._topics.subscribe(queue.topic, queue.arn, deadline, raw=True)

    def _redrive(self, plan: ChannelPlan, queue: Queue, deadline: Deadline) -> dict[str, str]:
        if plan.dead_letter is None or plan.attempts is None:
            return {}
        target = self._queues.get(plan.dead_letter, deadline)
        if target.fifo != queue.fifo:
            raise BrokerError(
                f"The dead letters of {quoted(plan.name)} cannot go to {quoted(target.name)}: "
                "either both are FIFO queues (fifo = yes), or neither is."
            )
        return redrive(target.arn, plan.attempts)

    def _topic(self, queue: Queue, deadline: Deadline) -> Queue:
        """The queue with a topic of its name, that nobody else has."""
        if self._topics.exists(queue.name, queue.arn, deadline):
            raise BrokerError(
                f"The topic {quoted(queue.name)} exists already at {self._sqs.address}."
            )
        fed = replace(queue, topic=self._topics.create(queue.name, deadline))
        self._queues.know(fed)
        return fed
