"""The process that a run starts: it forks supervisors, and cleans up when the run is gone."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import socket
import time

from .folders import remove
from .kernel import LINUX, be_called, become_subreaper, children, ending_of
from .signals import ENDING, Signals, hold_signals, release_signals
from .supervisor import GIVEN_UP_AFTER, Supervisor
from .wire import Frames, encoded

TYPE_CHECKING = False  # importing typing would make the start of the keeper slower
if TYPE_CHECKING:
    from .wire import Frame


IMPATIENT_AFTER = 5.0
"""Seconds after which a supervisor that does not end, when the run is gone, is killed."""


class Keeper:
    """Hears from the run on `connection`, and notices its end there, or by `run`, its process id.

    The end of the connection alone would not do: a child that the run has forked holds it open.
    """

    def __init__(self, connection: socket.socket, run: int) -> None:
        self._connection = connection
        self._frames = Frames()
        self._descriptors: list[int] = []
        self._folders: list[str] = []
        self._supervisors: set[int] = set()
        self._signals = Signals()
        self._life, self._life_end = os.pipe()
        self._run_ending = ending_of(run)
        self._ended = False
        self._selector = selectors.DefaultSelector()
        self._selector.register(connection, selectors.EVENT_READ, self._hear)
        self._selector.register(self._signals, selectors.EVENT_READ, self._notice)
        if self._run_ending is not None:
            self._selector.register(self._run_ending, selectors.EVENT_READ, self._lose_run)

    def work(self) -> None:
        """Returns when the run is gone and nothing is left of it."""
        self._connection.sendall(encoded({"ready": True}))
        self._connection.setblocking(False)
        while not self._ended:
            self._act(None)
        self._selector.unregister(self._connection)
        if self._run_ending is not None:
            self._selector.unregister(self._run_ending)
        os.close(self._life_end)
        self._act_until_empty(IMPATIENT_AFTER)
        for pid in self._supervisors:
            # It stands still, so that nobody below it is killed unless it goes itself.
            os.kill(pid, signal.SIGKILL)
        self._act_until_empty(GIVEN_UP_AFTER - IMPATIENT_AFTER)
        for folder in self._folders:
            remove(folder)

    def _act_until_empty(self, patience: float) -> None:
        given_up = time.monotonic() + patience
        while self._anyone_left() and (remaining := given_up - time.monotonic()) > 0:
            self._act(remaining)

    def _act(self, patience: float | None) -> None:
        for key, _ in self._selector.select(patience):
            key.data()

    def _hear(self) -> None:
        """All that the run has said by now."""
        try:
            while data := self._receive():
                for frame, _ in self._frames.feed(data):
                    self._obey(frame)
        except BlockingIOError:
            return
        except ConnectionError:
            pass
        self._ended = True

    def _lose_run(self) -> None:
        self._hear()
        self._ended = True

    def _receive(self) -> bytes:
        """The next bytes; descriptors that come with them are put in their row (SCM_RIGHTS)."""
        data, descriptors, _, _ = socket.recv_fds(self._connection, 65_536, 16)
        for descriptor in descriptors:
            os.set_inheritable(descriptor, False)
        self._descriptors += descriptors
        return data

    def _obey(self, frame: Frame) -> None:
        if frame["do"] == "supervise":
            self._supervise(self._descriptors.pop(0))
        elif frame["do"] == "remove":
            self._folders.append(os.fsdecode(frame["folder"].encode("latin-1")))
        elif frame["do"] == "answer":
            with contextlib.suppress(BlockingIOError, ConnectionError):
                self._connection.sendall(encoded({"answer": frame["ask"]}))

    def _supervise(self, descriptor: int) -> None:
        hold_signals()
        pid = os.fork()
        if pid == 0:
            self._be_supervisor(descriptor)
        release_signals()
        os.close(descriptor)
        self._supervisors.add(pid)

    def _be_supervisor(self, descriptor: int) -> None:
        """In the child: let go of what is the keeper's, and supervise; never returns."""
        status = 1
        try:
            self._selector.close()
            self._signals.close()
            self._connection.close()
            os.close(self._life_end)
            if self._run_ending is not None:
                os.close(self._run_ending)
            for other in self._descriptors:
                os.close(other)
            signals = Signals()
            release_signals()
            Supervisor(socket.socket(fileno=descriptor), self._life, signals).work()
            status = 0
        except BaseException:  # noqa: BLE001  (nothing may go up into the keeper's own code)
            import traceback  # only now: it would make the start slower

            traceback.print_exc()
        finally:
            os._exit(status)

    def _notice(self) -> None:
        if self._signals.taken() & ENDING:
            self._ended = True
        with contextlib.suppress(ChildProcessError):
            while (pid := os.waitpid(-1, os.WNOHANG)[0]) > 0:
                self._supervisors.discard(pid)
        for pid in self._strays():
            with contextlib.suppress(PermissionError, ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _strays(self) -> set[int]:
        """What a supervisor has left that was killed itself: nothing else can get here."""
        return set(children()) - self._supervisors if LINUX else set()

    def _anyone_left(self) -> bool:
        return bool(self._supervisors or self._strays())


def main() -> None:
    """The connection to the run is standard input; it is moved away from there."""
    connection = socket.socket(fileno=os.dup(0))
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.chdir("/")  # keeps nobody's folder busy
    become_subreaper()
    be_called("evtbdd keeper")
    Keeper(connection, os.getppid()).work()
