"""Wait until a service is ready, or say what was seen instead."""

from __future__ import annotations

from collections.abc import Callable

from evtbdd.clock import Deadline
from evtbdd.errors import ServiceError, SettingsError
from evtbdd.keeper import Process, ServiceLog
from evtbdd.services.declaration import Declaration
from evtbdd.services.membership import Membership
from evtbdd.services.readiness import Readiness, port_answers, url_answers
from evtbdd.words import duration, quoted

POLL = 0.02
"""Seconds between two looks at what a broker or a port says; an exit is noticed at once."""
PROBE = 1.0
"""Seconds that a port or a URL has to answer one look."""
LAST_LINES = 10


class ReadyCheck:
    """Looks whether one start of a service has come to what its settings call ready.

    `ready` is that, as far as its brokers can tell it, and `target` its target.
    """

    def __init__(
        self,
        declaration: Declaration,
        ready: Readiness,
        target: str,
        membership: Membership,
    ) -> None:
        self._declaration = declaration
        self._ready = ready
        self._target = target
        self._membership = membership
        self._seen = "nothing was seen of it"

    def wait(self, process: Process, log: ServiceLog, since: int, deadline: Deadline) -> str:
        """What was seen of its readiness. ServiceError where it ended, or the deadline came."""
        kind = self._ready.kind
        if kind == "started":
            return "its process runs"
        if kind == "exit":
            return self._exited(process, log, deadline)
        if kind == "log":
            return self._logged(process, log, since, deadline)
        look = {"subscribed": self._subscribed, "port": self._port, "get": self._url}[kind]
        while not self._looked(look):
            if process.wait(Deadline.after(min(POLL, deadline.remaining()))) is not None:
                raise self._ended(process, log)
            if deadline.expired():
                raise self._too_late(process, log, deadline)
        return self._seen

    def _looked(self, look: Callable[[], bool]) -> bool:
        try:
            return look()
        except SettingsError as error:
            raise SettingsError(f"[evtbdd:service:{self._declaration.name}] {error}") from error

    def _subscribed(self) -> bool:
        ready, self._seen = self._membership.joined()
        return ready

    def _port(self) -> bool:
        refusal = port_answers(self._target, PROBE)
        self._seen = refusal or f"port {self._target} accepts connections"
        return refusal is None

    def _url(self) -> bool:
        status = self._ready.status
        refusal = url_answers(self._target, status, PROBE)
        self._seen = refusal or f"{self._target} answers {status}"
        return refusal is None

    def _logged(self, process: Process, log: ServiceLog, since: int, deadline: Deadline) -> str:
        if log.wait_for(self._target, deadline, since) is not None:
            return f"it logged {quoted(self._target)}"
        if process.exit is not None:
            raise self._ended(process, log)
        self._seen = f"it has not logged {quoted(self._target)}"
        raise self._too_late(process, log, deadline)

    def _exited(self, process: Process, log: ServiceLog, deadline: Deadline) -> str:
        ended = process.wait(deadline)
        if ended is None:
            self._seen = "it has not ended"
            raise self._too_late(process, log, deadline)
        if ended.code != self._ready.status:
            raise self._ended(process, log)
        return f"it {ended}"

    def _ended(self, process: Process, log: ServiceLog) -> ServiceError:
        return ServiceError(
            f"The service {quoted(self._declaration.name)} {process.exit} before it was ready "
            f"({self._ready}).{_end_of(process, log)}"
        )

    def _too_late(self, process: Process, log: ServiceLog, deadline: Deadline) -> ServiceError:
        return ServiceError(
            f"The service {quoted(self._declaration.name)} was not ready "
            f"({self._ready}) within {duration(deadline.seconds)}: {self._seen}."
            f"{_end_of(process, log)}"
        )


def _end_of(process: Process, log: ServiceLog) -> str:
    process.mark()  # what it wrote last may still be on its way
    return end_of(log)


def end_of(log: ServiceLog) -> str:
    """The last lines of a log, as an end of a sentence's paragraph."""
    lines = log.last_lines(LAST_LINES)
    if not lines:
        return " It has logged nothing."
    return " The end of its log:" + "".join(f"\n    {line}" for line in lines)
