"""Ports of this machine that only this machine reaches."""

from __future__ import annotations

import random
import socket

HOST = "127.0.0.1"
NUMBERS = range(20_000, 32_000)
"""Below those from which a kernel takes the ports of outgoing connections.

So no connection is in the way between the choice of a port and the listening there, and a client
that keeps asking for a broker that is away never meets itself (RFC 9293, simultaneous open).
"""
TRIES = 200


def listener(port: int = 0) -> socket.socket:
    """A TCP socket that listens on a port, or on a free one; the caller closes it.

    Raises OSError where that port is taken, or none was free.
    """
    if port:
        return _listener(port)
    for number in random.sample(NUMBERS, TRIES):
        try:
            return _listener(number)
        except OSError:
            continue
    return _listener(0)


def _listener(port: int) -> socket.socket:
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((HOST, port))
        found.listen(128)
    except OSError:
        found.close()
        raise
    return found
