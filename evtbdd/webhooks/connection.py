"""One connection to a webhook: HTTP/1.1 (RFC 9112), read and written by h11."""

from __future__ import annotations

import selectors
import socket
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread

import h11

from evtbdd.http.bodies import LARGEST
from evtbdd.webhooks.request import Came
from evtbdd.webhooks.script import Answer

RESET = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
BODILESS = frozenset({204, 304})
CHUNK = 1 << 16

Received = Callable[[Came], Answer]


class Connection:
    """Reads requests in a thread of its own, has each `received`, and gives the answer to it.

    `ended` is told when the connection is closed; `whole` is False where what came was no HTTP.
    """

    def __init__(
        self, sock: socket.socket, received: Received, ended: Callable[[Connection], None]
    ) -> None:
        self._sock = sock
        self._received = received
        self._ended = ended
        self._http = h11.Connection(h11.SERVER)
        self._over = Event()
        self._reading = self._answering = False
        self.whole = True
        self._thread = Thread(target=self._run, name="evtbdd-webhook-connection", daemon=True)
        self._thread.start()

    def half_read(self) -> bool:
        """Whether something has come of a request that is not received yet."""
        # In this order: what is taken from the socket is marked as being read before that.
        return (not self._answering and self._has_more()) or self._reading

    def reset(self) -> None:
        """End it at once; the other side is told by a reset."""
        self._over.set()
        with suppress(OSError):
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            self._sock.shutdown(socket.SHUT_RD)

    def join(self, seconds: float) -> None:
        """Return when its thread has ended, or so much time has passed."""
        self._thread.join(seconds)

    def _has_more(self) -> bool:
        with suppress(OSError, ValueError), selectors.DefaultSelector() as selector:
            selector.register(self._sock, selectors.EVENT_READ)
            return bool(selector.select(0))
        return False

    def _run(self) -> None:
        try:
            while not self._over.is_set() and self._exchange():
                pass
        except h11.RemoteProtocolError:
            self.whole = False
            self._refuse()
        except (OSError, h11.LocalProtocolError):
            pass  # the other side is gone
        finally:
            self._reading = False
            self._sock.close()
            self._ended(self)

    def _exchange(self) -> bool:
        """Answer one request; whether another one may follow on this connection."""
        came = self._next_request()
        if came is None:
            return False
        answer = self._received(came)
        self._answering, self._reading = True, False
        if answer.after:
            self._over.wait(answer.after)
        if answer.reset or self._over.is_set():
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            return False
        self._write(answer, came.method)
        if self._http.our_state is not h11.DONE or self._http.their_state is not h11.DONE:
            return False
        self._http.start_next_cycle()
        self._answering = False
        return True

    def _next_request(self) -> Came | None:
        head: h11.Request | None = None
        body = bytearray()
        size = 0
        while True:
            event = self._next()
            if isinstance(event, h11.Request):
                head = event
            elif isinstance(event, h11.Data):
                size += len(event.data)
                body += event.data[: max(0, LARGEST - len(body))]
            elif isinstance(event, h11.EndOfMessage) and head is not None:
                return Came(
                    method=head.method.decode("ascii"),
                    target=head.target.decode("latin-1"),
                    headers=tuple((name.decode("latin-1"), value) for name, value in head.headers),
                    body=bytes(body),
                    size=size,
                )
            else:
                return None

    def _next(self) -> object:
        """The next event of the protocol; asks the socket for more where it must."""
        while (event := self._http.next_event()) is h11.NEED_DATA:
            if self._http.they_are_waiting_for_100_continue:
                go_on = h11.InformationalResponse(status_code=100, headers=[])
                self._sock.sendall(self._http.send(go_on) or b"")
            self._wait()
            self._reading = True
            self._http.receive_data(self._sock.recv(CHUNK))
        return event

    def _wait(self) -> None:
        """Return when there is something to read, and nothing has been taken yet."""
        if self._http.their_state is h11.IDLE and not self._http.trailing_data[0]:
            self._reading = False
        self._sock.recv(1, socket.MSG_PEEK)

    def _write(self, answer: Answer, method: str) -> None:
        body = b"" if answer.status in BODILESS else answer.draft.body or b""
        headers = list(answer.draft.headers)
        if "content-length" not in dict(headers) and answer.status not in BODILESS:
            headers.append(("content-length", str(len(body))))
        response = h11.Response(status_code=answer.status, headers=headers)
        sent = [self._http.send(response)]
        if body and method != "HEAD":
            sent.append(self._http.send(h11.Data(data=body)))
        sent.append(self._http.send(h11.EndOfMessage()))
        self._sock.sendall(b"".join(filter(None, sent)))

    def _refuse(self) -> None:
        """Tell the other side that what it sent was no request, where it can be told."""
        with suppress(OSError, h11.LocalProtocolError):
            closing = [("content-length", "0"), ("connection", "close")]
            refusal = h11.Response(status_code=400, headers=closing)
            self._sock.sendall(self._http.send(refusal) or b"")
