"""One instance of a service: started, ready, ended; the same through all its restarts."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Literal

from evtbdd.clock import Deadline
from evtbdd.errors import EvtbddError, ServiceError
from evtbdd.isolation.names import holds
from evtbdd.journal import ServiceEnded, ServiceReady, ServiceStarted
from evtbdd.keeper import Exit, Process, ServiceLog
from evtbdd.services.declaration import Declaration
from evtbdd.services.joining import told_of
from evtbdd.services.membership import Membership
from evtbdd.services.ready import LAST_LINES, ReadyCheck
from evtbdd.services.surroundings import Place, Surroundings, said
from evtbdd.witness import ServiceHealth
from evtbdd.words import quoted

News = ServiceStarted | ServiceReady | ServiceEnded


class Instance:
    """One of the processes that a declared service is, in its scope.

    `name` is the service's, with a number from the second on (`shipping #2`); `note` takes what
    becomes of it. The first has the group positioned before anybody is in it. Any thread may end it;
    all else is called from one.
    """

    def __init__(
        self,
        declaration: Declaration,
        place: Place,
        name: str,
        log: ServiceLog,
        note: Callable[[News], None],
        *,
        first: bool = True,
    ) -> None:
        self.declaration = declaration
        self.place = place
        self.name = name
        self.log = log
        self._note = note
        self._first = first
        self._process: Process | None = None
        self._membership = Membership(None, (), place.deadline)
        self._ready = declaration.ready
        self._asked = False
        self._expected = False
        self._beginning: Callable[[], str] | None = None

    @property
    def group(self) -> str | None:
        """The group that it was started with."""
        return self._membership.group

    @property
    def started(self) -> bool:
        """Whether it was ever started."""
        return self._process is not None

    @property
    def running(self) -> bool:
        """Whether its process is there."""
        return self._process is not None and self._process.exit is None

    @property
    def is_beginning(self) -> bool:
        """Whether it was begun, and nobody has waited yet until it is ready."""
        return self._beginning is not None

    @property
    def ended_by_step(self) -> bool:
        """Whether it ended because a step wanted that."""
        return self._asked and not self.running

    @property
    def done(self) -> bool:
        """Whether it is one that is ready by its end, and has come to that."""
        return self._ready.kind == "exit" and self._expected

    @property
    def exit(self) -> Exit | None:
        """How the process that was started last ended; None while it runs."""
        return None if self._process is None else self._process.exit

    def start(self, around: Surroundings, extra: Mapping[str, str]) -> None:
        """Start the process with these further variables, and wait until it is ready.

        Raises ServiceError with the end of its log where it does not get there, and then it is
        dead again.
        """
        self.begin(around, extra)
        self.await_ready()

    def begin(self, around: Surroundings, extra: Mapping[str, str]) -> None:
        """Start the process, and leave it to `await_ready` to see that it gets ready."""
        if self.running:
            raise ServiceError(f"The service {quoted(self.name)} runs already.")
        self._membership = membership = self._join(around)
        target = self.said(around, self._ready.target)
        check = ReadyCheck(self.declaration, self._ready, target, membership)
        since = self.log.offset
        self._asked = self._expected = False
        self._process = process = self._spawn(around, extra)
        self._note(ServiceStarted(self.name, process.pid))
        process.on_exit(self._on_exit)
        deadline = Deadline.after(self.declaration.start_timeout)
        self._beginning = partial(check.wait, process, self.log, since, deadline)

    def await_ready(self) -> None:
        """Wait until it is ready, if it was begun and nobody has waited yet; raises as `start`."""
        beginning, self._beginning = self._beginning, None
        if beginning is None:
            return
        process = self.require_started()
        try:
            how = beginning()
        except EvtbddError:
            self._asked = True
            with ExitStack() as given_back:
                given_back.callback(self._membership.expel)
                if process.exit is None or not process.exit.lost:
                    given_back.callback(process.kill)
            raise
        self._expected = self._ready.kind == "exit"
        self._note(ServiceReady(self.name, how))

    def _join(self, around: Surroundings) -> Membership:
        """Its group, positioned where nobody has done that; who consumes is known from now on."""
        declared = self.declaration
        group = None if declared.group is None else self.said(around, declared.group)
        if group is None and declared.ready.kind != "subscribed":
            return Membership(None, (), self.place.deadline)
        consumed, self._ready = told_of(declared, around)
        if not consumed:
            return Membership(None, (), self.place.deadline)
        membership = Membership(group, consumed, self.place.deadline)
        if declared.start == "recorded" and self._first and not self.started:
            membership.position()
        membership.note_others()
        return membership

    def _spawn(self, around: Surroundings, extra: Mapping[str, str]) -> Process:
        declared = self.declaration
        environment = {
            **os.environ,
            # `python` is the one that runs evtbdd, whether or not its folder is on the PATH, and
            # what it prints is seen at once.
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
            "PYTHONUNBUFFERED": "1",
            **around.environment(declared.name),
            **{name: self.said(around, text) for name, text in declared.environment.items()},
            **extra,
        }
        directory = Path(self.said(around, declared.directory)) if declared.directory else Path()
        stdin: Literal["open", "closed"] = "closed" if declared.stdin == "closed" else "open"
        return self.place.keeper().spawn(
            [self.said(around, word) for word in declared.command],
            environment=environment,
            directory=self.place.project / directory,
            log=self.log,
            stdin=stdin,
            name=self.name,
        )

    def said(self, around: Surroundings, text: str) -> str:
        """A text of the settings; `${port}` and `${scope.id}` in it are the service's own."""
        own = {"${port}": str(self.place.port), "${scope.id}": self.place.scope_id}
        return said(around, text, own)

    def stop(self) -> None:
        """Send its stop signal, and kill it when its grace is over."""
        process = self.alive()
        self._asked = True
        process.stop(self.declaration.stop_signal, self.declaration.grace)
        self._expel()

    def kill(self) -> None:
        """End it without a word, with all that it has started."""
        process = self.alive()
        self._asked = True
        process.kill()
        self._expel()

    def _expel(self) -> None:
        if self.declaration.expel:
            self._membership.expel()

    def pause(self) -> None:
        """Let it stand still."""
        self.alive().pause()

    def resume(self) -> None:
        """Let it go on."""
        self.alive().resume()

    def finish(self) -> None:
        """End it at the end of its scope, whatever state it is in, and what it has left behind.

        Its group is deleted if its name is this scope's alone.
        """
        if self._process is None:
            return
        with ExitStack() as given_back:
            if holds(self._membership.group or "", self.place.scope_id):
                given_back.callback(self._membership.forget)
            given_back.callback(self._membership.expel)
            if not self._process.gone:
                self._asked = True
                self._process.stop(self.declaration.stop_signal, self.declaration.grace)

    def expect_exit(self) -> Exit | None:
        """How it has ended, None while it runs; where it has, that was expected from now on.

        ServiceError where it was killed with its supervisor: nobody can say how it would have ended.
        """
        if self.exit is not None and self.exit.lost:
            raise ServiceError(f"The service {quoted(self.name)} {self.exit}.")
        self._expected = self._expected or self.exit is not None
        return self.exit

    def mark(self) -> int:
        """The offset in the log behind all that it has written by now."""
        if self._process is None or self._process.gone:
            return self.log.offset
        return self._process.mark()

    def health(self, began: float) -> ServiceHealth:
        """What is known of it; `began` is the moment that times are told from."""
        ended = self.exit
        if ended is None or self._asked or self._expected:
            return ServiceHealth(self.name, self.running)
        self.mark()  # what it wrote last may still be on its way
        return ServiceHealth(
            self.name,
            running=False,
            lost=f"{ended} at {ended.moment - began:+.2f} s",
            last_lines=tuple(self.log.last_lines(LAST_LINES)),
        )

    def require_started(self) -> Process:
        """The process that was started last; ServiceError where none was."""
        if self._process is None:
            raise ServiceError(f"The service {quoted(self.name)} was not started in this scenario.")
        return self._process

    def alive(self) -> Process:
        """Its process, which runs; ServiceError where it does not."""
        process = self.require_started()
        if process.exit is not None:
            raise ServiceError(
                f"The service {quoted(self.name)} does not run any more: it {process.exit}."
            )
        return process

    def _on_exit(self, ended: Exit) -> None:
        self._note(ServiceEnded(self.name, str(ended), self._asked))
