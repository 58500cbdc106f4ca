"""A command and everything that it has started, as its supervisor sees them."""

from __future__ import annotations

import contextlib
import os
import signal
import time

from .kernel import LINUX, children


class Tree:
    """Lives in a supervisor that is a subreaper and has no other children.

    Orphans become children of the supervisor, and a child that is not reaped keeps its process id
    and its group's: signals therefore go to children and to the groups of children only. When
    there is no child left, nothing is left.

    On macOS orphans are not handed over: there it is the command's own group that is signalled,
    and what is left of it is killed as soon as the command has ended.
    """

    def __init__(self, root: int) -> None:
        self.root = root
        self.exit: tuple[int, float] | None = None
        self.stopped = False
        self.empty = False
        self._paused = False
        self._asked: set[int] = set()

    def reap(self) -> None:
        """Take note of everything that has ended, stopped or gone on since the last call."""
        while not self.empty:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG | os.WUNTRACED | os.WCONTINUED)
            except ChildProcessError:
                self._found_empty()
                return
            if pid == 0:
                return
            if pid == self.root:
                self._note(status)

    def signal(self, number: int) -> None:
        """To the group of the command, and to those of the orphans that it left."""
        if number == signal.SIGCONT:
            self._paused = False
        for group in self._groups():
            _send_to_group(group, number)

    def pause(self) -> None:
        """SIGSTOP, to the same; what `stopped` says of it may be late, or never come."""
        self._paused = True
        self.signal(signal.SIGSTOP)

    def ask_to_end(self, number: int) -> None:
        """`signal`, but each group hears it once, however often this is called.

        Called again after each end, it reaches those who have become orphans by it. A second
        SIGTERM would make many a service give up what it is finishing.
        """
        for group in self._groups() - self._asked:
            self._asked.add(group)
            _send_to_group(group, number)
            if self._paused or self.stopped:
                _send_to_group(group, signal.SIGCONT)

    def kill(self) -> None:
        """SIGKILL to all who are within reach; called again after each end until it is empty.

        Those deeper down come within reach as their parents end. A signal to a group meets all of
        it at once, also those that are being forked just now.
        """
        self.signal(signal.SIGKILL)
        for pid in self._children():
            with contextlib.suppress(PermissionError, ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _children(self) -> list[int]:
        if LINUX:
            return children()
        return [self.root] if self.exit is None else []

    def _groups(self) -> set[int]:
        found = set()
        for pid in self._children():
            with contextlib.suppress(ProcessLookupError):  # macOS, when it has just ended
                found.add(os.getpgid(pid))
        return found - {os.getpgrp()}

    def _note(self, status: int) -> None:
        if os.WIFSTOPPED(status):
            self.stopped = True
        elif os.WIFCONTINUED(status):
            self.stopped = False
        else:
            self.exit = os.waitstatus_to_exitcode(status), time.monotonic()
            self.stopped = False

    def _found_empty(self) -> None:
        if not LINUX:
            _send_to_group(self.root, signal.SIGKILL)
        self.empty = True


def _send_to_group(group: int, number: int) -> None:
    # A process that has changed its user is not ours to signal.
    with contextlib.suppress(PermissionError, ProcessLookupError):
        os.killpg(group, number)
