"""The databases of a run: what is declared, what is open in which scope, and what is given back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, cast

from evtbdd.brokers.registry import Adapter, load
from evtbdd.clock import Deadline
from evtbdd.databases.declaration import Declaration, declared
from evtbdd.databases.scenario import ScenarioDatabases
from evtbdd.errors import DatabaseError, EvtbddError
from evtbdd.facilities import Run, Stage

if TYPE_CHECKING:
    from evtbdd.databases.connection import Database
    from evtbdd.databases.own import OwnServer

_ADAPTER, _EXTRA = "sqlalchemy", "databases"
_CONNECTION = Adapter("evtbdd.databases.connection:Database", _ADAPTER, _EXTRA)
_URLS = Adapter("evtbdd.databases.urls:parsed", _ADAPTER, _EXTRA)
_OWN = Adapter("evtbdd.databases.own:OwnServer", _ADAPTER, _EXTRA)


class Databases:
    """What the settings declare, and what is open of it; SettingsError where that cannot be meant."""

    def __init__(self, run: Run) -> None:
        self.declared: Mapping[str, Declaration] = declared(run.settings, run.project)
        self._run = run
        self._patience = run.patience.broker * run.patience.scale
        self._open: dict[tuple[str, str], Database] = {}
        self._servers: dict[str, OwnServer] = {}
        self._failures: dict[str, EvtbddError] = {}

    def begin(self, stage: Stage, scopes: Mapping[str, str]) -> ScenarioDatabases:
        """The databases as one scenario uses them.

        Those of scopes that are over are removed now: their services have ended by now.
        """
        for name, scope in list(self._open):
            if scope not in scopes.values():
                self._give_back(name, scope)
        return ScenarioDatabases(self, stage, scopes)

    def lives(self, name: str) -> str:
        """How long the database of that name lives: scenario, feature or run."""
        return self.declared[name].lives(self._run.services.declared.values())

    def open(self, name: str, scope: str, said: Callable[[str], str]) -> tuple[Database, bool]:
        """The database of that name in a scope, and whether it was there before.

        `said` replaces the placeholders of its URL. Raises what kept it from being reached, the same
        each time: one that is not there is waited for once a run.
        """
        if (name, scope) in self._open:
            return self._open[name, scope], True
        if name in self._failures:
            raise self._failures[name].with_traceback(None)
        try:
            self._open[name, scope] = self._opened(self.declared[name], scope, said)
        except DatabaseError as error:
            self._failures[name] = error
            raise
        return self._open[name, scope], False

    def _opened(self, declared: Declaration, scope: str, said: Callable[[str], str]) -> Database:
        if declared.is_local:
            return self._server(declared.url).make(declared.name, scope, declared.prepare)
        text = said(declared.url)
        self._run.secrets.add_url(text)
        with ExitStack() as given_back:
            database = reached(declared, text, self._run.project, self._patience)
            given_back.callback(database.close)
            for file in declared.prepare:
                database.run(file)
            given_back.pop_all()
        return database

    def _server(self, text: str) -> OwnServer:
        """The private server of a URL: one for all databases that are written alike."""
        if text not in self._servers:
            kind = cast("type[OwnServer]", load(_OWN))
            self._servers[text] = kind(text, self._run.keeper, self._patience)
        return self._servers[text]

    def _give_back(self, name: str, scope: str) -> None:
        database = self._open.pop((name, scope))
        if self.declared[name].is_local:
            self._server(self.declared[name].url).drop(database)
        else:
            database.close()

    def let_go(self, scope: str) -> None:
        """Close the files of a scope that is about to end: its folder is removed with it."""
        for name, of_scope in list(self._open):
            if of_scope == scope and not self.declared[name].is_local:
                self._give_back(name, scope)

    def close(self) -> None:
        """Give back everything."""
        with ExitStack() as given_back:
            for server in self._servers.values():
                given_back.callback(server.close)
            for database in self._open.values():
                given_back.callback(database.close)
            self._open.clear()
            self._servers.clear()


def reached(declared: Declaration, text: str, project: Path, patience: float) -> Database:
    """The database at a URL without placeholders; SettingsError, or DatabaseUnavailable."""
    parsed = load(_URLS)
    url = parsed(declared.name, text, project)  # type: ignore[operator]
    kind = cast("type[Database]", load(_CONNECTION))
    database = kind(declared.name, url, is_own=declared.is_own, patience=patience)
    with ExitStack() as given_back:
        given_back.callback(database.close)
        database.reach(Deadline.after(patience))
        given_back.pop_all()
    return database
