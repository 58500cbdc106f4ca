"""Ports that services of a run are told to listen on."""

from __future__ import annotations

from evtbdd.loopback import listener


class FreePorts:
    """Ports of this machine that nobody listens on, none of them given twice."""

    def __init__(self) -> None:
        self._given: set[int] = set()

    def next(self) -> int:
        """Another one."""
        while True:
            with listener() as found:
                port: int = found.getsockname()[1]
            if port not in self._given:
                self._given.add(port)
                return port
