"""A connection to one node: requests and their answers (https://kafka.apache.org/protocol)."""

from __future__ import annotations

import math
import socket
import struct
import time
from collections.abc import Mapping
from contextlib import suppress

from evtbdd.brokers.handshake import Unreached
from evtbdd.clock import Deadline

CLIENT = b"\x00\x06evtbdd"
NOBODY = b"\xff\xff"
"""A client without a name. A request without a body has ten bytes then, and the length 10 is a line
feed to a server that reads lines: it answers at once, and so is known to be no Kafka."""

LONGEST = 256 * 1024 * 1024
"""Bytes of an answer; what claims to be longer is none of Kafka's."""

ROOM = 65_536
"""Bytes that are received at once: most answers are shorter."""

_HEAD = struct.Struct(">ihhi")
_ANSWER = struct.Struct(">ii")


class Closed(Unreached):
    """It closed the connection, or answered with what Kafka never says; `said` are the first bytes."""

    def __init__(self, clause: str, said: bytes) -> None:
        super().__init__(clause)
        self.said = said


class Link:
    """A connection, for one thread at a time. Requests raise Closed, or OSError: then it is spent.

    `versions` are the lowest and the highest of each request that the node speaks, once it was
    asked; `until` is the monotonic time after which it may hang up on whoever still uses it;
    `client` is who asks.
    """

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._buffer = bytearray(ROOM)
        self._number = 0
        self.versions: Mapping[int, tuple[int, int]] = {}
        self.until = math.inf
        self.client = NOBODY

    def exchange(self, api: int, version: int, body: bytes, deadline: Deadline) -> bytes:
        """The answer to a request, behind its header."""
        self.send(api, version, body, deadline)
        return self.receive(deadline)

    def send(self, api: int, version: int, body: bytes, deadline: Deadline) -> None:
        """Send a request, in the version 1 of its header, which all versions spoken here have."""
        self._number += 1
        length = _HEAD.size - 4 + len(self.client) + len(body)
        head = _HEAD.pack(length, api, version, self._number)
        self._socket.settimeout(_left(deadline))
        self._socket.sendall(head + self.client + body)

    def receive(self, deadline: Deadline) -> bytes:
        """The answer to the request that was sent last."""
        view = memoryview(self._buffer)
        have = self._fill(view, 0, _ANSWER.size, deadline)
        if not have:
            raise Closed("it closed the connection (TLS or a password expected, or no Kafka)", b"")
        said = bytes(view[: _ANSWER.size])[:have]
        if have < _ANSWER.size or _ANSWER.unpack(said)[1] != self._number:
            raise Closed("something else than Kafka answers there", said)
        end = _ANSWER.unpack(said)[0] + 4
        if not _ANSWER.size <= end <= LONGEST or have > end:
            raise Closed("something else than Kafka answers there", said)
        if end > ROOM:
            view = memoryview(bytearray(end))
            view[:have] = self._buffer[:have]
        if have < end and self._fill(view[:end], have, end, deadline) < end:
            raise Closed("it closed the connection in the middle of an answer", said)
        return bytes(view[_ANSWER.size : end])

    def _fill(self, view: memoryview, have: int, wanted: int, deadline: Deadline) -> int:
        """How many bytes there are: at least those wanted, or fewer where the connection ended."""
        while have < wanted:
            self._socket.settimeout(_left(deadline))
            more = self._socket.recv_into(view[have:])
            if not more:
                break
            have += more
        return have

    def fileno(self) -> int:
        """The number by which it can be waited for."""
        return self._socket.fileno()

    def is_usable(self) -> bool:
        """Whether the node has not hung up yet; to be asked while nothing is on its way."""
        if time.monotonic() >= self.until:
            return False
        try:
            self._socket.settimeout(0)
            # Below TLS: whatever has come is none of an answer.
            socket.socket.recv(self._socket, 1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def cut(self) -> None:
        """End it from another thread: whoever waits for an answer is told at once."""
        with suppress(OSError):  # where it has ended already
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Give it back."""
        self._socket.close()


def connected(host: str, port: int, deadline: Deadline) -> socket.socket:
    """A socket that sends what it is given at once. Raises OSError."""
    link = socket.create_connection((host, port), _left(deadline))
    with suppress(OSError):  # where the other side has hung up already
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return link


def _left(deadline: Deadline) -> float:
    return max(0.01, deadline.remaining())
