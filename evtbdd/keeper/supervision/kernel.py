"""What is asked of the kernel beyond `os`: prctl(2), children, and the end of another process."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

LINUX = sys.platform == "linux"

_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15
_PR_SET_CHILD_SUBREAPER = 36
_NONE = ctypes.c_ulong(0)


def become_subreaper() -> None:
    """From now on orphans below this process become its children (Linux; elsewhere nothing)."""
    _prctl(_PR_SET_CHILD_SUBREAPER, ctypes.c_ulong(1))


def die_with_parent() -> None:
    """SIGKILL for this process when the thread that forked it ends; survives exec.

    Right only below a parent with a single thread. The caller looks whether the parent is still
    there afterwards.
    """
    _prctl(_PR_SET_PDEATHSIG, ctypes.c_ulong(signal.SIGKILL))


def be_called(name: str) -> None:
    """The name that `ps` and `top` show (15 bytes of it)."""
    _prctl(_PR_SET_NAME, ctypes.c_char_p(name.encode("utf-8", "replace")))


def children() -> list[int]:
    """All children of this process that it has not reaped yet, zombies included (Linux).

    Exact, as only this process itself can take one off the list.
    """
    try:
        with open("/proc/thread-self/children") as listing:  # noqa: PTH123
            return [int(pid) for pid in listing.read().split()]
    except FileNotFoundError:  # a kernel without CONFIG_PROC_CHILDREN
        return [int(entry.name) for entry in os.scandir("/proc") if _is_child(entry.name)]


def ending_of(pid: int) -> int | None:
    """A descriptor that gets readable when the process ends (pidfd_open(2)).

    None where there is no such thing, or no such process.
    """
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):
        return None


def _is_child(pid: str) -> bool:
    if not pid.isdigit():
        return False
    try:
        with open(f"/proc/{pid}/stat", errors="replace") as status:  # noqa: PTH123
            # pid (name) state parent: the name may hold anything, brackets too.
            return int(status.read().rpartition(")")[2].split()[1]) == os.getpid()
    except (FileNotFoundError, ProcessLookupError):
        return False


def _prctl(option: int, argument: ctypes.c_ulong | ctypes.c_char_p) -> None:
    if not LINUX:
        return
    if _LIBRARY.prctl(option, argument, _NONE, _NONE, _NONE) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"prctl({option}): {os.strerror(number)}")


# Loaded before any fork, for a child must not do such work between fork and exec.
_LIBRARY = ctypes.CDLL(None, use_errno=True)
