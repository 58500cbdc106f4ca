"""The logs of all instances of a service, asked as if they were one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from threading import Condition

from evtbdd.clock import Deadline
from evtbdd.keeper import ServiceLog

Marks = Mapping[str, int]
"""For each instance where a window begins in its log; for others it begins at the beginning."""


class Logs:
    """Logs by the names of the instances; all of them share `changed`, and wake whoever waits."""

    def __init__(self) -> None:
        self.changed = Condition()
        self._logs: dict[str, ServiceLog] = {}

    def add(self, name: str, log: ServiceLog) -> None:
        """Take a log that was made with `changed`."""
        self._logs[name] = log

    def texts(self, since: Marks) -> Sequence[str]:
        """What each instance has written since its mark."""
        return [log.text(since.get(name, 0)) for name, log in self._logs.items()]

    def wait_until(
        self, holds: Callable[[Sequence[str]], bool], deadline: Deadline, since: Marks
    ) -> bool:
        """Whether what was written since the marks satisfies a predicate, at the deadline at last.

        It is asked again whenever something more was written, and no longer when all logs have
        ended.
        """
        while True:
            with self.changed:
                ends, ended = self._state()
            if holds(self.texts(since)):
                return True
            if ended or deadline.expired():
                return False
            with self.changed:
                self.changed.wait_for(
                    lambda: self._state() != (ends, False),  # noqa: B023 - waited for here
                    deadline.remaining(),
                )

    def _state(self) -> tuple[Sequence[int], bool]:
        logs = self._logs.values()
        return [log.offset for log in logs], all(log.ended for log in logs)
