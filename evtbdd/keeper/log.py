"""What a service writes, as the run sees it arrive."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from evtbdd.clock import Deadline
from evtbdd.keeper.supervision.shorten import mark, shortened

LIMIT = 4_000_000
"""Bytes of one log that are kept in memory."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line that was waited for, without its end, and the offset just behind what was sought."""

    text: str
    offset: int


class ServiceLog:
    """Standard output and standard error of one service, in the order of their arrival.

    Offsets count bytes and never go back; they stay true when the log goes on with another process
    of the service, and when it is shortened. Of a log beyond `limit` bytes the beginning and the
    latest part are kept here, and a line between them says how many bytes are missing; `path` is
    the file that holds more of it. Bytes that are no UTF-8 are shown as U+FFFD. Logs that share
    `changed` can be waited for together.

    Any thread may ask; one thread feeds.
    """

    def __init__(
        self,
        path: Path | None = None,
        limit: int = LIMIT,
        changed: threading.Condition | None = None,
    ) -> None:
        self.path = path
        self._limit = limit
        self._data = bytearray()
        self._kept = 0
        self._missing = 0
        self._writers = 0
        self._ended = False
        self._changed = changed or threading.Condition()

    @property
    def offset(self) -> int:
        """Where the next byte will stand."""
        with self._changed:
            return self._end()

    @property
    def ended(self) -> bool:
        """Whether the last process that wrote here is gone, so that nothing more will come."""
        with self._changed:
            return self._ended

    def text(self, since: int = 0) -> str:
        """All that is kept from the offset `since` on."""
        with self._changed:
            return self._data[self._index(since) :].decode("utf-8", "replace")

    def last_lines(self, number: int) -> list[str]:
        """The last lines, without their ends; empty ones at the very end do not count."""
        with self._changed:
            written = bytes(self._data.rstrip(b"\n"))
        if not written or number < 1:
            return []
        lines = written.rsplit(b"\n", number)[-number:]
        return [line.decode("utf-8", "replace") for line in lines]

    def wait_for(
        self, sought: str | Callable[[str], bool], deadline: Deadline, since: int = 0
    ) -> LogLine | None:
        """The first line from the offset `since` on that holds a text, or that a predicate accepts.

        None when the deadline has passed, or the log has ended, without one. A text is found as
        soon as it is there, in an unfinished line too (a prompt). A predicate is asked once about
        each finished line, and about an unfinished one when the log ends.
        """
        position = since
        while True:
            with self._changed:
                end, ended = self._end(), self._ended
                if isinstance(sought, str):
                    lines, position = self._lines_with(sought.encode(), position)
                else:
                    lines, position = self._lines_from(position, ended)
            for line in lines:
                if isinstance(sought, str) or sought(line.text):
                    return line
            if ended or deadline.expired():
                return None
            self._wait_beyond(end, deadline)

    def feed(self, data: bytes, dropped: int = 0) -> None:
        """The next bytes have arrived; `dropped` bytes before them are lost."""
        with self._changed:
            if dropped:
                line_break = b"" if self._data.endswith(b"\n") else b"\n"
                self._data += line_break + mark(dropped)
            self._data += data
            if len(self._data) > self._limit:
                end = self._end()
                self._kept, rest = shortened(self._data, self._limit)
                self._data[self._kept :] = rest
                self._missing = end - len(self._data)
            self._changed.notify_all()

    def begin(self) -> None:
        """A process has started to write."""
        with self._changed:
            self._writers += 1
            self._ended = False

    def end(self) -> None:
        """A process is gone; when it was the last one, whoever waits is told."""
        with self._changed:
            self._writers -= 1
            self._ended = self._writers <= 0
            self._changed.notify_all()

    def _wait_beyond(self, end: int, deadline: Deadline) -> None:
        with self._changed:
            self._changed.wait_for(
                lambda: self._end() > end or self._ended, timeout=deadline.remaining()
            )

    def _lines_with(self, sought: bytes, position: int) -> tuple[list[LogLine], int]:
        """The first line with these bytes, if any; else from where to look the next time."""
        start = self._index(position)
        at = self._data.find(sought, start)
        if at < 0:
            return [], max(position, self._end() - len(sought) + 1)
        line_end = self._data.find(b"\n", at + len(sought))
        line = self._data[self._data.rfind(b"\n", 0, at) + 1 : line_end if line_end >= 0 else None]
        offset = self._offset(at + len(sought))
        return [LogLine(line.decode("utf-8", "replace"), offset)], offset

    def _lines_from(self, position: int, ended: bool) -> tuple[list[LogLine], int]:
        """The finished lines from the position on, each with the offset behind it."""
        start = self._index(position)
        stop = len(self._data) if ended else self._data.rfind(b"\n", start) + 1
        lines = []
        for line in bytes(self._data[start:stop]).splitlines(keepends=True):
            start += len(line)
            text = line.rstrip(b"\r\n").decode("utf-8", "replace")
            lines.append(LogLine(text, self._offset(start)))
        return lines, max(position, self._offset(start))

    def _end(self) -> int:
        return len(self._data) + self._missing

    def _index(self, offset: int) -> int:
        return offset if offset <= self._kept else max(self._kept, offset - self._missing)

    def _offset(self, index: int) -> int:
        return index if index <= self._kept else index + self._missing
