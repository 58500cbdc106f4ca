"""One timer for many deadlines."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from evtbdd.clock import Clock


class Alarm:
    """Calls `ring` whenever the earliest deadline has come.

    `earliest` says the next deadline on `clock`, or None. The owner calls `set` after anything that
    may have brought a deadline forward; a ring looks again by itself.
    """

    def __init__(
        self, clock: Clock, earliest: Callable[[], float | None], ring: Callable[[], None]
    ) -> None:
        self._clock = clock
        self._earliest = earliest
        self._ring = ring
        self._timer: asyncio.TimerHandle | None = None
        self._moment = 0.0

    def set(self) -> None:
        """Be ready for the earliest deadline that there is now."""
        moment = self._earliest()
        if moment is None:
            self.cancel()
        elif self._timer is None or moment < self._moment:
            self.cancel()
            self._moment = moment
            delay = max(0.0, moment - self._clock.now())
            self._timer = asyncio.get_running_loop().call_later(delay, self._rung)

    def cancel(self) -> None:
        """Ring no more, until it is set again."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _rung(self) -> None:
        self._timer = None
        self._ring()
        self.set()
