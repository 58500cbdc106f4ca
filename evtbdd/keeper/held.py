"""One keeper for a run, started when something needs it."""

from __future__ import annotations

from threading import Lock

from evtbdd.keeper.keeper import Keeper


class HeldKeeper:
    """Starts the keeper with the first who asks for it; any thread may ask."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._keeper: Keeper | None = None

    def __call__(self) -> Keeper:
        """The keeper. ServiceError where it cannot be started."""
        with self._lock:
            if self._keeper is None:
                self._keeper = Keeper.start()
            return self._keeper

    def close(self) -> None:
        """Have it end what is left of all that it started; nothing where nobody needed it."""
        with self._lock:
            keeper, self._keeper = self._keeper, None
        if keeper is not None:
            keeper.close()
