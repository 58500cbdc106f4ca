"""A relay on loopback between clients and a broker: it delays every answer, or holds them all."""

from __future__ import annotations

import contextlib
import queue
import socket
import time
from collections.abc import Callable, Iterator
from threading import Event, Lock, Thread
from types import TracebackType

from evtbdd.loopback import HOST, listener

PIECE = 65_536
Answers = queue.Queue[tuple[float, bytes]]
"""Pieces of what a broker answers, each with the moment of its arrival; an empty one is the end."""


class Relay:
    """Listens on `port`; what the port `target` answers is handed on `delay` seconds later.

    While it is held, nothing that is answered gets through; what is asked does.
    """

    def __init__(self) -> None:
        self.target = 0
        self.delay = 0.0
        self._listener = listener()
        self.port: int = self._listener.getsockname()[1]
        self._let = Event()
        self._let.set()
        self._lock = Lock()
        self._sockets: list[socket.socket] = [self._listener]
        self._threads: list[Thread] = []
        self._closed = False
        self._begin(self._accept)

    @property
    def address(self) -> str:
        """Where clients reach it."""
        return f"{HOST}:{self.port}"

    def hold(self) -> None:
        """Hand on no answer, from now on."""
        self._let.clear()

    def let_go(self) -> None:
        """Hand on what was held, and go on."""
        self._let.set()

    def __enter__(self) -> Relay:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._let.set()
        with self._lock:
            self._closed = True
            for each in self._sockets:
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
                each.close()
        while self._threads:
            self._threads.pop().join()

    def _begin(self, work: Callable[..., None], *arguments: object) -> None:
        thread = Thread(target=work, args=arguments, name="relay")
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
                server = socket.create_connection((HOST, self.target))
            except OSError:
                if self._closed:
                    return
                client.close()  # the broker is not there
                continue
            with self._lock:
                if self._closed:
                    client.close()
                    server.close()
                    return
                self._sockets += [client, server]
            answers: Answers = queue.Queue()
            self._begin(_ask, client, server)
            self._begin(_hear, server, answers)
            self._begin(self._answer, answers, client)

    def _answer(self, answers: Answers, client: socket.socket) -> None:
        never = Event()
        data = b"-"
        with contextlib.suppress(OSError):
            while data:
                arrived, data = answers.get()
                never.wait(max(0.0, arrived + self.delay - time.monotonic()))
                self._let.wait()
                client.sendall(data)
            client.shutdown(socket.SHUT_WR)


def _ask(client: socket.socket, server: socket.socket) -> None:
    with contextlib.suppress(OSError):
        for data in _pieces(client):
            server.sendall(data)
        server.shutdown(socket.SHUT_WR)


def _hear(server: socket.socket, answers: Answers) -> None:
    for data in _pieces(server):
        answers.put((time.monotonic(), data))
    answers.put((time.monotonic(), b""))


def _pieces(source: socket.socket) -> Iterator[bytes]:
    with contextlib.suppress(OSError):
        while data := source.recv(PIECE):
            yield data
