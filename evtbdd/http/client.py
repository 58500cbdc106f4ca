"""Requests by httpx: each on a connection of its own, in a thread of its own."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from threading import Lock, Thread
from typing import Any

import httpx

from evtbdd.http.access import Access
from evtbdd.http.bodies import LARGEST
from evtbdd.http.exchange import Failure, Given, Missed, Wanted
from evtbdd.http.unconnected import SILENT, causes, why_unconnected

logging.getLogger("httpx").setLevel(logging.WARNING)  # else behave shows a line for each request
OURS = (("user-agent", "evtbdd"), ("accept", "*/*"), ("accept-encoding", "identity"))


class Client:
    """Sends requests with what lets evtbdd in. `patience` is that with a connection, in seconds."""

    def __init__(self, access: Access, patience: float, *, tls: bool) -> None:
        self._access = access
        # No connection is kept: one that a service has closed meanwhile would be a flaw of ours.
        self._client = httpx.Client(
            verify=access.context() if tls else False,
            trust_env=False,
            timeout=httpx.Timeout(None, connect=patience),
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    def send(self, wanted: Wanted, done: Callable[[Given | Failure], None]) -> Sending:
        """Begin to send; `done` is told what became of it, in another thread."""
        headers = dict([*OURS, *self._access.headers, *wanted.headers])
        request = self._client.build_request(
            wanted.method, wanted.target.url, headers=headers, content=wanted.body
        )
        return Sending(self._client, request, done)

    def close(self) -> None:
        """Forget it; what is under way must have been called off."""
        self._client.close()


class Sending:
    """A request that is under way."""

    def __init__(
        self,
        client: httpx.Client,
        request: httpx.Request,
        done: Callable[[Given | Failure], None],
    ) -> None:
        self._client = client
        self._request = request
        self._request.extensions["trace"] = self._trace
        self._done = done
        self._lock = Lock()
        self._off = False
        self._sockets: list[socket.socket] = []
        self._thread = Thread(target=self._run, name="evtbdd-http", daemon=True)
        self._thread.start()

    def wait(self, seconds: float) -> None:
        """Return when it is done, or so much time has passed."""
        self._thread.join(seconds)

    def call_off(self) -> None:
        """Break it off, wherever it is; nobody is told."""
        with self._lock:
            self._off = True
            for each in self._sockets:
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)

    def _trace(self, event: str, info: dict[str, Any]) -> None:
        if event in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            with self._lock:
                self._sockets = [info["return_value"].get_extra_info("socket")]
                if self._off:
                    raise httpx.ReadError("called off")

    def _run(self) -> None:
        began = time.monotonic()
        try:
            became: Given | Failure = self._exchange(began)
        except (httpx.TransportError, httpx.InvalidURL, OSError) as error:
            became = self._failure(error)
        if not self._off:
            self._done(became)

    def _exchange(self, began: float) -> Given:
        response = self._client.send(self._request, stream=True)
        body = bytearray()
        try:
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > LARGEST:
                    break
        finally:
            response.close()
        return Given(
            status=response.status_code,
            headers=tuple((n.decode("latin-1").lower(), v) for n, v in response.headers.raw),
            body=bytes(body[:LARGEST]),
            whole=len(body) <= LARGEST,
            seconds=time.monotonic() - began,
        )

    def _failure(self, error: Exception) -> Failure:
        host = self._request.url.host
        if isinstance(error, httpx.ConnectTimeout):
            return Failure(Missed.UNREACHED, SILENT)
        if isinstance(error, httpx.ConnectError):
            return Failure(Missed.UNREACHED, why_unconnected(error, host))
        if isinstance(error, httpx.UnsupportedProtocol | httpx.InvalidURL):
            return Failure(Missed.UNREACHED, "that is no URL of HTTP")
        if isinstance(error, httpx.RemoteProtocolError) and "illegal" in str(error).lower():
            return Failure(Missed.DROPPED, "what came was no HTTP")
        if isinstance(error, httpx.ReadError | httpx.WriteError) and _is_reset(error):
            return Failure(Missed.DROPPED, "the connection was reset")
        if isinstance(error, httpx.RemoteProtocolError | httpx.ReadError | httpx.WriteError):
            return Failure(
                Missed.DROPPED, "the connection was closed before the response was whole"
            )
        return Failure(Missed.DROPPED, f"{type(error).__name__}: {error}")


def _is_reset(error: Exception) -> bool:
    return any(isinstance(each, ConnectionResetError | BrokenPipeError) for each in causes(error))
