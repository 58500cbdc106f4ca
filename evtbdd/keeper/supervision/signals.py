"""Signals as something that a selector can wait for, and how they are left to a child."""

from __future__ import annotations

import contextlib
import os
import signal

ENDING = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP})
"""Somebody wants this process to end: it then does what it does when the run is gone."""


class Signals:
    """SIGCHLD and the signals of `ENDING`, as bytes on a descriptor of its own."""

    def __init__(self) -> None:
        self._arrivals, self._wakeup = os.pipe()
        os.set_blocking(self._arrivals, False)
        os.set_blocking(self._wakeup, False)
        signal.set_wakeup_fd(self._wakeup, warn_on_full_buffer=False)
        for number in {signal.SIGCHLD, *ENDING}:
            signal.signal(number, lambda *_: None)

    def fileno(self) -> int:
        """Readable when there are some."""
        return self._arrivals

    def taken(self) -> set[int]:
        """Those that arrived since the last call."""
        arrived: set[int] = set()
        with contextlib.suppress(BlockingIOError):
            while numbers := os.read(self._arrivals, 4096):
                arrived.update(numbers)
        return arrived

    def close(self) -> None:
        """For the child of a fork: these were its parent's."""
        signal.set_wakeup_fd(-1)
        os.close(self._arrivals)
        os.close(self._wakeup)


def hold_signals() -> None:
    """None is delivered until `release_signals`: so that none meets a child that is half made."""
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())


def release_signals() -> None:
    """What was held is delivered now, and from now on."""
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def restore_signals() -> None:
    """As a program expects to find them: none ignored, none handled, none blocked."""
    for number in signal.valid_signals():
        if signal.getsignal(number) not in (signal.SIG_DFL, None):
            # SIGKILL and SIGSTOP are as they are.
            with contextlib.suppress(OSError, ValueError):
                signal.signal(number, signal.SIG_DFL)
    release_signals()
