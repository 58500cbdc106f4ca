"""Ports of this machine that only this machine reaches."""

from __future__ import annotations

import random
import socket
import sys

HOST = "127.0.0.1"
NUMBERS = range(20_000, 32_000)
"""Below those from which a kernel takes the ports of outgoing connections.

So no connection is in the way between the choice of a port and the listening there, and a client
that keeps asking for a broker that is away never meets itself (RFC 9293, simultaneous open).
"""
TRIES = 200


def listener(port: int = 0) -> socket.socket:
    """A TCP socket that listens on a port, or on a free one that nobody has claimed.

    The caller closes it. Raises OSError where that port is taken, or none was free.
    """
    if port:
        return _listener(port)
    for number in random.sample(NUMBERS, TRIES):
        try:
            with claim(number):
                return _listener(number)
        except OSError:
            continue
    return _listener(0)


def claim(port: int) -> socket.socket:
    """Keep every run of evtbdd on this machine from choosing a port, until this is closed.

    For one on which somebody else will listen, and only in a while. It goes with its process, and is
    in the way of nobody who does not ask: a name in Linux's abstract namespace (unix(7)); other
    systems have none, and nothing is kept there. Raises OSError where it is claimed already.
    """
    if sys.platform != "linux":
        return socket.socket()
    claimed = socket.socket(socket.AF_UNIX)
    try:
        claimed.bind(f"\0evtbdd port {port}")
    except OSError:
        claimed.close()
        raise
    return claimed


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
