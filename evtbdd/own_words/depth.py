"""How many events a queue holds, those included that a service has and did not acknowledge yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from evtbdd.channels.channel import Channel
from evtbdd.channels.scenario import ScenarioChannels
from evtbdd.clock import Deadline, looks
from evtbdd.errors import UnknownName, UnsupportedCapability
from evtbdd.expect.states import Look
from evtbdd.offers import Depth, Depths
from evtbdd.ports import Broker
from evtbdd.words import counted, quoted

EVERY = 0.05
"""Seconds between two looks."""


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue that can be asked for its depth: that of a channel, or any other one of the broker."""

    name: str
    physical: str
    broker: Broker
    told: Depths
    ask: Callable[[], Deadline]

    @classmethod
    def of(cls, channels: ScenarioChannels, name: str) -> Queue:
        """By the name of a channel, else by the queue's own. UnsupportedCapability elsewhere.

        UnknownName where it is neither, or nobody knows on which of several brokers it is.
        """
        channel = channels.get(name) if name in channels.known() else _of_queue(channels, name)
        broker = channels.broker(name) if channel is None else channel.broker
        if not isinstance(broker, Depths):
            shown = channels.get(name).name  # which is told of a name that nobody knows
            raise UnsupportedCapability(
                f"The channel {quoted(shown)} lies on {broker.capabilities.broker}, which has no "
                "queue that could be asked how much it holds; RabbitMQ has."
            )
        physical = name if channel is None else channel.physical
        return cls(name, physical, broker, broker, channels.deadline)

    @property
    def where(self) -> str:
        """`rabbitmq 127.0.0.1:5672, queue evtbdd-…-orders`."""
        return f"{self.broker.capabilities.broker.lower()} {self.broker.address}, queue {self.physical}"

    def depth(self) -> Depth:
        """What it holds now. Raises UnsupportedCapability where consumers have what nobody counts."""
        found = self.told.depth(self.physical, self.ask())
        if found.unacknowledged is None and found.consumers:
            raise UnsupportedCapability(
                f"The queue {quoted(self.name)} has {counted(found.consumers, 'consumer')}, and what "
                "those did not acknowledge yet is told by RabbitMQ's management API alone: enable "
                "the plugin rabbitmq_management, or say where it is (?management=PORT)."
            )
        return found

    def holds(self, number: int) -> Look[Depth]:
        """Whether it holds so many; figures that may come late must stand for as long."""
        found = self.depth()
        if found.late:
            for _ in looks(Deadline.after(found.late), EVERY):
                if found.held != number:
                    break
                found = self.depth()
        return Look(found.held == number, f"it holds {self.said(found)}", found)

    def said(self, found: Depth) -> str:
        """`2 events: 1 ready, 1 unacknowledged (rabbitmq 127.0.0.1:5672, queue orders)`."""
        parts = f"{found.ready} ready"
        if found.unacknowledged is not None:
            parts += f", {found.unacknowledged} unacknowledged"
        return f"{counted(found.held, 'event')}: {parts} ({self.where})"


def _of_queue(channels: ScenarioChannels, queue: str) -> Channel | None:
    """The channel whose queue has that name; None where it may be on the only broker."""
    for channel in channels.opened().values():
        if channel.physical == queue:
            return channel
    if channels.broker_of(queue) is None:
        raise UnknownName(
            f"{quoted(queue)} is no channel, nor the queue of one that this scenario has; there are "
            "several brokers, so any other queue must be declared as a channel: its section says "
            "which is meant."
        )
    return None
