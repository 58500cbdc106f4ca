"""Single requests over a socket of one's own, each with a deadline (https://kafka.apache.org/protocol)."""

from __future__ import annotations

import socket
import struct

from evtbdd.clock import Deadline

CORRELATION = 20_181
LONGEST = 1_000_000
"""Bytes of an answer; what claims to be longer is none of Kafka's."""


class Unreached(Exception):
    """Why a broker cannot be used, as a clause."""


class Closed(Unreached):
    """It closed the connection, or answered with what Kafka never says; `said` are the first bytes."""

    def __init__(self, clause: str, said: bytes) -> None:
        super().__init__(clause)
        self.said = said


def exchange(link: socket.socket, api: int, version: int, body: bytes, deadline: Deadline) -> bytes:
    """The answer to a request, behind the number of the request. Raises Closed, or OSError."""
    request = struct.pack(">hhih", api, version, CORRELATION, -1) + body
    link.settimeout(_left(deadline))
    link.sendall(struct.pack(">i", len(request)) + request)
    head = _receive(link, 8, deadline)
    if not head:
        raise Closed("it closed the connection (TLS or a password expected, or no Kafka)", head)
    if len(head) < 8 or struct.unpack(">ii", head)[1] != CORRELATION:
        raise Closed("something else than Kafka answers there", head)
    length = struct.unpack(">i", head[:4])[0] - 4
    answer = _receive(link, length, deadline) if 0 <= length <= LONGEST else None
    if answer is None or len(answer) < length:
        raise Closed("something else than Kafka answers there", head)
    return answer


def _receive(link: socket.socket, wanted: int, deadline: Deadline) -> bytes:
    """As many bytes, or fewer where the connection was closed before."""
    found = bytearray()
    while len(found) < wanted:
        link.settimeout(_left(deadline))
        more = link.recv(wanted - len(found))
        if not more:
            break
        found += more
    return bytes(found)


def _left(deadline: Deadline) -> float:
    return max(0.01, deadline.remaining())
