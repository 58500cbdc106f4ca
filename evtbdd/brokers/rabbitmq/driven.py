"""A connection of pika's that has no loop: whoever wants something of it writes and reads itself.

pika's own blocking connection is one of these above a loop, which costs what it is to be without.
"""

from __future__ import annotations

import select
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import Any

import pika
from pika import exceptions as driver
from pika.connection import Connection

from evtbdd.brokers.rabbitmq.loop import Late
from evtbdd.clock import MONOTONIC, Deadline

SIZE = 65536
NOT_NOW = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
NEVER = float("inf")


class DrivenConnection(Connection):  # type: ignore[misc]  # the driver has no types
    """AMQP over a socket that is connected already; used by one thread at a time.

    `lost` is the driver's error with which it could not be opened, or has ended; `blocked` is why
    the broker takes nothing that is published at the moment, if it does not.
    """

    def __init__(self, parameters: pika.ConnectionParameters, stream: socket.socket) -> None:
        self.lost: Exception | None = None
        self.blocked: str | None = None
        self._stream = stream
        self._unsent = bytearray()
        self._wants_to_write = False
        self._ending = False
        self._timers: dict[int, tuple[float, Callable[[], object]]] = {}
        self._numbers = count()
        self._due = NEVER
        stream.setblocking(False)
        self._poll = select.poll()
        self._poll.register(stream, select.POLLIN)
        super().__init__(
            parameters, None, self._on_ended, self._on_ended, internal_connection_workflow=False
        )
        self.add_on_connection_blocked_callback(self._on_blocked)
        self.add_on_connection_unblocked_callback(self._on_unblocked)
        self._on_stream_connected()

    def work(self, until: Callable[[], object], deadline: Deadline) -> None:
        """Write and read until that is so, or the connection has ended. Raises Late."""
        while not until() and self.lost is None:
            left = deadline.remaining()
            if not left:
                raise Late
            self.turn(left)

    def turn(self, seconds: float = 0.0) -> None:
        """Write what can be written, read what comes within so many seconds, and keep it alive."""
        self._write()
        if self.lost is None and self._poll.poll(min(seconds, max(0.0, self.due())) * 1000):
            self._read()
        while self.lost is None and self.due() <= 0:
            _, call = self._timers.pop(min(self._timers, key=lambda each: self._timers[each][0]))
            self._set_due()
            call()
            self._end_if_asked()
        self._write()

    def due(self) -> float:
        """Seconds until it wants a turn, to send a heartbeat or to miss one; also for other threads."""
        return self._due - MONOTONIC.now()

    def interrupt(self) -> None:
        """Have a turn that waits come to an end, from another thread: the connection is lost then."""
        with suppress(OSError):
            # That of TLS would forget the encryption, which the other thread is using.
            socket.socket.shutdown(self._stream, socket.SHUT_RDWR)

    def abandon(self) -> None:
        """End it without a goodbye."""
        if self.lost is None:
            self._end(driver.ConnectionClosedByClient(200, "abandoned"))

    def _write(self) -> None:
        if self._unsent and self.lost is None:
            try:
                del self._unsent[: self._stream.send(self._unsent)]
            except NOT_NOW:
                pass
            except OSError as error:
                self._end(_stream_lost(error))
        if bool(self._unsent) is not self._wants_to_write and self.lost is None:
            self._wants_to_write = bool(self._unsent)
            more = select.POLLOUT if self._unsent else 0
            self._poll.modify(self._stream, select.POLLIN | more)

    def _read(self) -> None:
        while self.lost is None:
            try:
                data = self._stream.recv(SIZE)
            except NOT_NOW:
                return
            except OSError as error:
                self._end(_stream_lost(error))
                return
            if not data:
                self._end(driver.StreamLostError("Transport indicated EOF"))
                return
            try:
                self._on_data_available(data)
            except driver.AMQPError as error:
                self._end(error)
            self._end_if_asked()

    def _end_if_asked(self) -> None:
        if self._ending and self.lost is None:
            with suppress(OSError):
                # What is left is the answer to a goodbye.
                self._stream.send(self._unsent)
            self._end(None)

    def _end(self, error: Exception | None) -> None:
        """Tell everyone of the end; None where pika itself knows why."""
        self._timers.clear()
        self._due = NEVER
        self._stream.close()
        self._on_stream_terminated(error)

    def _on_ended(self, _: object, error: Exception) -> None:
        self.lost = error
        self.blocked = None

    def _on_blocked(self, _: object, frame: Any) -> None:
        self.blocked = frame.method.reason or "it does not say why"

    def _on_unblocked(self, *_: object) -> None:
        self.blocked = None

    def _set_due(self) -> None:
        self._due = min((moment for moment, _ in self._timers.values()), default=NEVER)

    # What pika asks of a connection of any kind.

    def _adapter_connect_stream(self) -> None:
        """The stream is there before the connection is."""

    def _adapter_disconnect_stream(self) -> None:
        # pika is in the midst of a frame, and wants to hear of the end only after it.
        self._ending = True

    def _adapter_emit_data(self, data: bytes) -> None:
        # Written with the turn that follows, so that an event is sent in one piece.
        self._unsent += data

    def _adapter_call_later(self, delay: float, callback: Callable[[], object]) -> int:
        number = next(self._numbers)
        self._timers[number] = (MONOTONIC.now() + delay, callback)
        self._set_due()
        return number

    def _adapter_remove_timeout(self, timeout_id: int) -> None:
        self._timers.pop(timeout_id, None)
        self._set_due()

    def _adapter_add_callback_threadsafe(self, callback: Callable[[], object]) -> None:
        # Whoever calls has the connection to himself.
        self._adapter_call_later(0.0, callback)


def _stream_lost(error: OSError) -> Exception:
    """As pika's other connections say it."""
    found: Exception = driver.StreamLostError(f"Stream connection lost: {error!r}")
    return found
