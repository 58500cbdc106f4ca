"""A server on a loopback port that hands every request to a function and gives its answer."""

from __future__ import annotations

import selectors
import socket
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Lock, Thread

from evtbdd.clock import Deadline, looks
from evtbdd.errors import ServiceError, SettingsError
from evtbdd.loopback import HOST, listener
from evtbdd.webhooks.connection import Connection, Received
from evtbdd.words import duration

LAST_WORDS = 2.0
"""Seconds for the threads of a server to end in."""


class Server:
    """Up or down: while it is down, its port refuses, and is kept for it.

    `called` is how errors name it. SettingsError where the port is somebody else's.
    """

    def __init__(self, called: str, port: int, received: Received) -> None:
        self.called = called
        self._received = received
        self._lock = Lock()
        self._connections: set[Connection] = set()
        self._broken = 0
        self._knocks: dict[int, Event] = {}
        self._accepting: _Accepting | None = None
        self._kept: socket.socket | None = None
        try:
            listening = listener(port)
        except OSError as error:
            raise SettingsError(
                f"{_sentence(called)} cannot be served at {HOST}:{port}: {error.strerror or error}. "
                "Its address is given in the settings; without one it gets a free port."
            ) from error
        self.port: int = listening.getsockname()[1]
        self._accepting = _Accepting(listening, self._accepted)

    @property
    def up(self) -> bool:
        """Whether it listens."""
        return self._accepting is not None

    @property
    def broken(self) -> int:
        """How many connections have brought something that was no whole request."""
        with self._lock:
            return self._broken + sum(not each.whole for each in self._connections)

    def take_down(self) -> None:
        """Refuse connections from now on, and reset those that are there."""
        if self._accepting is None:
            return
        self._accepting.close()
        self._accepting = None
        self._kept = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        # Connections that have ended keep the port in use for a while.
        self._kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._kept.bind((HOST, self.port))
        self._end_connections()

    def bring_up(self) -> None:
        """Listen again."""
        if self._kept is None:
            return
        kept, self._kept = self._kept, None
        try:
            kept.listen(128)
        except OSError as error:
            kept.close()
            raise ServiceError(
                f"{_sentence(self.called)} cannot be served at {HOST}:{self.port} again: "
                f"{error.strerror or error}."
            ) from error
        self._accepting = _Accepting(kept, self._accepted)

    def read_up(self, deadline: Deadline) -> None:
        """Return when every request that was sent to it by now has been received.

        Connections are accepted in their order, so one of our own comes after all that were made.
        Raises ServiceError where it does not listen any more, or a request does not become whole.
        """
        if self.up:
            self._knock(deadline)
        for _ in looks(deadline, 0.002):
            with self._lock:
                half = [each for each in self._connections if each.half_read()]
            if not half:
                return
        raise ServiceError(
            f"A request to {self.called} has begun and has not come whole within "
            f"{duration(deadline.seconds)}, so nothing can be said of what it has received."
        )

    def _knock(self, deadline: Deadline) -> None:
        heard = Event()
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as knocking:
            knocking.bind((HOST, 0))
            port: int = knocking.getsockname()[1]
            self._knocks[port] = heard
            try:
                knocking.settimeout(max(0.001, deadline.remaining()))
                knocking.connect((HOST, self.port))
                if heard.wait(deadline.remaining()):
                    return
                why = f"not accepted within {duration(deadline.seconds)}"
            except OSError as error:
                why = error.strerror or str(error)
            finally:
                del self._knocks[port]
        raise ServiceError(
            f"{_sentence(self.called)} does not listen at {HOST}:{self.port} any "
            f"more ({why}), so nothing can be said of what it has received."
        )

    def _accepted(self, sock: socket.socket, port: int) -> None:
        if (knock := self._knocks.get(port)) is not None:
            sock.close()
            knock.set()
            return
        with self._lock:
            self._connections.add(Connection(sock, self._received, self._ended))

    def _ended(self, connection: Connection) -> None:
        with self._lock:
            self._broken += not connection.whole
            self._connections.discard(connection)

    def _end_connections(self) -> None:
        with self._lock:
            connections = list(self._connections)
        deadline = Deadline.after(LAST_WORDS)
        for each in connections:
            each.reset()
        for each in connections:
            each.join(deadline.remaining())

    def close(self) -> None:
        """Give back the port and end every connection."""
        if self._accepting is not None:
            self._accepting.close()
            self._accepting = None
        if self._kept is not None:
            self._kept.close()
            self._kept = None
        self._end_connections()


def _sentence(called: str) -> str:
    return f"{called[0].upper()}{called[1:]}"


class _Accepting:
    """A thread that accepts connections until it is closed."""

    def __init__(
        self, listening: socket.socket, accepted: Callable[[socket.socket, int], None]
    ) -> None:
        self._listening = listening
        self._accepted = accepted
        self._wake, self._woken = socket.socketpair()
        self._thread = Thread(target=self._run, name="evtbdd-webhook", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._listening, selectors.EVENT_READ)
            selector.register(self._woken, selectors.EVENT_READ)
            while all(key.fileobj is not self._woken for key, _ in selector.select()):
                with suppress(OSError):  # a connection that was reset before it was accepted
                    sock, (_, port) = self._listening.accept()
                    self._accepted(sock, port)

    def close(self) -> None:
        """Stop, and close the port."""
        with suppress(OSError):
            self._wake.send(b"x")
        self._thread.join(LAST_WORDS)
        for each in (self._listening, self._wake, self._woken):
            each.close()
