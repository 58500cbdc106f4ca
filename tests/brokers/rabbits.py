"""Channels on a real RabbitMQ for one test, and a client that knows nothing of evtbdd."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import pika

from evtbdd.brokers.rabbitmq.adapter import RabbitBroker
from evtbdd.brokers.rabbitmq.address import Address
from evtbdd.clock import Deadline
from evtbdd.conformance.rig import Collected
from evtbdd.events import Position, Record
from evtbdd.ports import ChannelPlan, Ends, Message

PATIENCE = 20.0


def soon() -> Deadline:
    """A deadline that no healthy broker misses."""
    return Deadline.after(PATIENCE)


def client_of(real_rabbitmq: str, vhost: str = "/", **given: Any) -> pika.BlockingConnection:
    """A connection of pika's own."""
    address = Address.parse(real_rabbitmq, tls=False)
    user = given.pop("user", "guest")
    password = given.pop("password", "guest")
    return pika.BlockingConnection(
        pika.ConnectionParameters(
            address.host, address.port, vhost, pika.PlainCredentials(user, password), **given
        )
    )


class Rabbits:
    """Makes and watches channels; all that was made is deleted in the end."""

    def __init__(self, broker: RabbitBroker) -> None:
        self.broker = broker
        self.sink = Collected()
        self._made: list[str] = []

    def name(self) -> str:
        """A name that nobody uses; what is made under it is deleted in the end."""
        self._made.append(f"evtbdd-test-{uuid.uuid4().hex[:12]}")
        return self._made[-1]

    def created(self, options: Mapping[str, str] | None = None, **given: Any) -> str:
        """The name of a channel that is there."""
        name = given.pop("name", None) or self.name()
        self.broker.create([ChannelPlan(name, options=options or {}, **given)], soon())
        return str(name)

    def watched(self, options: Mapping[str, str] | None = None, **given: Any) -> str:
        """The name of a channel that is there, and watched."""
        name = self.created(options, **given)
        self.watch(name)
        return name

    def watch(self, *names: str) -> Mapping[str, Ends]:
        """Watch channels from now on."""
        return self.broker.reader().watch(names, self.sink, soon())

    def publish(self, name: str, value: bytes = b"x", **given: Any) -> Position:
        """Publish one event."""
        (position,) = self.broker.publish(name, [Message(value, **given)], soon())
        return position

    def read(self, *names: str) -> Sequence[Record]:
        """All that was handed over of these channels by now, in their order."""
        reader = self.broker.reader()
        reader.read_to(reader.ends(names, soon()), soon())
        return [each for each in self.sink.records if each.channel in names]

    def clean_up(self) -> None:
        """Delete what was made."""
        self.broker.reader().unwatch(self._made)
        self.broker.delete(self._made, soon())
