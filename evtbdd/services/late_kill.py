"""A service that is killed when some time is over, while the scenario goes on."""

from __future__ import annotations

from threading import Timer

from evtbdd.errors import EvtbddError
from evtbdd.services.service import Service
from evtbdd.words import duration, quoted


class LateKill:
    """Kills a service so many seconds from now, unless it is called off before."""

    def __init__(self, service: Service, seconds: float) -> None:
        self._service = service
        self._outcome: str | None = "and the scenario ended before"
        self._said = (
            f"The service {quoted(service.declaration.name)} was to be killed after "
            f"{duration(seconds)}"
        )
        self._timer = Timer(seconds, self._kill)
        self._timer.daemon = True
        self._timer.start()

    def _kill(self) -> None:
        try:
            self._service.kill()
            self._outcome = None
        except EvtbddError as error:
            self._outcome = f"and could not be: {str(error).rstrip('.')}"

    def call_off(self) -> str | None:
        """Why it was not killed, in a sentence; None where it was."""
        self._timer.cancel()
        self._timer.join()
        return None if self._outcome is None else f"{self._said}, {self._outcome}."
