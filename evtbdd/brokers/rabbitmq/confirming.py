"""A channel of AMQP that confirms what is published on it (RabbitMQ's publisher confirms)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pika import spec

from evtbdd.brokers.rabbitmq.driven import DrivenConnection
from evtbdd.brokers.rabbitmq.layout import Binding
from evtbdd.clock import Deadline


class Returned(Exception):
    """No queue takes an event."""


class Nacked(Exception):
    """A queue could not take an event."""


class Confirming:
    """A channel of AMQP on which one event at a time is published, by whoever has the connection.

    `is_done` unless an answer may come yet to what was published last.
    """

    def __init__(self, connection: DrivenConnection, deadline: Deadline) -> None:
        """Open it. Raises Late, or the driver's error."""
        self._connection = connection
        self._closed: Exception | None = None
        self._begun = self._returned = False
        self._stored: list[bool] = []
        self.is_done = True
        self._channel = connection.channel(on_open_callback=self._on_open)
        self._channel.add_on_close_callback(self._on_close)
        self._channel.add_on_return_callback(self._on_return)
        self._wait(lambda: self._begun, deadline)

    def publish(self, target: Binding, found: Any, body: bytes, deadline: Deadline) -> None:
        """Return when it is confirmed. Raises Returned, Nacked, Late, or the driver's error."""
        self._stored.clear()
        self._returned = False
        self._channel.basic_publish(target.exchange, target.key, body, found, mandatory=True)
        self.is_done = False
        self._wait(lambda: bool(self._stored), deadline)
        self.is_done = True
        if not self._stored[0]:
            raise Nacked
        if self._returned:
            raise Returned

    def _wait(self, until: Callable[[], bool], deadline: Deadline) -> None:
        self._connection.work(lambda: self._closed or until(), deadline)
        failure = self._closed or self._connection.lost
        if failure is not None and not until():
            raise failure

    def _on_open(self, channel: Any) -> None:
        channel.confirm_delivery(self._on_confirmed, self._on_begun)

    def _on_begun(self, _: object) -> None:
        self._begun = True

    def _on_close(self, _: object, reason: Exception) -> None:
        self._closed = reason

    def _on_return(self, *_: object) -> None:
        self._returned = True

    def _on_confirmed(self, frame: Any) -> None:
        self._stored.append(isinstance(frame.method, spec.Basic.Ack))

    @property
    def is_open(self) -> bool:
        """Whether it can be used."""
        return bool(self._channel.is_open)

    def close(self) -> None:
        """Use it no more; nothing is waited for."""
        if self._channel.is_open:
            self._channel.close()
            self._connection.turn()
