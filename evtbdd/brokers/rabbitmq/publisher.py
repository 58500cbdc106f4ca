"""Publishes one event after another: confirmed, and returned where no queue takes it."""

from __future__ import annotations

from itertools import count

from pika import exceptions as driver

from evtbdd.brokers.rabbitmq.confirming import Nacked, Returned
from evtbdd.brokers.rabbitmq.errors import code, translated
from evtbdd.brokers.rabbitmq.layout import Binding, Layout
from evtbdd.brokers.rabbitmq.loop import Ended, Late
from evtbdd.brokers.rabbitmq.names import LONGEST
from evtbdd.brokers.rabbitmq.records import KEY, LANE, NUMBERS, properties
from evtbdd.brokers.rabbitmq.session import FAILURES, Session
from evtbdd.brokers.rabbitmq.tap import Place
from evtbdd.brokers.rabbitmq.taps import Taps
from evtbdd.brokers.rabbitmq.topology import NOT_FOUND, Topology, named
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerError, PublishRefused
from evtbdd.events import Position
from evtbdd.ports import Capabilities, Capability, Message
from evtbdd.words import quoted

UNSEEN = -1_000_000_000
"""From here on events are numbered that no tap has seen; a tap counts from 0."""


class Publisher:
    """Publishes over a connection of its own; may be called from any thread."""

    def __init__(
        self,
        session: Session,
        topology: Topology,
        taps: Taps,
        capabilities: Capabilities,
    ) -> None:
        self._session = session
        self._topology = topology
        self._taps = taps
        self._capabilities = capabilities
        self._unseen = count(UNSEEN)
        self._waiting: set[Place] = set()
        self._closed = False

    def layout(self, name: str, deadline: Deadline) -> Layout:
        """What the channel is that is to be published to. Raises PublishRefused without one."""
        # What is remembered needs no turn in the loop's thread, which would cost each event one.
        layout = self._topology.known(name) or self._session.run(
            self._doing(name), deadline, lambda: self._topology.layout(name), repeat=True
        )
        if layout is None:
            raise self._missing(name)
        return layout

    def require(self, message: Message) -> None:
        """Raise UnsupportedCapability or PublishRefused for what AMQP cannot carry."""
        if message.value is None:
            self._capabilities.require(Capability.TOMBSTONES)
        names = [name for name, _ in message.headers]
        if len(set(names)) < len(names):
            self._capabilities.require(Capability.REPEATED_HEADERS)
        key = dict(message.headers).get(KEY, message.key)
        if message.key not in {None, key}:
            raise PublishRefused(
                f"The event has a key, which is its header {quoted(KEY)} on RabbitMQ, and another "
                "value in that header."
            )
        for name, numbers in NUMBERS.items():
            text = message.properties.get(name)
            if text is not None and not (text.isdecimal() and int(text) in numbers):
                raise PublishRefused(
                    f"@{name} is a number from {numbers[0]} to {numbers[-1]}, not {quoted(text)}."
                )
        long = {n: v for n, v in message.properties.items() if len(v.encode()) > LONGEST}
        if long:
            raise PublishRefused(f"@{min(long)} is longer than AMQP takes, {LONGEST} bytes.")
        too_long = [name for name in names if len(name.encode()) > LONGEST]
        if too_long:
            raise PublishRefused(
                f"The name of a header is too long for AMQP, which takes {LONGEST} bytes: "
                f"{quoted(too_long[0])}."
            )

    def target(self, layout: Layout, message: Message) -> Binding:
        """Where a message goes, and by which routing key. Raises PublishRefused."""
        if layout.exchange is None and message.routing_key is not None:
            raise PublishRefused(
                f"The channel {quoted(layout.name)} is a queue without an exchange, so the routing "
                f"key {quoted(message.routing_key)} leads nowhere."
            )
        target = layout.target(message.routing_key, message.default_routing_key)
        if len(target.key.encode()) > LONGEST:
            raise PublishRefused(
                f"A routing key has {LONGEST} bytes at the most, and this one has "
                f"{len(target.key.encode())}."
            )
        return target

    def publish(
        self, layout: Layout, target: Binding, message: Message, deadline: Deadline
    ) -> Position:
        """Publish one event, and return its position once the tap has handed it over.

        Where nobody watches, the position is one that no other event has. Raises PublishRefused,
        or BrokerUnavailable.
        """
        try:
            place = self._confirmed(layout, target, message, deadline)
            position = None if place is None else self._stood(place, deadline)
        except FAILURES as error:
            doing = self._doing(layout.name)
            raise self._session.failure(error, doing, deadline) from error.__cause__ or error
        return position or Position(LANE, next(self._unseen))

    def _confirmed(
        self, layout: Layout, target: Binding, message: Message, deadline: Deadline
    ) -> Place | None:
        body, mark = message.value or b"", message.properties.get("message_id", message.id)
        with self._session.publishing.turn(deadline) as confirming:
            place = self._taps.expect(layout.name, (mark, body, target.key))
            try:
                confirming.publish(target, properties(message), body, deadline)
            except BaseException as error:
                if place is not None:
                    place.is_wanted = False
                if isinstance(error, driver.ChannelClosedByBroker | Returned | Nacked):
                    raise self._refusal(error, layout, target) from error
                raise
        return place

    def _stood(self, place: Place, deadline: Deadline) -> Position | None:
        """Where the tap has seen it; None where the connection of the taps was lost."""
        self._waiting.add(place)
        try:
            self._require_open()
            if not place.wait(deadline):
                place.is_wanted = False
                raise Late
            if place.position is None:
                self._require_open()
            return place.position
        finally:
            self._waiting.discard(place)

    def _require_open(self) -> None:
        if self._closed:
            raise Ended

    def close(self) -> None:
        """Have nobody wait any longer for what the taps see."""
        self._closed = True
        for place in list(self._waiting):
            place.meet(None)

    def _refusal(self, error: Exception, layout: Layout, target: Binding) -> BrokerError:
        if isinstance(error, Nacked):
            return PublishRefused(
                f"RabbitMQ at {self._session.shown} could not {self._doing(layout.name)}: a queue "
                "that takes it is full, or has failed (it was nacked)."
            )
        if isinstance(error, Returned) and layout.exchange is not None:
            return unroutable(self._session.shown, layout, target)
        if isinstance(error, Returned) or code(error) == NOT_FOUND:
            self._topology.forget(layout.name)
            return self._missing(layout.name)
        return PublishRefused(str(translated(error, self._session.shown, self._doing(layout.name))))

    def _missing(self, name: str) -> PublishRefused:
        return PublishRefused(f"There is no channel {quoted(name)} at {self._session.shown}.")

    def _doing(self, name: str) -> str:
        return f"publish to {named([name])}"


def unroutable(address: str, layout: Layout, target: Binding) -> PublishRefused:
    """What is raised where no queue takes an event."""
    how = f" by the routing key {quoted(target.key)}"
    if layout.exchange in {"fanout", "headers"}:
        how = ""
    return PublishRefused(
        f"RabbitMQ at {address} could not publish to the channel {quoted(layout.name)}: no queue "
        f"takes it from there{how}. Is the service that binds one running?"
    )
