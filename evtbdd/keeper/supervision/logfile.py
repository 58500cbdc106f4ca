"""The file that a service's output goes to."""

from __future__ import annotations

import os

from .shorten import shortened

LIMIT = 10_000_000
"""Bytes that the log of one service may take on disk."""


class LogFile:
    """Appends to a file, and shortens it in place when it would outgrow `limit` bytes.

    What stood in the file before counts as its beginning, so that a service that is started again
    goes on in the same file, within the same limit. OSError when the file cannot be opened; later
    an error of the disk (it is full, it is gone) only ends the writing: the service goes on.
    """

    def __init__(self, path: bytes, limit: int = LIMIT) -> None:
        self._limit = limit
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        self._broken = False

    def write(self, data: bytes) -> None:
        """Append, and shorten if need be."""
        if self._broken:
            return
        try:
            self._append(data)
            size = os.fstat(self._file).st_size
            if size > self._limit:
                kept, rest = shortened(os.pread(self._file, size, 0), self._limit)
                os.ftruncate(self._file, kept)
                self._append(rest)
        except OSError:
            self._broken = True

    def close(self) -> None:
        """Nothing is written any more."""
        self._broken = True
        os.close(self._file)

    def _append(self, data: bytes) -> None:
        remaining = memoryview(data)
        while remaining:
            remaining = remaining[os.write(self._file, remaining) :]
