"""The databases that one scenario speaks of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from evtbdd.databases.declaration import Declaration
from evtbdd.errors import PhraseError, SettingsError, UnknownName
from evtbdd.facilities import Stage
from evtbdd.words import listed, quoted, suggestion

if TYPE_CHECKING:
    from collections.abc import Callable

    from evtbdd.databases.connection import Database

FACTS = ("host", "port", "name", "user", "password")


class Opening(Protocol):
    """What the run has of databases, as far as a scenario must know it."""

    @property
    def declared(self) -> Mapping[str, Declaration]:
        """What the settings declare."""

    def lives(self, name: str) -> str:
        """How long a database lives."""

    def open(self, name: str, scope: str, said: Callable[[str], str]) -> tuple[Database, bool]:
        """A database in a scope, and whether it was there before."""

    def let_go(self, scope: str) -> None:
        """Close the files of a scope."""


class ScenarioDatabases:
    """Opens databases for one scenario; each is clean when the scenario first speaks of it."""

    def __init__(self, databases: Opening, stage: Stage, scopes: Mapping[str, str]) -> None:
        self.stage = stage
        self._databases = databases
        self._scopes = scopes
        self._used: dict[str, Database] = {}

    def foretell(self, names: Collection[str | None]) -> None:
        """Have those of the databases clean that steps will name, before the first step.

        So what a service that runs already writes meanwhile is not taken for an earlier scenario's.
        A name that cannot be meant is left to its step.
        """
        declared = self._databases.declared
        for name in names:
            if name in declared:
                self.get(name)
            elif name is None and len(declared) == 1:
                self.get(None)

    def get(self, name: str | None) -> Database:
        """The database of that name, or the only one. UnknownName with a suggestion."""
        declared = self._declared(name)
        if declared.name not in self._used:
            scope = self._scopes[self._databases.lives(declared.name)]
            database, known = self._databases.open(declared.name, scope, self.stage.values.text)
            # One that was just made is clean; somebody else's was used by whoever used it last.
            if known or not declared.is_own:
                for file in declared.reset:
                    database.run(file)
            self._used[declared.name] = database
        return self._used[declared.name]

    def writable(self, name: str | None) -> Database:
        """As `get`; SettingsError for one that nothing may be written to."""
        declared = self._declared(name)
        if not declared.writable:
            whose = "" if declared.is_own else ", which evtbdd did not make"
            raise SettingsError(
                f"Nothing is written to the database {quoted(declared.name)}{whose}: set writable = "
                f"yes in [evtbdd:database:{declared.name}] where that may be."
            )
        return self.get(name)

    def _declared(self, name: str | None) -> Declaration:
        known = self._databases.declared
        if name is None and len(known) > 1:
            raise PhraseError(
                f"There are several databases: {listed(map(quoted, known))}. Say which: of the "
                f"database {quoted(next(iter(known)))}."
            )
        if not known:
            raise UnknownName(
                "No database is declared; that is done by a section [evtbdd:database:NAME] of the "
                "settings."
            )
        if name is None:
            return next(iter(known.values()))
        if name not in known:
            raise UnknownName(
                f"No database is called {quoted(name)}. {suggestion(name, known, 'databases')}"
            )
        return known[name]

    def begin_block(self) -> None:
        """Rows are looked at whole, whatever the window."""

    def fact(self, name: str) -> object:
        """What stands for `${database.NAME}` and `${database.NAME.host}`; KeyError for others."""
        if name in self._databases.declared:
            return self.get(name).facts[""]
        database, _, fact = name.rpartition(".")
        if database not in self._databases.declared or fact not in FACTS:
            raise KeyError(name)
        found = self.get(database).facts.get(fact)
        if found is None:
            raise UnknownName(
                f"${{database.{name}}}: the url of the database {quoted(database)} has no {fact}."
            )
        return found

    def known(self) -> Sequence[str]:
        """The names that `fact` knows."""
        names = list(self._databases.declared)
        return [*names, *(f"{name}.{fact}" for name in names for fact in FACTS)]

    def end(self) -> None:
        """Let go of what was the scenario's own."""
        self._used.clear()
        self._databases.let_go(self._scopes["scenario"])
