"""How a process ended."""

from __future__ import annotations

import signal
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Exit:
    """How a process ended: with a code or by a signal, the other being None; and when.

    `moment` is in seconds of `time.monotonic`, taken by its supervisor as it happened. One that was
    killed with its supervisor is `lost`: `moment` is when that was heard of.
    """

    code: int | None
    signal: int | None
    moment: float
    lost: bool = False

    @classmethod
    def of(cls, status: int, moment: float) -> Exit:
        """From a code, or the negative number of a signal, as `subprocess` has it."""
        return cls(None, -status, moment) if status < 0 else cls(status, None, moment)

    def __str__(self) -> str:
        """`ended with exit code 3`, `was ended by signal SIGKILL`, `was killed with its supervisor`."""
        if self.lost:
            return "was killed with its supervisor"
        if self.signal is None:
            return f"ended with exit code {self.code}"
        return f"was ended by signal {_signal_name(self.signal)}"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)
