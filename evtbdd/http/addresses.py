"""The addresses of a host, found in bounded time: a resolver knows no deadline."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from threading import Lock, Thread

from evtbdd.clock import Deadline

Address = tuple[
    int, int, int, str, "tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]"
]
"""As `socket.getaddrinfo` gives it: family, type, protocol, canonical name, and where."""

OWN = "localhost"
_own: dict[int, Sequence[Address]] = {}
_turn = Lock()


class Unresolved(TimeoutError):
    """A name was not resolved in time."""


def addresses(host: str, port: int, deadline: Deadline) -> Sequence[Address]:
    """Where a host is. Raises socket.gaierror for a name that nobody knows, and Unresolved.

    What is an address already is asked of nobody. `localhost` is asked for once: it stays what it is
    (RFC 6761). Any other name is asked for each time, for it may move, and in a thread of its own.
    """
    try:
        numeric = socket.AI_NUMERICHOST
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=numeric)
    except (socket.gaierror, UnicodeError):
        pass  # it is a name, or none; which of them it is, the resolver tells
    if host != OWN:
        return _asked(host, port, deadline)
    with _turn:
        known = _own.get(port)
    if known is None:
        known = _asked(host, port, deadline)
        with _turn:
            _own[port] = known
    return known


def _asked(host: str, port: int, deadline: Deadline) -> Sequence[Address]:
    """What the resolver says. A thread that is still asking at the deadline is left to itself."""
    said: list[Sequence[Address] | OSError | UnicodeError] = []

    def ask() -> None:
        try:
            said.append(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            said.append(error)

    thread = Thread(target=ask, name="evtbdd-resolver", daemon=True)
    thread.start()
    thread.join(deadline.remaining())
    if not said:
        raise Unresolved(host)
    if isinstance(said[0], OSError):
        raise said[0]
    if isinstance(said[0], UnicodeError):
        raise socket.gaierror(f"{host} is no name") from said[0]
    return said[0]
