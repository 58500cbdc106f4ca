"""The connection that is published over: whoever publishes writes and reads on it in his own thread.

The thread that services the other connections would take an event over and hand its confirm back,
which costs more than all the rest. It only looks after this one while nobody publishes.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import Lock
from typing import Any

from pika import exceptions as driver

from evtbdd.brokers.handshake import Unreached, shaken
from evtbdd.brokers.rabbitmq.access import Access
from evtbdd.brokers.rabbitmq.address import Address
from evtbdd.brokers.rabbitmq.amqp import CLOSING, Unopened
from evtbdd.brokers.rabbitmq.confirming import Confirming
from evtbdd.brokers.rabbitmq.driven import DrivenConnection
from evtbdd.brokers.rabbitmq.loop import Ended, EventLoop, Late
from evtbdd.clock import Deadline

LOOK = 0.5
"""Seconds between two looks at a connection over which nobody publishes; a broker that closes it
waits for an answer."""

SOON = 0.01
"""Seconds until the next look where somebody publishes just when a heartbeat is due: he sends it."""


class Publishing:
    """A connection that is opened when it is needed, and anew where it was lost; for any thread.

    `patience` is how many seconds the opening may take; a deadline may allow less.
    """

    def __init__(self, address: Address, access: Access, patience: float, loop: EventLoop) -> None:
        self._address = address
        self._access = access
        self._patience = patience
        self._loop = loop
        self._turn = Lock()
        self._connection: DrivenConnection | None = None
        self._confirming: Confirming | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def is_open(self) -> bool:
        """Whether there is a connection now."""
        return self._connection is not None and self._connection.lost is None

    @property
    def blocked(self) -> str | None:
        """Why the broker takes nothing at the moment, if it does not."""
        return None if self._connection is None else self._connection.blocked

    @contextmanager
    def turn(self, deadline: Deadline) -> Iterator[Confirming]:
        """A channel to publish on, for one thread at a time.

        Raises Late, Ended once it is closed, Unopened, or the driver's error.
        """
        if not self._turn.acquire(timeout=deadline.remaining()):
            raise Late
        try:
            confirming = self._confirmed(deadline)
            try:
                yield confirming
            finally:
                if not confirming.is_done:
                    # An answer may come yet, and must not be taken for that to the next one.
                    confirming.close()
        except driver.AMQPError:
            self._require_open()
            raise
        finally:
            self._turn.release()

    def _confirmed(self, deadline: Deadline) -> Confirming:
        self._require_open()
        if self._connection is not None:
            # That it was ended while nobody published is known only to who reads.
            self._connection.turn()
        if self._connection is None or self._connection.lost is not None:
            self._confirming = None
            self._connection = connection = self._opened(deadline)
            try:
                self._require_open()
                self._loop.call(lambda: self._keep(connection), deadline)
            except BaseException:
                connection.abandon()
                raise
        if self._confirming is None or not self._confirming.is_open:
            self._confirming = Confirming(self._connection, deadline)
        return self._confirming

    def _require_open(self) -> None:
        if self._closed:
            raise Ended

    def _opened(self, deadline: Deadline) -> DrivenConnection:
        limit = Deadline.after(min(self._patience, deadline.remaining()))
        try:
            connection = self._open(limit)
        except (OSError, Unreached, Late) as error:
            if deadline.expired():
                raise Late from error
            raise Unopened from (
                TimeoutError("no answer in time") if type(error) is Late else error
            )
        return connection

    def _open(self, limit: Deadline) -> DrivenConnection:
        parameters = self._access.parameters(self._address, "evtbdd publishing", self._patience)
        stream = self._connected(limit)
        try:
            stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._access.context is not None:
                stream = shaken(stream, self._address.host, self._access.context)
            connection = DrivenConnection(parameters, stream)
            connection.work(lambda: connection.is_open, limit)
        except BaseException:
            stream.close()
            raise
        if connection.lost is not None:
            raise Unopened from connection.lost
        return connection

    def _connected(self, limit: Deadline) -> socket.socket:
        """To the first of its addresses where somebody listens."""
        failed: OSError | None = None
        for family, kind, protocol, _, where in self._loop.call(self._resolved, limit):
            stream = socket.socket(family, kind, protocol)
            try:
                stream.settimeout(max(0.01, limit.remaining()))
                stream.connect(where)
            except OSError as error:
                stream.close()
                failed = error
            else:
                return stream
        raise failed or OSError("the name has no address")

    async def _resolved(self) -> Sequence[Any]:
        """By a thread of the loop's: that may take longer than anybody waits."""
        host, port = self._address.host, self._address.port
        return await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)

    async def _keep(self, connection: DrivenConnection) -> None:
        self._keeping = asyncio.get_running_loop().create_task(self._keep_alive(connection))

    async def _keep_alive(self, connection: DrivenConnection) -> None:
        """Send heartbeats, and answer the broker, while nobody publishes."""
        while connection.lost is None:
            await asyncio.sleep(min(LOOK, max(SOON, connection.due())))
            if self._turn.acquire(blocking=False):
                try:
                    connection.turn()
                finally:
                    self._turn.release()

    def close(self) -> None:
        """Say goodbye, and leave a broker that does not answer it; who publishes raises Ended."""
        self._closed = True
        if not self._turn.acquire(blocking=False):
            if self._connection is not None:
                self._connection.interrupt()
            if not self._turn.acquire(timeout=CLOSING):
                return
        try:
            connection = self._connection
            if connection is None or connection.lost is not None:
                return
            connection.close()
            with suppress(Late):
                connection.work(lambda: False, Deadline.after(CLOSING))
            connection.abandon()
        finally:
            self._turn.release()
