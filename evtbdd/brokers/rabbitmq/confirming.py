"""A channel of AMQP that confirms what is published on it (RabbitMQ's publisher confirms)."""

from __future__ import annotations

import asyncio
from typing import Any

from pika import spec

from evtbdd.brokers.rabbitmq.amqp import AmqpChannel
from evtbdd.brokers.rabbitmq.layout import Binding


class Returned(Exception):
    """No queue takes an event."""


class Nacked(Exception):
    """A queue could not take an event."""


class Confirming:
    """A channel of AMQP on which one event at a time is published; `is_done` once it is stored."""

    def __init__(self, channel: AmqpChannel) -> None:
        self._channel = channel
        self._outcome: asyncio.Future[bool] | None = None
        self._returned = False
        self.is_done = True

    @classmethod
    async def begun(cls, channel: AmqpChannel) -> Confirming:
        """Have a channel confirm what is published on it."""
        made = cls(channel)
        channel.driver.add_on_return_callback(made._on_return)
        await channel.ask("confirm_delivery", made._on_confirmed)
        return made

    async def publish(self, target: Binding, found: Any, body: bytes) -> None:
        """Return when it is confirmed. Raises Returned, Nacked, or the driver's error."""
        self._outcome = asyncio.get_running_loop().create_future()
        self._returned = False
        self._channel.driver.basic_publish(target.exchange, target.key, body, found, mandatory=True)
        self.is_done = False
        stored = await self._channel.unless_closed(self._outcome)
        if not stored:
            raise Nacked
        if self._returned:
            raise Returned
        self.is_done = True

    def _on_return(self, *_: object) -> None:
        self._returned = True

    def _on_confirmed(self, frame: Any) -> None:
        if self._outcome is not None and not self._outcome.done():
            self._outcome.set_result(isinstance(frame.method, spec.Basic.Ack))

    @property
    def is_open(self) -> bool:
        """Whether it can be used."""
        return self._channel.is_open

    def close(self) -> None:
        """Use it no more."""
        self._channel.close()
