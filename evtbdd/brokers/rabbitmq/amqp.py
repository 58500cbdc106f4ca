"""Connections and their channels, as coroutines over pika's callbacks; all in one loop's thread."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pika
from pika import exceptions as driver
from pika.adapters.asyncio_connection import AsyncioConnection
from pika.channel import Channel

CLOSING = 1.0
"""Seconds that a broker has to answer a goodbye."""


class Unopened(Exception):
    """A connection could not be opened; the cause is the driver's error."""


class AmqpChannel:
    """A channel of AMQP; questions on it are answered in turn."""

    def __init__(self, channel: Channel) -> None:
        self.driver = channel
        self._asked: set[asyncio.Future[Any]] = set()
        channel.add_on_close_callback(self._on_close)

    async def ask(self, method: str, *arguments: object, **options: object) -> Any:
        """Carry a method of pika's out, and return the broker's answer.

        Raises the driver's error, with which the channel, or its connection, was closed meanwhile.
        """
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

        def on_answer(frame: Any) -> None:
            if not answer.done():
                answer.set_result(frame.method)

        getattr(self.driver, method)(*arguments, callback=on_answer, **options)
        return await self.unless_closed(answer)

    async def unless_closed(self, answer: asyncio.Future[Any]) -> Any:
        """What comes of a future; the driver's error if the channel is closed before."""
        self._asked.add(answer)
        try:
            return await answer
        finally:
            self._asked.discard(answer)

    def _on_close(self, _: Channel, reason: Exception) -> None:
        for answer in self._asked:
            if not answer.done():
                answer.set_exception(reason)

    @property
    def is_open(self) -> bool:
        """Whether it can be used."""
        return bool(self.driver.is_open)

    def close(self) -> None:
        """Close it, without waiting for that."""
        if self.driver.is_open:
            self.driver.close()


class Link:
    """A connection, opened when it is needed, and opened anew where it was lost.

    `on_lost` is called with the driver's error when the broker, or the network, has ended it;
    `blocked` is why the broker takes nothing that is published at the moment, if it does not.
    """

    def __init__(self, parameters: pika.ConnectionParameters) -> None:
        self.blocked: str | None = None
        self.on_lost: Callable[[Exception], None] = lambda _: None
        self._parameters = parameters
        self._connection: AsyncioConnection | None = None
        self._opening = asyncio.Lock()
        self._idle: list[AmqpChannel] = []
        self._ended = asyncio.Event()

    @property
    def is_open(self) -> bool:
        """Whether there is a connection now."""
        return self._connection is not None and self._connection.is_open

    async def channel(self) -> AmqpChannel:
        """A new channel; to be closed by whoever asked for it. Raises Unopened, or AMQPError."""
        connection = await self._opened()
        opened: asyncio.Future[Channel] = asyncio.get_running_loop().create_future()

        def on_open(channel: Channel) -> None:
            if not opened.done():
                opened.set_result(channel)

        made = AmqpChannel(connection.channel(on_open_callback=on_open))
        await made.unless_closed(opened)
        return made

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[AmqpChannel]:
        """A channel for some questions; one on which a question failed is not lent again."""
        channel = None
        while self._idle and channel is None:
            idle = self._idle.pop()
            channel = idle if idle.is_open else None
        channel = channel or await self.channel()
        try:
            yield channel
        except BaseException:
            channel.close()
            raise
        self._idle.append(channel)

    async def _opened(self) -> AsyncioConnection:
        async with self._opening:
            if self._connection is None or not self._connection.is_open:
                self._connection = await self._open()
            return self._connection

    async def _open(self) -> AsyncioConnection:
        opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def on_open(_: object) -> None:
            if not opened.done():
                opened.set_result(None)

        def on_error(_: object, error: Exception) -> None:
            if not opened.done():
                opened.set_exception(error)

        self._idle.clear()
        self._ended.clear()
        self.blocked = None
        connection = AsyncioConnection(
            self._parameters, on_open, on_error, self._on_close, asyncio.get_running_loop()
        )
        try:
            await opened
        except asyncio.CancelledError:
            if not (connection.is_closed or connection.is_closing):
                connection.close()
            raise
        except Exception as error:
            raise Unopened from error
        connection.add_on_connection_blocked_callback(self._on_blocked)
        connection.add_on_connection_unblocked_callback(self._on_unblocked)
        return connection

    def _on_blocked(self, _: object, frame: Any) -> None:
        self.blocked = frame.method.reason or "it does not say why"

    def _on_unblocked(self, _: object, __: object) -> None:
        self.blocked = None

    def _on_close(self, _: object, reason: Exception) -> None:
        self._connection = None
        self._ended.set()
        if not isinstance(reason, driver.ConnectionClosedByClient):
            self.on_lost(reason)

    async def close(self) -> None:
        """Say goodbye, and leave a broker that does not answer it."""
        connection = self._connection
        if connection is None:
            return
        if connection.is_open:
            connection.close()
        try:
            await asyncio.wait_for(self._ended.wait(), CLOSING)
        except asyncio.TimeoutError:
            # Nothing of the driver's closes a connection whose other end is silent.
            connection._terminate_stream(driver.StreamLostError("no answer to the goodbye"))
            await self._ended.wait()
