"""One service: started, ready, ended; the same through all its restarts."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

from evtbdd.clock import Deadline
from evtbdd.errors import ServiceError
from evtbdd.journal import Journal, ServiceEnded, ServiceReady, ServiceStarted
from evtbdd.keeper import Keeper, Process, ServiceLog
from evtbdd.keeper.process import Exit
from evtbdd.ports import ServiceHealth
from evtbdd.services.declaration import Declaration
from evtbdd.services.ready import ReadyCheck
from evtbdd.services.surroundings import Folders, Surroundings, by_broker
from evtbdd.words import quoted

LAST_LINES = 10


class Service:
    """A declared service in its scope. Steps call it from one thread."""

    def __init__(
        self,
        declaration: Declaration,
        scope_id: str,
        keeper: Callable[[], Keeper],
        folders: Folders,
    ) -> None:
        self.declaration = declaration
        self._scope_id = scope_id
        self.log = ServiceLog(folders.logs / f"{declaration.name}.log")
        self.journal: Journal | None = None
        self.port = free_port()
        self._keeper = keeper
        self._folders = folders
        self._process: Process | None = None
        self._members: frozenset[str] = frozenset()
        self._group: str | None = None
        self._asked = False
        self._expected = False
        self._positioned = False

    @property
    def running(self) -> bool:
        """Whether its process is there."""
        return self._process is not None and self._process.exit is None

    @property
    def exit(self) -> Exit | None:
        """How the process that was started last ended; None while it runs."""
        return None if self._process is None else self._process.exit

    def start(self, around: Surroundings, extra: Mapping[str, str]) -> None:
        """Start the process and wait until it is ready.

        Raises ServiceError with the end of its log where it does not get there, and then it is
        dead again.
        """
        if self.running:
            raise ServiceError(f"The service {quoted(self.declaration.name)} runs already.")
        group = self.declaration.group
        self._group = None if group is None else self._said(around, group)
        check = self._prepare(around)
        since = self.log.offset
        self._asked = self._expected = False
        self._process = process = self._spawn(around, extra)
        self._note(ServiceStarted(self.declaration.name, process.pid))
        process.on_exit(self._on_exit)
        deadline = Deadline.after(self.declaration.start_timeout)
        try:
            how = check.wait(process, self.log, since, deadline)
        except ServiceError:
            self._asked = True
            process.kill()
            self._expel(around)
            raise
        self._members = check.members
        if self.declaration.ready.kind == "exit":
            self._expected = True
        self._note(ServiceReady(self.declaration.name, how))

    def _prepare(self, around: Surroundings) -> ReadyCheck:
        """Position its group before the first start, and know who is in it already."""
        ready = self.declaration.ready
        target = self._said(around, ready.target)
        consumed = around.consumed(self.declaration.consumes) if self._group else ()
        brokers = by_broker(consumed)
        if self._group is not None and self.declaration.start == "recorded":
            for subscriptions, recorded in brokers:
                if not self._positioned:
                    subscriptions.begin_at(self._group, recorded, around.deadline())
            self._positioned = True
        return ReadyCheck(self.declaration, target, self._group, brokers, around.deadline)

    def _spawn(self, around: Surroundings, extra: Mapping[str, str]) -> Process:
        declared = self.declaration
        environment = {
            **os.environ,
            # `python` is the one that runs evtbdd, whether or not its folder is on the PATH, and
            # what it prints is seen at once.
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
            "PYTHONUNBUFFERED": "1",
            **{name: self._said(around, text) for name, text in declared.environment.items()},
            **extra,
        }
        directory = Path(self._said(around, declared.directory)) if declared.directory else Path()
        stdin: Literal["open", "closed"] = "closed" if declared.stdin == "closed" else "open"
        return self._keeper().spawn(
            [self._said(around, word) for word in declared.command],
            environment=environment,
            directory=self._folders.project / directory,
            log=self.log,
            stdin=stdin,
            name=declared.name,
        )

    def _said(self, around: Surroundings, text: str) -> str:
        """A text of the settings; `${port}` and `${scope.id}` in it are the service's own."""
        own = {"${port}": str(self.port), "${scope.id}": self._scope_id}
        for placeholder, value in own.items():
            text = text.replace(placeholder, value)
        return around.values.text(text)

    def stop(self, around: Surroundings) -> None:
        """Send its stop signal, and kill it when its grace is over."""
        process = self._lived()
        self._asked = True
        process.stop(self.declaration.stop_signal, self.declaration.grace)
        self._expel(around)

    def kill(self, around: Surroundings) -> None:
        """End it without a word, with all that it has started."""
        process = self._lived()
        self._asked = True
        process.kill()
        self._expel(around)

    def pause(self) -> None:
        """Let it stand still."""
        self._lived().pause()

    def resume(self) -> None:
        """Let it go on."""
        self._lived().resume()

    def finish(self, around: Surroundings) -> None:
        """End it at the end of its scope, whatever state it is in."""
        if self._process is not None and not self._process.gone:
            self._asked = True
            self._process.resume()
            self._process.stop(self.declaration.stop_signal, self.declaration.grace)
            self._expel(around)

    def exits(self, deadline: Deadline) -> Exit | None:
        """How it ends, or None when the deadline comes first; from then on that was expected."""
        process = self._lived(also_dead=True)
        ended = process.wait(deadline)
        self._expected = ended is not None
        return ended

    def mark(self) -> int:
        """The offset in the log behind all that it has written by now."""
        if self._process is None or self._process.gone:
            return self.log.offset
        return self._process.mark()

    def health(self, began: float) -> ServiceHealth:
        """What is known of it; `began` is the moment that times are told from."""
        ended = self.exit
        if ended is None or self._asked or self._expected:
            return ServiceHealth(self.declaration.name, self.running)
        return ServiceHealth(
            self.declaration.name,
            running=False,
            lost=f"{ended} at {ended.moment - began:+.2f} s",
            last_lines=tuple(self.log.last_lines(LAST_LINES)),
        )

    def _lived(self, *, also_dead: bool = False) -> Process:
        if self._process is None:
            raise ServiceError(
                f"The service {quoted(self.declaration.name)} was not started in this scenario."
            )
        if self._process.exit is not None and not also_dead:
            raise ServiceError(
                f"The service {quoted(self.declaration.name)} does not run any more: it "
                f"{self._process.exit}."
            )
        return self._process

    def _expel(self, around: Surroundings) -> None:
        """Tell the group that the member has left; otherwise it is waited for, 6 to 45 seconds."""
        if self._group is None or not (self.declaration.expel and self._members):
            return
        for subscriptions, _ in by_broker(around.consumed(self.declaration.consumes)):
            subscriptions.expel(self._group, sorted(self._members), around.deadline())
        self._members = frozenset()

    def _on_exit(self, ended: Exit) -> None:
        self._note(ServiceEnded(self.declaration.name, str(ended), self._asked))

    def _note(self, entry: ServiceStarted | ServiceReady | ServiceEnded) -> None:
        if self.journal is not None:
            self.journal.append(entry)


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
