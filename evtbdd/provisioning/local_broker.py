"""What every private broker is, from begin to stop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from evtbdd.errors import BrokerUnavailable

Running = TypeVar("Running", covariant=True)
Usable = TypeVar("Usable")


class Launch(Protocol[Running]):
    """From nothing to a broker that can be used, and back; begun by being made."""

    def result(self) -> Running:
        """Wait for it; BrokerUnavailable or ServiceError where it did not come to be."""

    def end(self) -> None:
        """Return when nothing of it is left: no process, no thread, no folder."""


class LocalBroker(Generic[Usable]):
    """A real broker on loopback for one run: `what` a person calls it, and what launches it.

    Anyone may wait; one thread begins and stops.
    """

    def __init__(self, what: str, launch: Callable[[], Launch[Usable]]) -> None:
        self._what = what
        self._new_launch = launch
        self._launch: Launch[Usable] | None = None

    def start(self) -> None:
        """Return when it can be used.

        BrokerUnavailable with the reason, where it is not installed or does not start; ServiceError
        where the keeper cannot start anything.
        """
        self.begin()
        self.wait()

    def begin(self) -> None:
        """Start it in the background; nothing more where it is begun."""
        if self._launch is None:
            self._launch = self._new_launch()

    def wait(self) -> None:
        """What `start` promises, for one that is begun."""
        self.running()

    def stop(self) -> None:
        """Return when nothing of it is left: no process, no port, no folder.

        Once stopped it can be started again, empty.
        """
        launch, self._launch = self._launch, None
        if launch is not None:
            launch.end()

    def running(self) -> Usable:
        """What can be used, once it can; waits for that. BrokerUnavailable where it is not begun."""
        if self._launch is None:
            raise BrokerUnavailable(f"{self._what} has not been started.")
        return self._launch.result()
