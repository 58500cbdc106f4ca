"""One process that the keeper has started, as the run holds it."""

from __future__ import annotations

import logging
import signal
import socket
import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from evtbdd.clock import Deadline
from evtbdd.errors import ServiceError
from evtbdd.keeper.exit import Exit
from evtbdd.keeper.log import ServiceLog
from evtbdd.keeper.reader import Connection
from evtbdd.words import duration, quoted

if TYPE_CHECKING:
    from evtbdd.keeper.supervision.wire import Frame

PATIENCE = 10.0
"""Seconds in which a supervisor must have done what needs no more than the kernel's help."""


class Process:
    """A command in a session of its own, with everything that it starts.

    Its *group* is what the signals of a terminal would reach, and the groups of orphans that it
    has left behind. Its *tree* is everything that comes from it, by double fork or `setsid` too.
    Every wait has a deadline; when it passes, ServiceError says so. It does too when the process's
    supervisor was killed by somebody: then the command was killed with it. Any thread may call.
    """

    def __init__(self, name: str, log: ServiceLog, ours: socket.socket) -> None:
        self.name = name
        self.log = log
        log.begin()
        self.connection = Connection(ours, self._hear, self._lose)
        self._changed = threading.Condition()
        self._pid: int | None = None
        self._refusal: tuple[str, int] | None = None
        self._exit: Exit | None = None
        self._gone = False
        self._log_open = True
        self._lost = False
        self._asked = 0
        self._answered: set[int] = set()
        self._callbacks: list[Callable[[Exit], None]] = []
        self._reader_thread: threading.Thread | None = None

    # What is known

    @property
    def pid(self) -> int:
        """The process id of the command."""
        if self._pid is None:
            raise ServiceError(f"{quoted(self.name)} has not been started.")
        return self._pid

    @property
    def exit(self) -> Exit | None:
        """How the command ended; None while it runs. What it started may outlive it."""
        return self._exit

    @property
    def gone(self) -> bool:
        """Whether nothing is left of the tree."""
        return self._gone

    def wait(self, deadline: Deadline) -> Exit | None:
        """The end of the command, or None when the deadline comes first."""
        self._until(lambda: self._exit is not None, deadline)
        return self._exit

    def on_exit(self, callback: Callable[[Exit], None]) -> None:
        """Have `callback` called once, with the end of the command.

        It is called from the thread that hears from all processes, so it must not wait for
        anything; from this one, and at once, when the command has ended already.
        """
        with self._changed:
            if self._exit is None:
                self._callbacks.append(callback)
                return
        callback(self._exit)

    # What can be done

    def stop(self, number: int = signal.SIGTERM, grace: float = 5.0) -> Exit:
        """Send the signal to the group, and after `grace` seconds SIGKILL to what is left.

        A process that is paused goes on, with the signal waiting for it. Returns when nothing of
        the tree is left.
        """
        self._send({"do": "stop", "signal": int(number), "grace": grace})
        return self._buried(grace)

    def kill(self) -> Exit:
        """SIGKILL to the whole tree; returns when nothing of it is left."""
        self._send({"do": "kill"})
        return self._buried(0)

    def pause(self) -> None:
        """SIGSTOP to the group; returns when all threads of the command stand still.

        At the latest after 100 ms, for a command may stand still in a way that cannot be seen
        (vfork(2) with a child that was stopped); every signal has been sent by then.
        """
        self._ask({"do": "pause"}, "paused")

    def resume(self) -> None:
        """SIGCONT to the group."""
        self.signal(signal.SIGCONT)

    def signal(self, number: int) -> None:
        """Any signal, to the group; returns when it has been sent."""
        self._ask({"do": "signal", "signal": int(number)}, "signalled")

    def mark(self) -> int:
        """The offset in the log behind everything that the process has written before this call.

        `log.offset` may be a moment behind that.
        """
        if not (self._gone or self._lost):
            try:
                self._ask({"do": "mark"}, None)
            except ServiceError:
                if not self._lost:
                    raise
        return self.log.offset

    # How the keeper starts it

    def start(self, order: Mapping[str, Any], reader: threading.Thread) -> tuple[str, int] | None:
        """Have it started; what failed and the number of the error if it was refused."""
        self._reader_thread = reader
        self._send({**order, "do": "start"})
        deadline = Deadline.after(PATIENCE)
        if not self._until(lambda: self._pid is not None or self._refusal is not None, deadline):
            raise self._impatient("did not start", deadline)
        return self._refusal

    # What is heard, on the reader's thread

    def _hear(self, frame: Frame, payload: bytes) -> None:
        if "log" in frame:
            self.log.feed(payload, frame["log"])
            return
        if "gone" in frame:
            # Once only, and before anyone is told: the next process may begin at once.
            self._end_log()
        with self._changed:
            self._note(frame)
        self._tell()

    def _tell(self) -> None:
        """Have everyone look who waits; those who wait for the end are told once."""
        with self._changed:
            self._changed.notify_all()
            callbacks = self._callbacks if self._exit is not None else []
            self._callbacks = [] if callbacks else self._callbacks
        for callback in callbacks:
            self._call(callback)

    def _note(self, frame: Frame) -> None:
        if "started" in frame:
            self._pid = frame["started"]
        elif "refused" in frame:
            self._refusal = frame["refused"], frame["errno"]
        elif "exit" in frame:
            self._exit = Exit.of(frame["exit"], frame["moment"])
        elif "gone" in frame:
            self._gone = True
        elif "answer" in frame:
            self._answered.add(frame["answer"])

    def _call(self, callback: Callable[[Exit], None]) -> None:
        if self._exit is not None:
            try:
                callback(self._exit)
            except Exception:
                # The thread serves all processes: it has to go on.
                logging.getLogger(__name__).exception("At the end of %s", quoted(self.name))

    def _end_log(self) -> None:
        if self._log_open:
            self._log_open = False
            self.log.end()

    def _lose(self) -> None:
        with self._changed:
            self._lost = not self._gone
            if self._lost and self._exit is None and self._pid is not None:
                # Before the log ends: whoever waited for a line asks next why none will come.
                self._exit = Exit(None, signal.SIGKILL, time.monotonic(), lost=True)
        self._end_log()
        self._tell()

    # Asking and waiting

    def _send(self, order: Mapping[str, Any]) -> None:
        # When nobody hears it, the wait that follows finds out why.
        self.connection.send(order)

    def _ask(self, order: Mapping[str, Any], done: str | None) -> None:
        with self._changed:
            self._asked += 1
            number = self._asked
        self._send({**order, "ask": number})
        deadline = Deadline.after(PATIENCE)
        if not self._until(lambda: self._gone or number in self._answered, deadline):
            raise self._impatient(f"could not be {done or 'listened to'}", deadline)
        with self._changed:
            if number in self._answered:
                self._answered.remove(number)
            elif done:
                raise ServiceError(f"{quoted(self.name)} cannot be {done}: it {self._exit}.")

    def _buried(self, grace: float) -> Exit:
        deadline = Deadline.after(grace + PATIENCE)
        if not self._until(lambda: self._gone, deadline) or self._exit is None:
            raise self._impatient("was killed, but is still there", deadline)
        return self._exit

    def _until(self, come_true: Callable[[], bool], deadline: Deadline) -> bool:
        if threading.current_thread() is self._reader_thread:
            raise ServiceError(f"Nothing can be waited for in on_exit of {quoted(self.name)}.")
        with self._changed:
            self._changed.wait_for(lambda: come_true() or self._lost, deadline.remaining())
            if come_true():
                return True
            if self._lost:
                raise ServiceError(
                    f"The supervisor of {quoted(self.name)} died; what it had started was killed."
                )
            return False

    def _impatient(self, what: str, deadline: Deadline) -> ServiceError:
        return ServiceError(
            f"{quoted(self.name)} (pid {self._pid}) {what} (waited {duration(deadline.seconds)})."
        )
