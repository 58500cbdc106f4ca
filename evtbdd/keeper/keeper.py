"""The run's hold on the keeper."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Literal

from evtbdd.clock import Deadline
from evtbdd.errors import ServiceError
from evtbdd.keeper.exit import Exit
from evtbdd.keeper.log import ServiceLog
from evtbdd.keeper.process import PATIENCE, Process
from evtbdd.keeper.program import found_program, not_started, why_refused
from evtbdd.keeper.reader import Connection, Reader
from evtbdd.keeper.supervision.folders import remove

if TYPE_CHECKING:
    from evtbdd.keeper.supervision.wire import Frame

_SCRIPT = Path(__file__).absolute().parent / "supervision" / "__main__.py"
_CLOSE_PATIENCE = 15.0


class Keeper:
    """Starts processes that end with this run at the latest, however it ends.

    Made by `Keeper.start()`. Any thread may call. When the keeper itself is killed, all that it
    started is killed too; `died` then says so, and so does the ServiceError of the next `spawn`.
    """

    def __init__(self, child: subprocess.Popen[bytes], ours: socket.socket, said: IO[bytes]):
        self.pid = child.pid
        self._child = child
        self._said = said
        self._connection = Connection(ours, self._hear, self._lose)
        self._reader = Reader(self._connection)
        self._changed = threading.Condition()
        self._ready = False
        self._closing = False
        self._died: str | None = None
        self._asked = self._answered = 0
        self._folders: list[Path] = []

    @classmethod
    def start(cls) -> Keeper:
        """Takes some 25 ms; ServiceError when it cannot be."""
        if sys.platform == "win32":
            raise ServiceError(
                "Services cannot be started on Windows: evtbdd could not end all that they start. "
                "Run evtbdd in WSL or in a container, or declare services that run elsewhere."
            )
        ours, theirs = socket.socketpair()
        ours.settimeout(PATIENCE)
        said = tempfile.TemporaryFile()  # noqa: SIM115  (closed with the keeper)
        try:
            child = subprocess.Popen(
                [sys.executable, "-S", "-I", os.fspath(_SCRIPT)],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=said,
                start_new_session=True,
            )
        except OSError as error:
            ours.close()
            said.close()
            raise ServiceError(f"The keeper of the services cannot be started: {error}.") from error
        finally:
            theirs.close()
        keeper = cls(child, ours, said)
        keeper._reader.start()
        keeper._wait_until_ready()
        return keeper

    @property
    def died(self) -> str | None:
        """A sentence that says how the keeper came to its end before it was closed, or None."""
        return self._died

    def spawn(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        directory: Path,
        log: Path | ServiceLog,
        stdin: Literal["open", "closed"] = "open",
        name: str,
    ) -> Process:
        """Start the command; returns when its program has taken over.

        `environment` is the whole of its environment. Standard output and error are appended to
        the file of `log`, within 10 MB; a ServiceLog that is handed over goes on with this process.
        Standard input is a pipe that stays open and empty, or closed: at its end from the start.
        ServiceError, in a sentence with the name, when it does not start.
        """
        directory = directory.absolute()
        program = found_program(name, command, environment, directory)
        service_log = log if isinstance(log, ServiceLog) else ServiceLog(log.absolute())
        if service_log.path is None:
            raise not_started(name, "its log has no file")
        process = self._supervised(name, service_log)
        order = {
            "name": name,
            "program": _wired(program),
            "words": [_wired(word) for word in command],
            "environment": {_wired(key): _wired(value) for key, value in environment.items()},
            "directory": _wired(directory),
            "log": _wired(service_log.path.absolute()),
            "stdin": stdin,
        }
        try:
            refused = process.start(order, self._reader.thread)
        except ServiceError:
            self._require_alive()
            raise
        if refused:
            raise why_refused(name, *refused, program, directory, service_log.path)
        return process

    def new_folder(self, prefix: str, parent: Path | None = None) -> Path:
        """A new folder, for this user alone, that is removed when the run has ended.

        It stands in `parent`, or where temporary files do. OSError where it cannot be made.
        """
        name = f"{prefix}{secrets.token_hex(8)}"
        folder = (parent or Path(tempfile.gettempdir())).absolute() / name
        # Announced first: so there is no moment in which a run that is killed would leave it.
        self.remove_at_end(folder)
        folder.mkdir(mode=0o700)
        return folder

    def remove_at_end(self, folder: Path) -> None:
        """Have the folder removed, with all that is in it, when the run has ended."""
        self._folders.append(folder.absolute())
        self._tell({"do": "remove", "folder": _wired(folder.absolute())})

    def close(self) -> None:
        """Kill everything that is left, remove the folders; returns when that is done.

        ServiceError when the kernel did not let go of something. Closing again does nothing.
        """
        with self._changed:
            if self._closing:
                return
            self._closing = True
        with contextlib.suppress(OSError):
            self._connection.sock.shutdown(socket.SHUT_WR)
        self._reader.thread.join(_CLOSE_PATIENCE)
        left = self._reader.thread.is_alive()
        if left:
            self._reader.stop()
            self._reader.thread.join(PATIENCE)
            self._child.kill()
        status = self._child.wait(PATIENCE)
        self._said.close()
        if status != 0 or self._died:
            for folder in self._folders:
                remove(os.fspath(folder))
        if left:
            raise ServiceError("Some of the services could not be killed; they may still be there.")

    def __enter__(self) -> Keeper:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _supervised(self, name: str, log: ServiceLog) -> Process:
        """A process that has a supervisor but is not started yet."""
        ours, theirs = socket.socketpair()
        ours.settimeout(PATIENCE)
        process = Process(name, log, ours)
        with theirs:
            try:
                self._tell({"do": "supervise"}, theirs.fileno())
            except ServiceError:
                ours.close()
                raise
        self._reader.add(process.connection)
        return process

    def _tell(self, order: Frame, *descriptors: int) -> None:
        if self._closing:
            raise ServiceError("The keeper of the services is closed.")
        if self._died is None and self._connection.send(order, *descriptors):
            return
        deadline = Deadline.after(PATIENCE)
        with self._changed:
            self._changed.wait_for(lambda: self._died is not None, deadline.remaining())
        raise ServiceError(self._died or "The keeper of the services does not listen.")

    def _require_alive(self) -> None:
        """Raise ServiceError where the keeper is dead: its supervisors may be heard to end first."""
        with self._changed:
            self._asked += 1
            number = self._asked
        self._tell({"do": "answer", "ask": number})
        with self._changed:
            self._changed.wait_for(
                lambda: self._answered >= number or self._died is not None, PATIENCE
            )
        if self._died is not None:
            raise ServiceError(self._died)

    def _wait_until_ready(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._ready or self._died is not None, PATIENCE)
        if not self._ready:
            self.close()
            raise ServiceError(self._died or "The keeper of the services did not start in time.")

    def _hear(self, frame: Frame, _: bytes) -> None:
        with self._changed:
            self._ready = self._ready or "ready" in frame
            self._answered = frame.get("answer", self._answered)
            self._changed.notify_all()

    def _lose(self) -> None:
        """The keeper is gone: as it should be when it was closed, else it died."""
        if self._closing:
            return
        how = Exit.of(self._child.wait(PATIENCE), 0)
        self._said.seek(0)
        said = self._said.read().decode("utf-8", "replace").strip().rpartition("\n")[2]
        with self._changed:
            self._died = (
                f"The keeper of the services (pid {self.pid}) died: it {how}"
                f"{said and f' ({said})'}; all that it had started was killed."
            )
            self._changed.notify_all()


def _wired(text: str | Path) -> str:
    """Each byte as one character: the keeper need not know in which encoding names are here."""
    return os.fsencode(text).decode("latin-1")
