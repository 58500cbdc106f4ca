"""Runs a program of PostgreSQL as the user that it accepts; nothing of evtbdd is imported here.

A server holds a small segment of System V memory, by which it notices a second one on the same
files. If it were killed the kernel would keep that for ever. So it is marked to be destroyed as soon
as it is there: the kernel does that when the last process that has it ends (shmctl(2), IPC_RMID).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
import time

NOTHING = "-"
IPC_RMID = 0
LINE_OF_MEMORY = 6
"""Of the lock file, from 0: key and identifier of the segment (PostgreSQL, pidfile.h)."""

EVERY, LONGEST = 0.005, 120.0


def main() -> None:
    """`USER GROUP LOCKFILE PROGRAM WORDS…`; a `-` leaves out what it stands for."""
    user, group, lock_file, *command = sys.argv[1:]
    if user != NOTHING:
        os.setgroups([])
        os.setgid(int(group))
        os.setuid(int(user))
    if lock_file != NOTHING:
        _in_the_background(lock_file)
    os.execv(command[0], command)


def _in_the_background(lock_file: str) -> None:
    """Mark the segment from a process that is no child of the server, which minds its children."""
    server = os.getpid()
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    with contextlib.suppress(BaseException):
        if os.fork() == 0:
            _mark(lock_file, server)
    os._exit(0)


def _mark(lock_file: str, server: int) -> None:
    memory = ctypes.CDLL(None)
    ends = time.monotonic() + LONGEST
    while time.monotonic() < ends:
        os.kill(server, 0)  # raises where it is gone
        segment = _segment(lock_file)
        if segment is not None:
            memory.shmctl(segment, IPC_RMID, None)
            return
        time.sleep(EVERY)


def _segment(lock_file: str) -> int | None:
    """The identifier of the segment, once the server has told it."""
    try:
        # Bytes, for this user may be unable to read what Python decodes by.
        with open(lock_file, "rb") as opened:  # noqa: PTH123 - pathlib costs 20 ms here
            lines = opened.read().split(b"\n")
    except OSError:
        return None
    # A line is whole where it ends in a line break.
    words = lines[LINE_OF_MEMORY].split() if len(lines) > LINE_OF_MEMORY + 1 else []
    return int(words[1]) if len(words) == 2 else None


if __name__ == "__main__":
    main()
