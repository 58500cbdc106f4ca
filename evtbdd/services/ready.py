"""Wait until a service is ready, or say what was seen instead."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from evtbdd.clock import Deadline
from evtbdd.errors import ServiceError
from evtbdd.keeper import Process, ServiceLog
from evtbdd.ports import Ends, Subscriptions
from evtbdd.services.declaration import Declaration
from evtbdd.services.readiness import port_answers, url_answers
from evtbdd.words import duration, quoted

POLL = 0.02
"""Seconds between two looks at what a broker or a port says; an exit is noticed at once."""
LAST_LINES = 10


class ReadyCheck:
    """Looks whether one start of a service has come to what its settings call ready.

    Made before the start, so that members of its group that are there already are known. `members`
    are those that came with it.
    """

    def __init__(
        self,
        declaration: Declaration,
        target: str,
        group: str | None,
        brokers: Sequence[tuple[Subscriptions, Mapping[str, Ends]]],
        broker_deadline: Callable[[], Deadline],
    ) -> None:
        self._declaration = declaration
        self._target = target
        self._group = group
        self._brokers = brokers
        self._broker_deadline = broker_deadline
        self._before = self._all_members()
        self._seen = "nothing was seen of it"
        self.members: frozenset[str] = frozenset()

    def wait(self, process: Process, log: ServiceLog, since: int, deadline: Deadline) -> str:
        """What was seen of its readiness. ServiceError where it ended, or the deadline came."""
        kind = self._declaration.ready.kind
        if kind == "started":
            return "its process runs"
        if kind == "exit":
            return self._exited(process, log, deadline)
        if kind == "log":
            return self._logged(process, log, since, deadline)
        look = {"subscribed": self._subscribed, "port": self._port, "get": self._url}[kind]
        while not look():
            if process.wait(Deadline.after(min(POLL, deadline.remaining()))) is not None:
                raise self._ended(process, log)
            if deadline.expired():
                raise self._too_late(log, deadline)
        return self._seen

    def _subscribed(self) -> bool:
        states = [
            subscriptions.state(self._group or "", list(channels), self._broker_deadline())
            for subscriptions, channels in self._brokers
        ]
        self._seen = "; ".join(state.words for state in states)
        self.members = frozenset().union(*(state.members for state in states)) - self._before
        return all(state.ready for state in states) and bool(self.members)

    def _all_members(self) -> frozenset[str]:
        if self._group is None:
            return frozenset()
        states = [
            subscriptions.state(self._group, list(channels), self._broker_deadline())
            for subscriptions, channels in self._brokers
        ]
        return frozenset().union(*(state.members for state in states))

    def _port(self) -> bool:
        refusal = port_answers(self._target, patience=1.0)
        self._seen = refusal or f"port {self._target} accepts connections"
        return refusal is None

    def _url(self) -> bool:
        status = self._declaration.ready.status
        refusal = url_answers(self._target, status, patience=1.0)
        self._seen = refusal or f"{self._target} answers {status}"
        return refusal is None

    def _logged(self, process: Process, log: ServiceLog, since: int, deadline: Deadline) -> str:
        if log.wait_for(self._target, deadline, since) is not None:
            return f"it logged {quoted(self._target)}"
        if process.exit is not None:
            raise self._ended(process, log)
        self._seen = f"it has not logged {quoted(self._target)}"
        raise self._too_late(log, deadline)

    def _exited(self, process: Process, log: ServiceLog, deadline: Deadline) -> str:
        ended = process.wait(deadline)
        if ended is None:
            self._seen = "it has not ended"
            raise self._too_late(log, deadline)
        if ended.code != self._declaration.ready.status:
            raise self._ended(process, log)
        return f"it {ended}"

    def _ended(self, process: Process, log: ServiceLog) -> ServiceError:
        return ServiceError(
            f"The service {quoted(self._declaration.name)} {process.exit} before it was ready "
            f"({self._declaration.ready}).{end_of(log)}"
        )

    def _too_late(self, log: ServiceLog, deadline: Deadline) -> ServiceError:
        return ServiceError(
            f"The service {quoted(self._declaration.name)} was not ready "
            f"({self._declaration.ready}) within {duration(deadline.seconds)}: {self._seen}."
            f"{end_of(log)}"
        )


def end_of(log: ServiceLog) -> str:
    """The last lines of a log, as an end of a sentence's paragraph."""
    lines = log.last_lines(LAST_LINES)
    if not lines:
        return " It has logged nothing."
    return " The end of its log:" + "".join(f"\n    {line}" for line in lines)
