"""One client's connection: frames in, answers out, in order and one at a time, as Kafka does."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from evtbdd.embedded.kafka.errors import HangUp
from evtbdd.embedded.kafka.layers import Layer

LARGEST_FRAME = 100 * 1024 * 1024
"""Bytes; `socket.request.max.bytes`. The first bytes of HTTP read as a longer frame."""
_QUEUED_FRAMES = 8
_LINGER = 2.0
"""Seconds in which a client may fetch the alert by which its TLS was refused."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Where a request comes from."""

    host: str


Answer = Callable[[bytes, Peer], Awaitable[bytes | None]]


class Connection(asyncio.Protocol):
    """Cuts what arrives by its layer into frames and hands them to `answer`; HangUp closes it."""

    def __init__(
        self,
        layer: Layer,
        answer: Answer,
        failed: Callable[[str], None],
        all_of_them: set[Connection],
    ) -> None:
        self._layer = layer
        self._answer = answer
        self._failed = failed
        self._all = all_of_them
        self._received = bytearray()
        self._frames: asyncio.Queue[bytes] = asyncio.Queue()
        self._writable = asyncio.Event()
        self._transport: asyncio.Transport | None = None
        self._lingering: asyncio.TimerHandle | None = None
        self.task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to serve."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        # asyncio does this only for sockets that name their protocol, which accepted ones do not.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._writable.set()
        self._all.add(self)
        host = (transport.get_extra_info("peername") or ("?",))[0]
        self.task = asyncio.get_running_loop().create_task(self._serve(transport, Peer(host)))

    def data_received(self, data: bytes) -> None:
        """Queue every frame that is whole."""
        if self._lingering or self._transport is None:
            return
        try:
            self._received += self._layer.received(data)
        except ssl.SSLError as error:
            self._refuse(self._transport, error)
            return
        if due := self._layer.due():
            self._transport.write(due)
        while len(self._received) >= 4:
            (length,) = struct.unpack_from(">i", self._received)
            if not 0 <= length <= LARGEST_FRAME:
                self._failed(f"a frame of {length} bytes: this is not Kafka's protocol")
                self.abort()
                return
            if len(self._received) < 4 + length:
                return
            self._frames.put_nowait(bytes(memoryview(self._received)[4 : 4 + length]))
            del self._received[: 4 + length]
        if self._frames.qsize() > _QUEUED_FRAMES:
            self._transport.pause_reading()

    def pause_writing(self) -> None:
        """The client does not read: answer no more until it does."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """The client reads again."""
        self._writable.set()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        """Whatever waits to be answered is given up."""
        self._all.discard(self)
        if self._lingering:
            self._lingering.cancel()
        if self.task:
            self.task.cancel()

    def abort(self) -> None:
        """Close at once; what was not sent is lost."""
        if self._transport:
            self._transport.abort()

    def _refuse(self, transport: asyncio.Transport, error: ssl.SSLError) -> None:
        """Send the alert, and close when the client has: earlier might take it away from it."""
        self._failed(f"TLS: {error.reason or error}")
        transport.write(self._layer.due())
        transport.write_eof()
        if self.task:
            self.task.cancel()
        self._lingering = asyncio.get_running_loop().call_later(_LINGER, self.abort)

    async def _serve(self, transport: asyncio.Transport, peer: Peer) -> None:
        try:
            while True:
                frame = await self._frames.get()
                if not self._frames.qsize():
                    transport.resume_reading()
                answer = await self._answer(frame, peer)
                if answer is not None:
                    transport.write(self._layer.sent(answer))
                    await self._writable.wait()
        except HangUp as end:
            if end.last:
                transport.write(self._layer.sent(end.last))
            self._layer.goodbye()
            transport.write(self._layer.due())
            transport.close()
