"""Two ways to look on: a queue of evtbdd's own on an exchange, and a queue that nobody else consumes."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any, Protocol
from uuid import uuid4

import pika
from pika import exceptions as driver

from evtbdd.brokers.rabbitmq.amqp import AmqpChannel
from evtbdd.brokers.rabbitmq.names import TAP
from evtbdd.brokers.rabbitmq.session import Session
from evtbdd.brokers.rabbitmq.tap import Number, Tap


class Told(Protocol):
    """Who is told of what comes, and of a queue that is consumed no more."""

    def delivered(self, tap: Tap, delivery: Any, found: Any, body: bytes) -> None:
        """An event, as pika hands it over."""

    def cancelled(self, tap: Tap) -> None:
        """The broker has ended the consuming: the queue is not there any more."""


class Tapping:
    """An exclusive queue, bound to the channel's exchange; it ends with its consumer.

    That all routed so far was handed over is known by a marker: a message that is put into the very
    queue, through the exchange without a name, where nobody else sees it.
    """

    def __init__(self, session: Session, told: Told) -> None:
        self._session = session
        self._told = told
        self._opening = asyncio.Lock()
        self._consumer: AmqpChannel | None = None
        self._marker: AmqpChannel | None = None
        self._taps: dict[str, Tap] = {}

    async def begin(self, tap: Tap) -> None:
        """See all that is routed from now on. Raises the driver's error."""
        queue = f"{TAP}{uuid4().hex}"
        async with self._session.reading.lent() as channel:
            await channel.ask("queue_declare", queue, exclusive=True, auto_delete=True)
        try:
            await self._bind(tap, queue)
        except driver.ChannelClosedByBroker:
            async with self._session.reading.lent() as channel:
                await channel.ask("queue_delete", queue)
            raise
        consumer = await self._consuming()
        tap.queue = tap.tag = queue
        tap.channel = consumer
        self._taps = {tag: each for tag, each in self._taps.items() if each.live}
        self._taps[queue] = tap
        await consumer.ask(
            "basic_consume",
            queue,
            partial(_hand_on, self._told, tap),
            auto_ack=True,
            consumer_tag=queue,
        )

    async def _bind(self, tap: Tap, queue: str) -> None:
        async with self._session.reading.lent() as channel:
            for each in tap.layout.tap_bindings():
                await channel.ask("queue_bind", queue, each.exchange, each.key)

    async def require(self, tap: Tap) -> None:
        """See what comes also where the exchange was deleted and made anew meanwhile.

        Raises the driver's error where it was deleted.
        """
        await self._bind(tap, tap.queue)

    async def _consuming(self) -> AmqpChannel:
        async with self._opening:
            if self._consumer is None or not self._consumer.is_open:
                self._consumer = await self._session.reading.channel()
                self._consumer.driver.add_on_cancel_callback(self._on_cancel)
            return self._consumer

    def _on_cancel(self, frame: Any) -> None:
        tap = self._taps.pop(frame.method.consumer_tag, None)
        if tap is not None:
            self._told.cancelled(tap)

    async def look(self, tap: Tap) -> int:
        """The number of the next event, once all that was routed before was handed over."""
        marker: Number = asyncio.get_running_loop().create_future()
        token = uuid4().hex
        channel = await self._marking()
        tap.markers[token] = marker
        try:
            channel.driver.basic_publish(
                "", tap.queue, b"", pika.BasicProperties(message_id=token), mandatory=True
            )
            number: int = await channel.unless_closed(marker)
            return number
        finally:
            tap.markers.pop(token, None)

    async def _marking(self) -> AmqpChannel:
        async with self._opening:
            if self._marker is None or not self._marker.is_open:
                self._marker = await self._session.marking.channel()
                self._marker.driver.add_on_return_callback(self._on_return)
            return self._marker

    def _on_return(self, _: object, returned: Any, __: object, ___: bytes) -> None:
        """A marker found no queue: it was deleted, and its consumer is about to be told so."""
        tap = self._taps.pop(returned.routing_key, None)
        if tap is not None:
            self._told.cancelled(tap)

    def end(self, tap: Tap) -> None:
        """See nothing more."""
        self._taps.pop(tap.tag, None)
        if tap.channel is not None and tap.channel.is_open:
            tap.channel.driver.basic_cancel(tap.tag, callback=lambda _: None)


class Consuming:
    """The channel's own queue, which nobody else consumes; what was in it before is left there.

    That all has been handed over is known when nothing is ready any more: each delivery was sent
    before the broker's next answer on the same channel of AMQP.
    """

    def __init__(self, session: Session, told: Told) -> None:
        self._session = session
        self._told = told

    async def begin(self, tap: Tap) -> None:
        """Take all that comes from now on. Raises the driver's error."""
        channel = await self._session.reading.channel()
        channel.driver.add_on_cancel_callback(lambda _: self._told.cancelled(tap))
        found = await channel.ask("queue_declare", tap.name, passive=True)
        tap.old = found.message_count
        tap.queue, tap.tag, tap.channel = tap.name, f"{TAP}{uuid4().hex}", channel
        await channel.ask(
            "basic_consume", tap.name, partial(_hand_on, self._told, tap), consumer_tag=tap.tag
        )

    async def require(self, tap: Tap) -> None:
        """Raise the driver's error where the queue was deleted."""
        async with self._session.asking.lent() as channel:
            await channel.ask("queue_declare", tap.name, passive=True)

    async def look(self, tap: Tap) -> int:
        """The number of the next event, once all that was in the queue was handed over."""
        while tap.channel is not None:
            found = await tap.channel.ask("queue_declare", tap.name, passive=True)
            await tap.channel.ask("basic_qos", prefetch_count=0)
            if found.message_count == 0:
                break
        return tap.next

    def end(self, tap: Tap) -> None:
        """Take nothing more; what was there before is the queue's again."""
        if tap.channel is not None:
            tap.channel.close()


def _hand_on(told: Told, tap: Tap, _: object, delivery: Any, found: Any, body: bytes) -> None:
    """What pika calls for each delivery."""
    told.delivered(tap, delivery, found, body)
