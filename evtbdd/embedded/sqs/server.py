"""The HTTP server under moto: on the loopback, silent, and gone with all its threads when stopped."""

from __future__ import annotations

import socket
from contextlib import suppress
from threading import Lock, Thread
from typing import Any

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import ThreadedWSGIServer

from evtbdd.loopback import HOST

POLL = 0.05
"""Seconds after which the thread that accepts connections looks whether it is to end."""

ENDING = 5.0
"""Seconds that each thread is given to end."""


class Handler(MotoRequestHandler):  # type: ignore[misc]
    """moto's handler of a request, that logs nothing."""

    def log(self, *_: object) -> None:
        """Whoever wants to know what was asked asks the one who asked."""


class Server(ThreadedWSGIServer):  # type: ignore[misc]
    """A thread for each connection; werkzeug's own are left to themselves when it ends."""

    def __init__(self, listening: socket.socket, app: Any) -> None:
        super().__init__(HOST, listening.getsockname()[1], app, Handler, fd=listening.fileno())
        self._turn = Lock()
        self._serving: dict[Thread, socket.socket] = {}
        self._accepting = Thread(
            target=self.serve_forever, args=(POLL,), name="embedded sqs", daemon=True
        )

    def start(self) -> None:
        """Begin to accept connections."""
        self._accepting.start()

    def stop(self) -> None:
        """Return when nothing listens any more, and every thread has ended."""
        self.shutdown()
        self._accepting.join(ENDING)
        self.server_close()
        with self._turn:
            serving = dict(self._serving)
        for link in serving.values():
            with suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)
        for thread in serving:
            thread.join(ENDING)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection in a thread that `stop` knows of."""
        thread = Thread(
            target=self._serve, args=(request, client_address), name="embedded sqs", daemon=True
        )
        with self._turn:
            self._serving[thread] = request
        thread.start()

    def _serve(self, request: Any, client_address: Any) -> None:
        try:
            self.process_request_thread(request, client_address)
        finally:
            with self._turn:
                self._serving = {
                    thread: link for thread, link in self._serving.items() if link is not request
                }

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away in the midst of an answer is none of our business."""
