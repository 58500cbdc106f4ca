"""One service: started, listened to, signalled and buried by a process of its own."""

from __future__ import annotations

import contextlib
import os
import selectors
import socket
import time

from . import command
from .command import Command, Refused, Started
from .kernel import be_called, become_subreaper
from .logfile import LogFile
from .signals import ENDING, Signals
from .tree import Tree
from .wire import Frames, Outbox

TYPE_CHECKING = False  # importing typing would make the start of the keeper slower
if TYPE_CHECKING:
    from .wire import Frame


_PIECE = 65_536
_DRAINED_AT_ONCE = 1_000_000
_STANDING_STILL_AFTER = 0.1
GIVEN_UP_AFTER = 10.0
"""Seconds after which a supervisor without a keeper leaves what the kernel does not let go of."""


class Supervisor:
    """Obeys the run on `connection`; when the run or the keeper is gone, kills all it has.

    The keeper holds the other end of `life` open and never writes to it.
    """

    def __init__(self, connection: socket.socket, life: int, signals: Signals) -> None:
        self._connection = connection
        self._life = life
        self._signals = signals
        self._frames = Frames()
        self._outbox = Outbox(connection)
        self._selector = selectors.DefaultSelector()
        self._tree: Tree | None = None
        self._started: Started | None = None
        self._log: LogFile | None = None
        self._output_open = False
        self._run_there = True
        self._killing = False
        self._over = False
        self._ending: int | None = None
        self._kill_at = self._leave_at = self._paused_at = float("inf")
        self._pauses: list[int] = []

    def work(self) -> None:
        """Returns when there is nothing left to do."""
        become_subreaper()
        for source, act in (
            (self._connection, self._hear),
            (self._signals, self._notice),
            (self._life, self._lose_keeper),
        ):
            self._selector.register(source, selectors.EVENT_READ, act)
        while not self._done():
            self._listen_for_room()
            for key, events in self._selector.select(self._patience()):
                if events & selectors.EVENT_READ:
                    key.data()
            if time.monotonic() >= self._kill_at:
                self._kill()
            self._answer_pauses()
            self._deliver()

    def _done(self) -> bool:
        if time.monotonic() >= self._leave_at:
            return True
        return self._over and (self._outbox.empty or not self._run_there)

    def _patience(self) -> float | None:
        moment = min(self._kill_at, self._leave_at, self._paused_at)
        return None if moment == float("inf") else max(0.0, moment - time.monotonic())

    def _listen_for_room(self) -> None:
        if self._run_there:
            events = selectors.EVENT_READ
            if not self._outbox.empty:
                events |= selectors.EVENT_WRITE
            self._selector.modify(self._connection, events, self._hear)

    def _deliver(self) -> None:
        if self._run_there:
            try:
                self._outbox.send()
            except OSError:
                self._lose_run()

    # What is heard

    def _hear(self) -> None:
        try:
            data = self._connection.recv(_PIECE)
        except OSError:
            data = b""
        if not data:
            self._lose_run()
            return
        for frame, _ in self._frames.feed(data):
            self._obey(frame)

    def _obey(self, frame: Frame) -> None:
        order = frame["do"]
        if order == "start":
            self._start(frame)
        elif self._tree is None or self._tree.empty:
            return  # the run is being told so
        elif order == "kill":
            self._kill()
        elif order == "stop":
            self._ending = frame["signal"]
            self._kill_at = time.monotonic() + frame["grace"]
            self._tree.ask_to_end(frame["signal"])
        elif order == "mark":
            self._drain()
            self._answer(frame["ask"])
        elif order == "pause":
            self._pauses.append(frame["ask"])
            self._paused_at = time.monotonic() + _STANDING_STILL_AFTER
            self._tree.pause()
        elif order == "signal":
            self._tree.signal(frame["signal"])
            self._answer(frame["ask"])

    def _answer(self, ask: int) -> None:
        self._outbox.put({"answer": ask})

    def _answer_pauses(self) -> None:
        """A pause is told when the kernel has said that all threads of the command stand still.

        It never says so of a command that is waiting for its own vfork(2) child to become another
        program when that child has been stopped: this one stands still without having stopped.
        """
        if self._tree is None or not self._pauses:
            return
        if self._tree.stopped or self._tree.exit or time.monotonic() >= self._paused_at:
            for ask in self._pauses:
                self._answer(ask)
            self._pauses.clear()
            self._paused_at = float("inf")

    def _start(self, frame: Frame) -> None:
        be_called(f"evtbdd:{frame['name']}")
        try:
            self._log = LogFile(frame["log"].encode("latin-1"))
            self._started = command.start(Command(frame))
        except (Refused, OSError) as error:
            refused = error if isinstance(error, Refused) else Refused("log", error.errno or 0)
            self._outbox.put({"refused": refused.stage, "errno": refused.number})
            self._over = True
            return
        self._tree = Tree(self._started.pid)
        self._selector.register(self._started.output, selectors.EVENT_READ, self._listen)
        self._output_open = True
        self._outbox.put({"started": self._started.pid})

    # What is seen

    def _listen(self) -> bool:
        """Read one piece of the output; whether there was any."""
        if self._started is None or self._log is None or not self._output_open:
            return False
        try:
            data = os.read(self._started.output, _PIECE)
        except BlockingIOError:
            return False
        if not data:
            self._selector.unregister(self._started.output)
            self._output_open = False
            return False
        self._log.write(data)
        self._outbox.put_log(data)
        return True

    def _drain(self) -> None:
        """All that has been written by now, unless it is being written faster than it is read."""
        for _ in range(_DRAINED_AT_ONCE // _PIECE):
            if not self._listen():
                return

    def _notice(self) -> None:
        if self._signals.taken() & ENDING:
            self._kill()
        tree = self._tree
        if tree is None or self._over:
            return
        running = tree.exit is None
        tree.reap()
        if running and tree.exit is not None:
            self._tell_exit(*tree.exit)
        if tree.empty:
            self._tell_gone()
        elif self._killing:
            tree.kill()
        elif self._ending is not None:
            tree.ask_to_end(self._ending)

    def _tell_exit(self, status: int, moment: float) -> None:
        self._drain()
        self._outbox.put({"exit": status, "moment": moment})

    def _tell_gone(self) -> None:
        self._drain()
        if self._log is not None:
            self._log.close()
        self._outbox.put({"gone": True})
        self._kill_at = float("inf")
        self._over = True

    # How it ends

    def _kill(self) -> None:
        self._kill_at = float("inf")
        self._killing = True
        if self._tree is None:
            self._over = True
        elif not self._tree.empty:
            self._tree.kill()

    def _lose_run(self) -> None:
        if self._run_there:
            self._run_there = False
            with contextlib.suppress(KeyError):
                self._selector.unregister(self._connection)
            self._kill()

    def _lose_keeper(self) -> None:
        self._selector.unregister(self._life)
        self._leave_at = time.monotonic() + GIVEN_UP_AFTER
        self._kill()
