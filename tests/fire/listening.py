"""What processes say in the news of a folder, and the gate at which they wait; see `fire.news`."""

from __future__ import annotations

import os
import select
import subprocess
from pathlib import Path
from types import TracebackType

from evtbdd.clock import Deadline

LONG = 30.0
"""Seconds after which a wait has failed."""


class News:
    """Makes the pipes in a folder; closed again when it is left."""

    def __init__(self, folder: Path) -> None:
        self.lines: list[str] = []
        self._folder = folder
        self._unfinished = ""
        self._opened: list[int] = []

    def __enter__(self) -> News:
        for name in ("news", "gate"):
            os.mkfifo(self._folder / name)
        self._pipe = self._open("news")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for pipe in self._opened:
            os.close(pipe)

    def _open(self, name: str) -> int:
        # For reading and writing: it opens at once, and does not end.
        self._opened.append(os.open(self._folder / name, os.O_RDWR))
        return self._opened[-1]

    def open_gate(self) -> None:
        """Let everyone pass, from now on."""
        self._open("gate")

    def wait_for(self, beginning: str, speaker: subprocess.Popen[str]) -> str:
        """The first line that begins so; the speaker must not end before."""
        end = os.pidfd_open(speaker.pid)
        deadline = Deadline.after(LONG)
        try:
            while True:
                self.read()
                found = [line for line in self.lines if line.startswith(beginning)]
                if found:
                    return found[0]
                arrived = select.select([self._pipe, end], [], [], deadline.remaining())[0]
                if self._pipe not in arrived:
                    said = speaker.communicate(timeout=LONG)[0] if arrived else "nothing yet"
                    raise AssertionError(f"no news of {beginning!r}; {speaker.args} said: {said}")
        finally:
            os.close(end)

    def read(self, patience: float = 0) -> None:
        """Take what has arrived, or arrives within so many seconds."""
        while select.select([self._pipe], [], [], patience)[0]:
            text = self._unfinished + os.read(self._pipe, 65_536).decode()
            *lines, self._unfinished = text.split("\n")
            self.lines += lines

    def number(self, beginning: str) -> int:
        """The number at the end of the line that begins so."""
        (line,) = [line for line in self.lines if line.startswith(beginning)]
        return int(line.split()[-1])
