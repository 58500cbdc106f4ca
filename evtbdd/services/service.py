"""A declared service in its scope: one process, or several instances of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event

from evtbdd.clock import Deadline
from evtbdd.journal import Journal
from evtbdd.keeper import Exit, Process, ServiceLog
from evtbdd.services.declaration import Declaration
from evtbdd.services.instance import Instance, News
from evtbdd.services.logs import Logs, Marks
from evtbdd.services.surroundings import Place, Surroundings
from evtbdd.witness import ServiceHealth


class Service:
    """All instances of a service, the oldest first; there is always a first, started or not.

    `next_port` gives each further instance a port of its own.
    """

    def __init__(
        self, declaration: Declaration, place: Place, next_port: Callable[[], int]
    ) -> None:
        self.declaration = declaration
        self.logs = Logs()
        self.journal: Journal | None = None
        self._place = place
        self._next_port = next_port
        self.instances = [self._instance(1, place)]

    def _instance(self, number: int, place: Place) -> Instance:
        name = self.declaration.name
        ending = "" if number == 1 else f"-{number}"
        file = place.logs() / f"{name.replace('/', '_')}{ending}.log"
        log = ServiceLog(file, changed=self.logs.changed)
        called = name if number == 1 else f"{name} #{number}"
        self.logs.add(called, log)
        return Instance(self.declaration, place, called, log, self._note, first=number == 1)

    def _note(self, entry: News) -> None:
        if self.journal is not None:
            self.journal.append(entry)

    @property
    def first(self) -> Instance:
        """The one that is there always."""
        return self.instances[0]

    @property
    def log(self) -> ServiceLog:
        """That of the first."""
        return self.first.log

    @property
    def port(self) -> int:
        """That of the first."""
        return self.first.place.port

    @property
    def exit(self) -> Exit | None:
        """How the first that ended did so; None while all run."""
        ends = [each.exit for each in self.instances if each.exit is not None]
        return min(ends, key=lambda each: each.moment, default=None)

    @property
    def end(self) -> str | None:
        """How the first that ended did so, as a clause; None while all run."""
        return None if self.exit is None else str(self.exit)

    @property
    def group(self) -> str | None:
        """The group that it was started with."""
        return self.first.group

    @property
    def started(self) -> bool:
        """Whether it was ever started."""
        return any(each.started for each in self.instances)

    @property
    def living(self) -> Sequence[Instance]:
        """Those whose process is there, the oldest first."""
        return [each for each in self.instances if each.running]

    @property
    def running(self) -> bool:
        """Whether one of them runs."""
        return bool(self.living)

    @property
    def done(self) -> bool:
        """Whether it is one that is ready by its end, and has come to that."""
        return self.first.done

    @property
    def is_beginning(self) -> bool:
        """Whether the first was begun, and nobody has waited yet until it is ready."""
        return self.first.is_beginning

    def start(self, around: Surroundings, extra: Mapping[str, str]) -> None:
        """Start the first; ServiceError where it does not get ready."""
        self.first.start(around, extra)

    def begin(self, around: Surroundings, extra: Mapping[str, str]) -> None:
        """Start the process of the first, and leave it to `await_ready` to see that it gets ready."""
        self.first.begin(around, extra)

    def await_ready(self) -> None:
        """Wait until the first is ready, if it was begun; ServiceError as `start`."""
        self.first.await_ready()

    def start_another(self, around: Surroundings) -> None:
        """Start one more instance, with a log and a port of its own; ServiceError as `start`.

        Where none runs, the first is started: then there is one.
        """
        resting = next((each for each in self.instances if not each.running), None)
        if resting is None:
            place = replace(self._place, port=self._next_port())
            resting = self._instance(len(self.instances) + 1, place)
            self.instances.append(resting)
        resting.start(around, {})

    def stop(self) -> None:
        """Send every instance its stop signal, and kill it when its grace is over."""
        self._each(Instance.stop)

    def restart(self, around: Surroundings, meanwhile: Callable[[], None]) -> None:
        """Stop all that live, and start as many; the first, where none lives."""
        again = self.living
        if again:
            self.stop()
        meanwhile()
        for each in again or [self.first]:
            each.start(around, {})

    def kill(self) -> None:
        """End all instances without a word, with all that they have started."""
        self._each(Instance.kill)

    def pause(self) -> None:
        """Let all of them stand still."""
        self._each(Instance.pause)

    def resume(self) -> None:
        """Let all of them go on."""
        self._each(Instance.resume)

    def _each(self, act: Callable[[Instance], None]) -> None:
        """Have all that live do it at the same time; ServiceError where none does."""
        living = self.living or [self.oldest()]
        with ThreadPoolExecutor(len(living)) as pool:
            for done in [pool.submit(act, each) for each in living]:
                done.result()

    def oldest(self) -> Instance:
        """The oldest that lives; ServiceError where none does."""
        self.require_started()
        if not self.living:
            self.first.alive()
        return self.living[0]

    def finish(self) -> None:
        """End all at the end of the scope, whatever state they are in, and what they left behind."""
        with ThreadPoolExecutor(len(self.instances)) as pool:
            for done in [pool.submit(each.finish) for each in self.instances]:
                done.result()

    def exits(self, deadline: Deadline) -> Exit | None:
        """How the first that ends does so, or None when the deadline comes; it was expected then.

        Those that a step has ended do not count, unless that is all of them.
        """
        self.require_started()
        started = [each for each in self.instances if each.started]
        meant = [each for each in started if not each.ended_by_step] or started
        ended = Event()
        for each in meant:
            each.require_started().on_exit(lambda _: ended.set())
        ended.wait(deadline.remaining())
        ends = [end for each in meant if (end := each.expect_exit()) is not None]
        return min(ends, key=lambda end: end.moment, default=None)

    def marks(self, *, exact: bool) -> Marks:
        """Where the logs end now: exactly, or but for what may be on its way."""
        return {
            each.name: each.mark() if exact else each.log.offset
            for each in self.instances
            if each.started
        }

    def mark(self) -> None:
        """Have all that was written by now stand in the logs."""
        self.marks(exact=True)

    def health(self, began: float) -> Sequence[ServiceHealth]:
        """What is known of each instance; `began` is the moment that times are told from."""
        return [each.health(began) for each in self.instances if each.started]

    def require_started(self) -> Process:
        """The process of the first; ServiceError where it was never started."""
        return self.first.require_started()

    def process(self, but: str) -> Service:
        """Itself: these are processes."""
        del but
        return self

    def said(self, around: Surroundings, text: str) -> str:
        """A text of the settings, as the first reads it."""
        return self.first.said(around, text)
