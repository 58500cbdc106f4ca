"""A connection to a service for one request; every wait on it has a deadline, or can be cut."""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress
from threading import Lock

from evtbdd.clock import Deadline
from evtbdd.http.addresses import addresses
from evtbdd.http.unconnected import why_unconnected

PART = 1 << 16
"""Bytes that are read at once."""


class Unconnected(Exception):
    """There is no connection, so that nothing was sent; `why` is a clause."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Link:
    """Not connected yet. With `context` it speaks TLS.

    A deadline holds for all of a wait, however little comes at a time; None is as long as it takes.
    Where it comes, TimeoutError is raised; any thread may `cut`, which ends the wait of another one.
    """

    def __init__(self, context: ssl.SSLContext | None) -> None:
        self._context = context
        self._socket: socket.socket | None = None
        self._lock = Lock()
        self._off = False

    def open(self, host: str, port: int, deadline: Deadline) -> None:
        """Connect to the first address that accepts. Raises Unconnected."""
        try:
            self._secure(self._connect(host, port, deadline), host, deadline)
        except OSError as error:
            raise Unconnected(why_unconnected(error, host)) from error

    def _connect(self, host: str, port: int, deadline: Deadline) -> socket.socket:
        found = addresses(host, port, deadline)
        for place, (family, kind, protocol, _, address) in enumerate(found, 1):
            others = len(found) - place  # for which some time must be left
            try:
                link = self._held(socket.socket(family, kind, protocol))
                link.settimeout(_left(deadline) / (1 + others))
                link.connect(address)
            except OSError:
                self.close()
                if not others or self._off:
                    raise
            else:
                link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return link
        raise socket.gaierror(f"{host} has no address")

    def _secure(self, link: socket.socket, host: str, deadline: Deadline) -> None:
        if self._context is not None:
            link.settimeout(_left(deadline))
            # First held, then shaken, so that a handshake can be cut too.
            secured = self._context.wrap_socket(
                link, server_hostname=host, do_handshake_on_connect=False
            )
            self._held(secured)
            secured.do_handshake()

    def send(self, data: bytes, deadline: Deadline | None) -> None:
        """Send all of it. Raises OSError."""
        link = self._connected()
        rest = memoryview(data)
        while rest:
            link.settimeout(_timeout(deadline))
            rest = rest[link.send(rest) :]

    def receive(self, deadline: Deadline | None) -> bytes:
        """What has come, at least something; nothing at the end. Raises OSError."""
        link = self._connected()
        link.settimeout(_timeout(deadline))
        return link.recv(PART)

    def cut(self) -> None:
        """Break it off, wherever it is: who waits, and who would, is told by an OSError or an end."""
        with self._lock:
            self._off = True
            if self._socket is not None:
                with suppress(OSError):
                    # Of the socket, not of TLS, whose state belongs to the thread that reads.
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def close(self) -> None:
        """Give it back."""
        with self._lock:
            held, self._socket = self._socket, None
        if held is not None:
            held.close()

    def _held(self, link: socket.socket) -> socket.socket:
        """The socket, known from now on to who cuts or closes."""
        with self._lock:
            self._socket = link
            if self._off:
                raise ConnectionAbortedError("called off")
        return link

    def _connected(self) -> socket.socket:
        if self._socket is None:
            raise ConnectionAbortedError("not connected")
        return self._socket


def _timeout(deadline: Deadline | None) -> float | None:
    return None if deadline is None else _left(deadline)


def _left(deadline: Deadline) -> float:
    seconds = deadline.remaining()
    if not seconds:  # which a socket would take for not to wait at all
        raise TimeoutError("the time is over")
    return seconds
