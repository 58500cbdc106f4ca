"""A private PostgreSQL, from start to stop."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from evtbdd.clock import Deadline, looks
from evtbdd.errors import DatabaseUnavailable
from evtbdd.loopback import HOST
from evtbdd.provisioning.keeping import Keeper, Kept, text
from evtbdd.provisioning.local_postgresql.configuration import (
    PASSWORD,
    USER,
    check_options,
    environment,
    free_port,
    write_configuration,
)
from evtbdd.provisioning.local_postgresql.find import find_postgresql
from evtbdd.provisioning.local_postgresql.reasons import is_port_taken, reasons
from evtbdd.provisioning.local_postgresql.round_trip import answers
from evtbdd.provisioning.local_postgresql.template import fill
from evtbdd.provisioning.local_postgresql.unprivileged import RunsAs
from evtbdd.words import duration

PATIENCE = 60.0
"""Seconds in which it must be usable; one is usual."""

TRIES = 5
_NONE: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class _Running:
    """A server that can be used, in a folder that is removed with it."""

    process: Kept
    port: int
    folder: Path


class LocalPostgreSQL:
    """A real PostgreSQL on loopback, for one run.

    It is the one that POSTGRESQL_HOME or the PATH names, or that Debian's packages have installed;
    none that runs already has anything to do with it. The keeper ends it with the run at the latest,
    and removes its folder. The superuser's runs as the user `postgres`, or else `nobody`.

    `options` are lines of postgresql.conf; SettingsError for one that only evtbdd can set.
    """

    def __init__(
        self,
        keeper: Callable[[], Keeper],
        *,
        options: Mapping[str, str] = _NONE,
        port: Callable[[], int] = free_port,
    ) -> None:
        check_options(options)
        self._keeper = keeper
        self._options = dict(options)
        self._port = port
        self._running: _Running | None = None

    @property
    def address(self) -> str:
        """What stands behind `postgresql://` and before the name of a database, once started."""
        return f"{USER}:{PASSWORD}@{HOST}:{self._started().port}"

    @property
    def pid(self) -> int:
        """The process of the server, once started."""
        return self._started().process.pid

    def start(self) -> None:
        """Return when a client could log in: after half a second; the first time ever, two.

        DatabaseUnavailable with the reason, where there is no PostgreSQL or it does not start;
        ServiceError where the keeper cannot start anything.
        """
        if self._running is not None:
            return
        installed = find_postgresql(os.environ)
        runs_as = RunsAs.of_this_machine()
        keeper = self._keeper()
        variables = environment(os.environ)
        folder = _new_folder(keeper)
        try:
            runs_as.own(folder)
            data = folder / "data"
            fill(data, installed, runs_as, keeper, variables)
            for turn in range(TRIES):
                port = self._port()
                write_configuration(data, port, self._options)
                runs_as.own(data / "postgresql.conf")
                log = folder / f"{turn}.log"
                process = keeper.spawn(
                    runs_as.command(installed.server, "-D", str(data), data=data),
                    environment=variables,
                    directory=folder,
                    log=log,
                    name="PostgreSQL",
                )
                if _becomes_usable(process, log, port, data):
                    self._running = _Running(process, port, folder)
                    return
                end, said = process.kill(), text(log)
                if not is_port_taken(said):
                    break
            raise DatabaseUnavailable(
                f"PostgreSQL did not start: it {end}, and said: {reasons(said)}."
            )
        except OSError as error:
            raise DatabaseUnavailable(f"PostgreSQL cannot be started: {error}.") from error
        finally:
            if self._running is None:
                shutil.rmtree(folder, ignore_errors=True)

    def stop(self) -> None:
        """Return when nothing of it is left: no process, no port, no folder, no memory.

        Once stopped it can be started again, empty.
        """
        running, self._running = self._running, None
        if running is not None:
            running.process.kill()
            shutil.rmtree(running.folder, ignore_errors=True)

    def _started(self) -> _Running:
        if self._running is None:
            raise DatabaseUnavailable("PostgreSQL has not been started.")
        return self._running


def _new_folder(keeper: Keeper) -> Path:
    try:
        return keeper.new_folder("evtbdd-postgresql-")
    except OSError as error:
        raise DatabaseUnavailable(f"There is no room for PostgreSQL's data: {error}.") from error


def _becomes_usable(process: Kept, log: Path, port: int, data: Path) -> bool:
    """Wait until it is, or never will be; DatabaseUnavailable when neither is clear in time."""
    ended = threading.Event()
    process.on_exit(lambda _: ended.set())
    for _ in looks(Deadline.after(PATIENCE)):
        if ended.is_set():
            return False
        if answers(port, data):
            return True
    process.kill()
    raise DatabaseUnavailable(
        f"PostgreSQL could not be used at {HOST}:{port} (waited {duration(PATIENCE)}); "
        f"it said: {reasons(text(log))}."
    )
