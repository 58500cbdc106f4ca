"""One connection by the WebSocket protocol (RFC 6455), read in a thread of its own.

The protocol itself is websockets' own, without its threads: so it is known of a pong that whatever
was sent before it has been handed over.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Lock, Thread

from websockets.client import ClientProtocol
from websockets.exceptions import InvalidStatus, InvalidURI, WebSocketException
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.protocol import State
from websockets.uri import parse_uri

from evtbdd.clock import Deadline
from evtbdd.errors import PhraseError, ServiceError
from evtbdd.http.bodies import LARGEST
from evtbdd.http.drafts import Pairs
from evtbdd.http.unconnected import why_unconnected
from evtbdd.words import quoted

CHUNK = 1 << 16
ABNORMAL, TOO_BIG = 1006, 1009
LAST_WORDS = 1.0
"""Seconds for the other side to close in."""

Delivered = Callable[["str | bytes"], None]


class Refused(Exception):
    """Why there is no connection, as a clause."""


class Link:
    """Connected when it is made; messages are `delivered` in their order, and then it has `ended`."""

    def __init__(
        self,
        url: str,
        headers: Pairs,
        context: ssl.SSLContext | None,
        deadline: Deadline,
        delivered: Delivered,
        ended: Callable[[Link], None],
    ) -> None:
        try:
            self._protocol = ClientProtocol(parse_uri(url), max_size=LARGEST)
        except InvalidURI as error:
            raise PhraseError(f"{quoted(url)} is no URL of a WebSocket.") from error
        self._delivered, self._ended = delivered, ended
        self._lock = Lock()
        self._taking = Lock()
        self._was_open = False
        self._pong: Event | None = None
        self._parts: list[bytes] = []
        self._text = False
        self._answered = Event()
        self._sock = _connected(self._protocol.uri.host, self._protocol.uri.port, context, deadline)
        self._thread = Thread(target=self._run, name="evtbdd-websocket", daemon=True)
        try:
            self._open(headers, deadline)
        except BaseException:
            self._break_off()
            raise

    def _open(self, headers: Pairs, deadline: Deadline) -> None:
        request = self._protocol.connect()
        for name, value in headers:
            request.headers[name] = value
        self._protocol.send_request(request)
        self._flush()
        self._thread.start()
        if not self._answered.wait(deadline.remaining()):
            raise Refused("it does not answer")
        error = self._protocol.handshake_exc
        if isinstance(error, InvalidStatus):
            raise Refused(f"it answers {error.response.status_code}, and opens no WebSocket")
        if error is not None or self._protocol.state is State.CONNECTING:
            raise Refused("what answers there opens no WebSocket")

    @property
    def is_open(self) -> bool:
        """Whether messages can go either way."""
        return self._protocol.state is State.OPEN

    @property
    def code(self) -> int:
        """The code with which the other side has closed it; 1006 where it did not."""
        received = self._protocol.close_rcvd
        return ABNORMAL if received is None else int(received.code)

    @property
    def reason(self) -> str:
        """What the other side has said as it closed."""
        received = self._protocol.close_rcvd
        return "" if received is None else received.reason

    @property
    def was_too_big(self) -> bool:
        """Whether evtbdd itself has closed it, because of the size of a message."""
        sent = self._protocol.close_sent
        return sent is not None and sent.code == TOO_BIG

    def send(self, message: str | bytes) -> None:
        """Send one message. ServiceError where the connection breaks."""
        with self._lock:
            if isinstance(message, bytes):
                self._protocol.send_binary(message)
            else:
                self._protocol.send_text(message.encode())
        self._flush()

    def read_up(self, deadline: Deadline) -> bool:
        """Whether all that was sent by now is delivered; not, where no pong comes in time."""
        with self._taking, self._lock:
            if not self.is_open:
                return True
            pong = self._pong = Event()
            self._protocol.send_ping(b"evtbdd")
        self._flush()
        return pong.wait(deadline.remaining())

    def close(self) -> None:
        """Say goodbye with code 1000, and wait a little for the other side to say so too."""
        with self._lock:
            if self.is_open:
                self._protocol.send_close(1000)
        self._flush()
        self._thread.join(LAST_WORDS)
        self._break_off()

    def _break_off(self) -> None:
        with suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)
        if self._thread.is_alive():
            self._thread.join(LAST_WORDS)
        self._sock.close()

    def _flush(self) -> None:
        with self._lock:
            for data in self._protocol.data_to_send():
                with suppress(OSError):  # its thread sees the end, too
                    if data:
                        self._sock.sendall(data)
                    else:
                        self._sock.shutdown(socket.SHUT_WR)

    def _run(self) -> None:
        try:
            while self._read():
                pass
        finally:
            self._answered.set()
            if self._pong is not None:
                self._pong.set()
            self._end()

    def _end(self) -> None:
        """Tell once that nothing more comes; of what was never open nobody needs to know it."""
        was_open, self._was_open = self._was_open, False
        if was_open:
            self._ended(self)

    def _read(self) -> bool:
        """Take in what has come; whether more can come."""
        try:
            data = self._sock.recv(CHUNK)
        except OSError:
            data = b""
        with self._taking:
            with self._lock:
                if data:
                    self._protocol.receive_data(data)
                else:
                    with suppress(EOFError, WebSocketException):
                        self._protocol.receive_eof()
                events = self._protocol.events_received()
            for event in events:
                if isinstance(event, Response):
                    self._was_open = self._protocol.handshake_exc is None
                    self._answered.set()
                elif isinstance(event, Frame):
                    self._take(event)
        self._flush()
        if self._protocol.handshake_exc is not None:
            return False
        return bool(data)

    def _take(self, frame: Frame) -> None:
        if frame.opcode is Opcode.PONG and self._pong is not None:
            self._pong.set()
        if frame.opcode is Opcode.CLOSE:
            self._end()
        if frame.opcode not in {Opcode.TEXT, Opcode.BINARY, Opcode.CONT}:
            return
        if frame.opcode is not Opcode.CONT:
            self._parts, self._text = [], frame.opcode is Opcode.TEXT
        self._parts.append(bytes(frame.data))
        if frame.fin:
            whole = b"".join(self._parts)
            self._delivered(whole.decode(errors="replace") if self._text else whole)


def _connected(
    host: str, port: int, context: ssl.SSLContext | None, deadline: Deadline
) -> socket.socket:
    link: socket.socket | None = None
    try:
        link = socket.create_connection((host, port), max(0.001, deadline.remaining()))
        if context is not None:
            link = context.wrap_socket(link, server_hostname=host)
    except OSError as error:
        if link is not None:
            link.close()
        raise Refused(why_unconnected(error, host)) from error
    link.settimeout(None)
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return link


def unconnected(called: str, url: str, why: Refused) -> ServiceError:
    """That a WebSocket is not connected."""
    return ServiceError(f"{called[0].upper()}{called[1:]} cannot be connected to {url}: {why}.")
