"""A TCP relay on loopback, whose connections a test can cut, count the frames of, or let go silent."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import suppress
from typing import Any

from evtbdd.loopback import HOST, listener

HEARTBEAT = b"\x08\x00\x00\x00\x00\x00\x00\xce"
"""A whole frame of AMQP 0-9-1."""


class Relay:
    """Hands on all that is sent, either way, until it is told otherwise."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._listener = listener()
        self.port: int = self._listener.getsockname()[1]
        self.heartbeats = 0
        """Frames that said nothing else, from the client."""
        self.connections = 0
        self.changed = threading.Condition()
        self._links: list[socket.socket] = []
        self._flowing = threading.Event()
        self._flowing.set()
        self._threads: list[threading.Thread] = []
        self._begin(self._accept)

    def __enter__(self) -> Relay:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        for each in self._threads:
            each.join()

    def _begin(self, work: Any, *given: object) -> None:
        thread = threading.Thread(target=work, args=given, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                with suppress(OSError):
                    broker = socket.create_connection((HOST, self._to))
                    self._links += [client, broker]
                    with self.changed:
                        self.connections += 1
                        self.changed.notify_all()
                    self._begin(self._pump, client, broker)
                    self._begin(self._pump, broker, client)

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self._flowing.wait()
                target.sendall(data)
                if data.endswith(HEARTBEAT):
                    with self.changed:
                        self.heartbeats += 1
                        self.changed.notify_all()
        for each in (source, target):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def fall_silent(self) -> None:
        """Hand on nothing more, and close nothing."""
        self._flowing.clear()

    def go_on(self) -> None:
        """Hand on what has come meanwhile, and the rest."""
        self._flowing.set()

    def cut(self) -> None:
        """End all connections as a network does that breaks."""
        links, self._links = self._links, []
        for each in links:
            with suppress(OSError):
                each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def stop(self) -> None:
        """Listen no more, and end all connections."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._flowing.set()
        self.cut()
