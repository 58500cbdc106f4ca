"""A WebSocket with a name: its connection, made again where a step says so, and what it received."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from threading import Lock

from evtbdd.clock import Deadline
from evtbdd.errors import ServiceError
from evtbdd.events import Event, Position, Record
from evtbdd.expect.source import Source
from evtbdd.http.bodies import LARGEST, guessed, reading
from evtbdd.http.drafts import Pairs
from evtbdd.journal import Journal, NothingMore, Seen
from evtbdd.ports import Ends
from evtbdd.websockets.link import ABNORMAL, Link, Refused, unconnected
from evtbdd.words import duration, quoted


class Ear(Source):
    """A WebSocket as something that messages come to."""

    noun = "message"
    socket: WebSocket

    def where(self) -> str:
        """Its URL."""
        return self.socket.url

    def read_up(self, deadline: Deadline) -> None:
        """Return when all that the service has sent by now was received: its pong comes after."""
        if not self.socket.link.read_up(deadline):
            raise ServiceError(
                f"{self[0].upper()}{self[1:]} got no pong to its ping within "
                f"{duration(deadline.seconds)}, so nothing can be said of what it has received."
            )

    def over(self) -> str | None:
        """How it was closed."""
        return self.socket.closed


class WebSocket:
    """Connected when it is made. ServiceError where it cannot be."""

    def __init__(
        self,
        name: str,
        url: str,
        headers: Pairs,
        context: Callable[[], ssl.SSLContext | None],
        patience: float,
        journal: Journal,
    ) -> None:
        self.url = url
        self.ear = Ear(f"the WebSocket {quoted(name)}")
        self.ear.socket = self
        self.closed: str | None = None
        self.left = False
        self._headers, self._context = headers, context
        self._patience = patience
        self._journal = journal
        self._lock = Lock()
        self._number = 0
        self.connect()

    def connect(self) -> None:
        """Connect, again where it was connected before."""
        self.closed, self.left = None, False
        try:
            self.link = Link(
                self.url,
                self._headers,
                self._context(),
                Deadline.after(self._patience),
                self._received,
                self._ended,
            )
        except Refused as error:
            self.closed, self.left = "is not connected", True
            raise unconnected(str(self.ear), self.url, error) from error

    @property
    def ends(self) -> Ends:
        """How many messages it has received so far."""
        with self._lock:
            return {"": self._number}

    def send(self, message: str | bytes) -> None:
        """Send one message; ServiceError where it is closed."""
        if self.closed is not None or not self.link.is_open:
            raise ServiceError(
                f"{self.ear[0].upper()}{self.ear[1:]} {self.closed or 'is being closed'}, so nothing "
                "can be sent."
            )
        self.link.send(message)

    def disconnect(self) -> None:
        """Close it from this side."""
        self.left = True
        self.link.close()

    def _received(self, message: str | bytes) -> None:
        is_text = isinstance(message, str)
        value = message.encode() if isinstance(message, str) else message
        understood = (lambda data, _: guessed(data)) if is_text else (lambda data, _: data)
        with self._lock:
            record = Record(
                channel=str(self.ear),
                key=None,
                value=value,
                headers=(),
                position=Position("", self._number),
                timestamp=time.time(),
                where="text" if is_text else "binary",
            )
            self._number += 1
            self._journal.append(Seen(Event(record, self.ear, reading(understood))))

    def _ended(self, link: Link) -> None:
        moment = f"at {self._journal.now() - self._journal.began:+.2f} s"
        if self.left:
            self.closed = "was disconnected by the scenario"
        elif link.was_too_big:
            self.closed = f"was closed {moment}, because a message had more than {LARGEST} bytes"
        elif link.code == ABNORMAL:
            self.closed = f"lost its connection {moment}, without a close"
        else:
            reason = f" ({link.reason})" if link.reason else ""
            self.closed = f"was closed by the service with code {link.code}{reason} {moment}"
        self._journal.append(NothingMore(self.ear, self.closed))
