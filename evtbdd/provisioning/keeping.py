"""What is asked of the keeper, and the commands that it carries out for us."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from evtbdd.errors import BrokerUnavailable
from evtbdd.words import duration


class End(Protocol):
    """How a process ended; as text it is a clause, `ended with exit code 3`."""

    @property
    def code(self) -> int | None:
        """The exit code, None where a signal ended it."""


class Kept(Protocol):
    """A process that ends with the run at the latest."""

    @property
    def pid(self) -> int:
        """Its number."""

    @property
    def exit(self) -> End | None:
        """How it ended; None while it runs."""

    def on_exit(self, callback: Callable[[End], None]) -> None:
        """Have it called once the process has ended, at once if it has."""

    def stop(self, number: int, grace: float) -> End:
        """Send a signal, SIGKILL after `grace` seconds; nothing of it is left when it returns."""

    def kill(self) -> End:
        """SIGKILL; nothing of it is left when it returns, and its log is whole."""


class Keeper(Protocol):
    """Starts processes and removes folders when the run has ended, however it ends."""

    def spawn(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        directory: Path,
        log: Path,
        name: str,
    ) -> Kept:
        """Start a command; what it writes goes into the log."""

    def new_folder(self, prefix: str, parent: Path | None = None) -> Path:
        """A new folder that is removed when the run has ended; OSError where it cannot be made."""


@dataclass(frozen=True, slots=True)
class Done:
    """A command that has come to its end, and what it said."""

    end: End
    said: str


class CalledOff(BrokerUnavailable):
    """What was being started was stopped before it was there."""


class Commands:
    """The commands by which `what` is started, in its folder; `call_off` ends what runs, and refuses more."""

    def __init__(
        self, what: str, keeper: Keeper, folder: Path, environment: Mapping[str, str]
    ) -> None:
        self._what = what
        self.keeper = keeper
        self.folder = folder
        self.environment = environment
        self._lock = threading.Lock()
        self._off = False
        self._running: Kept | None = None
        self._started = 0

    def start(self, name: str, command: Sequence[str]) -> tuple[Kept, Path]:
        """Start one, with the file that it writes to; CalledOff after `call_off`."""
        with self._lock:
            if self._off:
                raise CalledOff(f"{self._what} was stopped while it was being started.")
            self._started += 1
            log = self.folder / f"{self._started}.log"
            self._running = self.keeper.spawn(
                command,
                environment=self.environment,
                directory=self.folder,
                log=log,
                name=name,
            )
            return self._running, log

    def run(self, name: str, command: Sequence[str], patience: float) -> Done:
        """Carry one out; BrokerUnavailable when it has not ended after `patience` seconds."""
        process, log = self.start(name, command)
        ended = threading.Event()
        process.on_exit(lambda _: ended.set())
        in_time = ended.wait(patience)
        done = Done(process.kill(), text(log))
        if not in_time:
            raise BrokerUnavailable(f"{name} was not done after {duration(patience)}.")
        self.check()
        return done

    def check(self) -> None:
        """CalledOff after `call_off`: what has just ended may have been ended by it."""
        with self._lock:
            if self._off:
                raise CalledOff(f"{self._what} was stopped while it was being started.")

    def call_off(self) -> None:
        """End what runs; nothing is started any more."""
        with self._lock:
            self._off = True
            if self._running is not None:
                self._running.kill()


def text(log: Path) -> str:
    """What a command has written so far."""
    return log.read_text("utf-8", "replace") if log.exists() else ""
