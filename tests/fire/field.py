"""The field of a round: nothing that was started on it can leave it unseen."""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
from pathlib import Path
from types import TracebackType

from evtbdd.clock import Deadline

PR_SET_CHILD_SUBREAPER = 36


class Field:
    """While it is open, this process is given every orphan of what it starts (prctl(2)).

    Whatever has no parent any more is its child then, in whatever session, group, folder and
    environment it may be; so without children nothing is alive.
    """

    def __enter__(self) -> Field:
        self._before = set(_children())
        _be_subreaper(1)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        while left := self.left():
            for pid in left:
                os.kill(pid, signal.SIGKILL)
            self.empties(Deadline.after(1))
        _be_subreaper(0)

    def empties(self, deadline: Deadline) -> bool:
        """Whether everything has ended when the deadline comes."""
        while left := self.left():
            ends = [os.pidfd_open(pid) for pid in left]
            ended = select.select(ends, [], [], deadline.remaining())[0]
            for end in ends:
                os.close(end)
            if not ended and deadline.expired():
                return not self.left()
        return True

    def left(self) -> list[int]:
        """What is alive; what has ended is buried by this."""
        found = [pid for pid in _children() if pid not in self._before]
        for pid in found:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
        return [pid for pid in found if Path(f"/proc/{pid}").exists()]


def children(pid: int) -> list[int]:
    """The children of a process, those that have ended included."""
    return [
        int(child)
        for task in Path(f"/proc/{pid}/task").iterdir()
        for child in (task / "children").read_text().split()
    ]


def called(pid: int) -> str:
    """The name of a process, as `ps` shows it."""
    return Path(f"/proc/{pid}/comm").read_text().rstrip("\n")


def described(pid: int) -> str:
    """A process for a message."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        return f"{pid} ({called(pid)}, {state}): {words}"
    except OSError:
        return f"{pid}, gone by now"


def _children() -> list[int]:
    return children(os.getpid())


def _be_subreaper(yes: int) -> None:
    number = ctypes.c_ulong(yes)
    none = ctypes.c_ulong(0)
    assert ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, number, none, none, none) == 0
