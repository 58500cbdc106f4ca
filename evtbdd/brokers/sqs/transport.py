"""HTTP under boto3: connections that are kept, and every wait of which has a deadline.

boto3 (1.44) has the times that it waits set once for a client; here each question has its own. So
botocore is handed the responses through its event `before-send`
(https://docs.aws.amazon.com/botocore/latest/topics/events.html); it still signs and understands.
"""

from __future__ import annotations

import selectors
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, RemoteDisconnected
from threading import Lock, local
from typing import Any
from urllib.parse import SplitResult, urlsplit

from botocore.awsrequest import AWSResponse

from evtbdd.brokers.certificates import untrusted
from evtbdd.clock import Deadline

IDLE = 3.0
"""Seconds after which a connection is not used again: servers close theirs after 5 or more."""

PART = 65_536
"""Bytes that are read at once."""


class Unreached(Exception):
    """Nothing was sent; why not, as a clause."""


class Lost(Exception):
    """It was sent, at least in part, and no answer came; why not, as a clause."""


@dataclass(slots=True)
class _Content:
    """The body of a response, as botocore reads it."""

    content: bytes

    def stream(self) -> Iterator[bytes]:
        yield self.content


@dataclass(slots=True, eq=False)
class _Link:
    """A connection to one place, used by one thread at a time."""

    place: tuple[str, str, int]
    connection: HTTPConnection
    used: float = field(default_factory=time.monotonic)

    def is_fresh(self) -> bool:
        """Whether it can be used again: not for long idle, and not closed by the other side."""
        if time.monotonic() - self.used > IDLE or self.connection.sock is None:
            return False
        with selectors.DefaultSelector() as selector:
            selector.register(self.connection.sock, selectors.EVENT_READ)
            return not selector.select(0)

    def cut(self) -> None:
        """End it, also in the midst of another thread's waiting for an answer."""
        sock = self.connection.sock
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


class Transport:
    """Sends what botocore has signed; may be used from any thread.

    `was_answered` is whether anything has ever answered as HTTP does.
    """

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        self._turn = Lock()
        self._idle: list[_Link] = []
        self._busy: set[_Link] = set()
        self._closed = False
        self._asking = local()
        self.was_answered = False

    @contextmanager
    def within(self, deadline: Deadline) -> Iterator[None]:
        """Give what this thread asks from now on this deadline."""
        self._asking.deadline = deadline
        try:
            yield
        finally:
            del self._asking.deadline

    def send(self, request: Any, **_: object) -> AWSResponse:
        """Answer botocore's event `before-send`. Raises Unreached or Lost."""
        deadline: Deadline = self._asking.deadline
        link = self._taken(request.url, deadline)
        try:
            response = _exchange(link.connection, request, deadline)
        except TimeoutError as error:
            self._drop(link)
            raise Lost("it did not answer in time") from error
        except OSError as error:
            self._drop(link)
            closed = isinstance(error, RemoteDisconnected)
            raise Lost(f"the connection was {'closed there' if closed else 'lost'}") from error
        except HTTPException as error:
            self._drop(link)
            raise Lost("what answers there speaks no HTTP") from error
        except BaseException:
            self._drop(link)
            raise
        self.was_answered = True
        self._keep(link)
        return response

    def close(self) -> None:
        """Cut every connection, also those that somebody waits on; nothing is sent any more."""
        with self._turn:
            self._closed = True
            idle, self._idle = self._idle, []
            for link in self._busy:
                link.cut()
        for link in idle:
            link.connection.close()

    def _taken(self, url: str, deadline: Deadline) -> _Link:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        place = (parts.scheme, parts.hostname or "", port)
        link = self._kept(place) or _Link(place, self._opened(place, deadline))
        with self._turn:
            if not self._closed:
                self._busy.add(link)
                return link
        link.connection.close()
        raise Unreached("the connection is closed")

    def _kept(self, place: tuple[str, str, int]) -> _Link | None:
        while True:
            with self._turn:
                fitting = [link for link in self._idle if link.place == place]
                if not fitting:
                    return None
                self._idle.remove(fitting[-1])
            if fitting[-1].is_fresh():
                return fitting[-1]
            fitting[-1].connection.close()

    def _opened(self, place: tuple[str, str, int], deadline: Deadline) -> HTTPConnection:
        scheme, host, port = place
        connection = HTTPConnection(host, port)
        # Without it a connection that was closed would be opened again without the deadline.
        connection.auto_open = 0
        try:
            sock = socket.create_connection((host, port), _left(deadline))
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.sock = self._shaken(sock, host, deadline) if scheme == "https" else sock
        except ConnectionRefusedError as error:
            raise Unreached("nothing listens there (connection refused)") from error
        except socket.gaierror as error:
            raise Unreached(f"the name {host} cannot be resolved") from error
        except TimeoutError as error:
            raise Unreached("no answer in time") from error
        except OSError as error:
            raise Unreached(f"it cannot be connected to ({error.strerror or error})") from error
        return connection

    def _shaken(self, sock: socket.socket, host: str, deadline: Deadline) -> ssl.SSLSocket:
        sock.settimeout(_left(deadline))
        try:
            return self._context.wrap_socket(sock, server_hostname=host)
        except BaseException as error:
            sock.close()
            if isinstance(error, ssl.SSLCertVerificationError):
                raise Unreached(untrusted(error, host)) from error
            if isinstance(error, ssl.SSLError | ConnectionError):
                raise Unreached(
                    "it speaks no TLS there, or refuses evtbdd in the handshake"
                ) from error
            raise

    def _keep(self, link: _Link) -> None:
        with self._turn:
            self._busy.discard(link)
            if not self._closed and link.connection.sock is not None:
                link.used = time.monotonic()
                self._idle.append(link)
                return
        link.connection.close()

    def _drop(self, link: _Link) -> None:
        with self._turn:
            self._busy.discard(link)
        link.connection.close()


def _exchange(connection: HTTPConnection, request: Any, deadline: Deadline) -> AWSResponse:
    parts = urlsplit(request.url)
    target = parts.path or "/"
    connection.sock.settimeout(_left(deadline))
    connection.putrequest(
        request.method,
        f"{target}?{parts.query}" if parts.query else target,
        skip_host=True,
        skip_accept_encoding=True,
    )
    connection.putheader("Host", _host(parts))
    for name, value in request.headers.items():
        connection.putheader(name, value)
    body = request.body
    connection.endheaders((body.encode() if isinstance(body, str) else body) or None)
    response = connection.getresponse()
    content = bytearray()
    while True:
        if connection.sock is not None:
            connection.sock.settimeout(_left(deadline))
        part = response.read(PART)
        if not part:
            break
        content += part
    headers = dict(response.getheaders())
    return AWSResponse(request.url, response.status, headers, _Content(bytes(content)))


def _host(parts: SplitResult) -> str:
    """As it was signed: without the port where that is the protocol's own."""
    own = {"http": 80, "https": 443}[parts.scheme]
    return parts.netloc.removesuffix(f":{own}") if parts.port == own else parts.netloc


def _left(deadline: Deadline) -> float:
    return max(0.01, deadline.remaining())
