"""Ports that services of a run are told to listen on."""

from __future__ import annotations

import socket

from evtbdd.loopback import claim, listener


class FreePorts:
    """Ports of this machine that nobody listens on, none of them given twice.

    Nor to another run, as long as this one lasts: their services listen only when they get to it.
    """

    def __init__(self) -> None:
        self._claims: dict[int, socket.socket] = {}

    def next(self) -> int:
        """Another one."""
        while True:
            with listener() as found:
                port: int = found.getsockname()[1]
                try:
                    claimed = claim(port)
                except OSError:
                    continue
                if port not in self._claims:
                    self._claims[port] = claimed
                    return port
                claimed.close()

    def close(self) -> None:
        """Leave them to others."""
        for claimed in self._claims.values():
            claimed.close()
        self._claims.clear()
