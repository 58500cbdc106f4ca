"""Frames on a stream socket: a line of JSON, and behind it as many bytes as its `bytes` says."""

from __future__ import annotations

import json
import socket
from collections import deque

TYPE_CHECKING = False  # importing typing would make the start of the keeper slower
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    Frame = Mapping[str, Any]

_PIECE = 65_536


def encoded(frame: Frame, payload: bytes | bytearray = b"") -> bytes:
    """The frame as it travels, with its payload behind it."""
    if payload:
        frame = {**frame, "bytes": len(payload)}
    return json.dumps(frame, separators=(",", ":")).encode("ascii") + b"\n" + payload


class Frames:
    """Puts together what arrives in pieces."""

    def __init__(self) -> None:
        self._arrived = bytearray()

    def feed(self, data: bytes) -> Iterator[tuple[Frame, bytes]]:
        """The frames that are whole once `data` has arrived, each with its payload."""
        self._arrived += data
        while (end := self._arrived.find(b"\n") + 1) > 0:
            frame: Frame = json.loads(self._arrived[:end])
            whole = end + frame.get("bytes", 0)
            if len(self._arrived) < whole:
                return
            payload = bytes(self._arrived[end:whole])
            del self._arrived[:whole]
            yield frame, payload


class Outbox:
    """Frames for a run that may be slow: pieces of a log are dropped, everything else is kept.

    A service must not come to a halt because the run is busy, or stands in a debugger: beyond
    `limit` bytes of log the oldest are dropped, and the next piece says in `log` how many bytes
    are missing before it.
    """

    def __init__(self, connection: socket.socket, limit: int = 4_000_000) -> None:
        self._connection = connection
        self._limit = limit
        self._waiting: deque[tuple[dict[str, Any], bytearray]] = deque()
        self._logged = 0
        self._sending = memoryview(b"")

    @property
    def empty(self) -> bool:
        """Whether everything has been handed to the socket."""
        return not self._sending and not self._waiting

    def put(self, frame: Frame) -> None:
        """A frame that arrives for sure."""
        self._waiting.append((dict(frame), bytearray()))

    def put_log(self, data: bytes) -> None:
        """The next piece of the log."""
        if self._waiting and 0 < len(self._waiting[-1][1]) < _PIECE:
            self._waiting[-1][1].extend(data)
        else:
            self._waiting.append(({"log": 0}, bytearray(data)))
        self._logged += len(data)
        while self._logged > self._limit:
            self._drop_oldest()

    def send(self) -> None:
        """Hand over what the socket takes now; OSError when nobody is left to take it."""
        while not self.empty:
            if not self._sending:
                frame, payload = self._waiting.popleft()
                self._logged -= len(payload)
                self._sending = memoryview(encoded(frame, payload))
            try:
                sent = self._connection.send(self._sending, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return
            self._sending = self._sending[sent:]

    def _drop_oldest(self) -> None:
        logs = ((at, *piece) for at, piece in enumerate(self._waiting) if "log" in piece[0])
        at, oldest, payload = next(logs)
        _, following, _ = next(logs)  # one piece alone is far below the limit
        following["log"] += oldest["log"] + len(payload)
        self._logged -= len(payload)
        del self._waiting[at]
