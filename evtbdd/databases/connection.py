"""A database that is open: looked at in transactions that may only read, written to in others."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy.engine import URL, Connection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from evtbdd.clock import Deadline, looks
from evtbdd.databases.answering import answering
from evtbdd.databases.engines import engine_of
from evtbdd.databases.refusals import ConnectionLost, connected, may_come, refusing, sentence
from evtbdd.databases.rendering import rendered, stored
from evtbdd.databases.sql import statements
from evtbdd.databases.tables import MOST, Table, Tables
from evtbdd.databases.urls import facts, where
from evtbdd.errors import DatabaseError, DatabaseUnavailable, SettingsError
from evtbdd.words import quoted

SEVERAL_AT_ONCE = ("postgresql",)
"""Servers that take a file of statements as it stands."""

LONG = 120.0
"""Seconds that a file of statements may take."""

Row = Mapping[str, object]
Found = TypeVar("Found")


class Database:
    """Asked for rows and, where it may be, given some; one thread uses it.

    `is_own` says that evtbdd made it. Raises DatabaseError where it refuses something, and
    DatabaseUnavailable where it was lost.
    """

    def __init__(self, name: str, url: URL, *, is_own: bool, patience: float) -> None:
        self.name = name
        self.is_own = is_own
        self.where = where(url)
        self.facts = facts(url)
        self._reader = engine_of(name, url, patience, reads=True, is_own=is_own)
        self._writer = engine_of(name, url, patience, reads=False, is_own=is_own)
        self._tables = Tables(name)
        self._patience = patience
        sqlite = url.get_backend_name() == "sqlite"
        self._file = Path(str(url.database)) if sqlite else None

    def reach(self, deadline: Deadline) -> None:
        """Return when it answers; DatabaseUnavailable where it does not before the deadline."""
        if self.is_own and self._file is not None:
            return  # a service, or the first row, makes its file
        for _ in looks(deadline):
            try:
                with self._reader.connect():
                    return
            except DBAPIError as error:
                failure = error
            if not may_come(failure):
                break
        raise DatabaseUnavailable(
            f"The database {quoted(self.name)} cannot be reached ({self.where}): "
            f"{sentence(failure)}."
        ) from failure

    def rows(self, name: str, needed: Collection[str] = ()) -> Sequence[Row]:
        """All rows of a table, by its primary key where it has one.

        UnknownName where there is no such table, or not a column that is needed; DatabaseError where
        it has more rows than can be compared.
        """

        def ask(connection: Connection) -> tuple[Table, Sequence[Any]]:
            table = self._tables.get(connection, name, needed)
            with refusing(self.name, f"the rows of the table {quoted(name)}"):
                return table, connection.execute(table.select(MOST + 1)).all()

        try:
            table, found = self._look(ask)
        except DatabaseError:
            self._tables.forget(name)  # it may be another one by now
            raise
        if len(found) > MOST:
            raise DatabaseError(
                f"The table {quoted(name)} of the database {quoted(self.name)} has more than "
                f"{MOST:,} rows, which are too many to be compared; choose some by a query: "
                f'Then the query "SELECT … FROM {name} WHERE …" returns:'
            )
        return [
            {
                column.name: rendered(value, column.holds)
                for column, value in zip(table.columns, row, strict=True)
            }
            for row in found
        ]

    def query(self, sql: str) -> Sequence[Row]:
        """The rows that a statement returns, in their order."""

        def ask(connection: Connection) -> tuple[Sequence[str], Sequence[Any]]:
            with refusing(self.name, "the query"):
                result = connection.execution_options(no_parameters=True).exec_driver_sql(sql)
                if not result.returns_rows:
                    raise DatabaseError(f"The query returns no rows: {sql}")
                return list(result.keys()), result.fetchmany(MOST + 1)

        names, found = self._look(ask)
        twice = [name for place, name in enumerate(names) if name in names[:place]]
        if twice:
            raise DatabaseError(
                f"The query returns two columns called {quoted(twice[0])}; give one of them another "
                "name with AS."
            )
        if len(found) > MOST:
            raise DatabaseError(
                f"The query returns more than {MOST:,} rows, which are too many to be compared."
            )
        return [
            {name: rendered(value) for name, value in zip(names, row, strict=True)} for row in found
        ]

    def insert(self, name: str, rows: Sequence[Row]) -> None:
        """Put rows into a table, all of them or none. UnknownName for a table or a column."""
        with self._writing(self._patience) as connection:
            table = self._tables.get(connection, name, [each for row in rows for each in row])
            for row in rows:
                given = {
                    column: stored(value, table.column(column).holds)
                    for column, value in row.items()
                }
                with refusing(self.name, f"a row for the table {quoted(name)}"):
                    connection.execute(table.insert(list(given)), given)

    def run(self, file: Path) -> None:
        """Run a file of statements; SettingsError where it cannot be read."""
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            raise SettingsError(f"{file} cannot be read: {error}.") from error
        what = refusing(self.name, f"the statements of {file}")
        with self._writing(LONG) as connection, what:
            self._run(connection, text)

    def _run(self, connection: Connection, text: str) -> None:
        if connection.dialect.name == "sqlite":
            # It knows where the body of a trigger ends.
            driver: Any = connection.connection.driver_connection
            try:
                driver.executescript(text)
            except sqlite3.Error as error:
                raise DBAPIError(text, None, error) from error
            return
        whole = connection.dialect.name in SEVERAL_AT_ONCE
        for statement in [text] if whole else statements(text):
            connection.execution_options(no_parameters=True).exec_driver_sql(statement)

    def _look(self, ask: Callable[[Connection], Found]) -> Found:
        """Ask over a connection in a transaction that is rolled back, and may only read where it can.

        One that was lost since the last look is made anew.
        """
        if self._file is not None and not self._file.exists():
            raise DatabaseError(
                f"The database {quoted(self.name)} is not there: nobody has made its file "
                f"{self._file} yet."
            )
        try:
            return self._asked(ask)
        except ConnectionLost:
            return self._asked(ask)

    def _asked(self, ask: Callable[[Connection], Found]) -> Found:
        with (
            connected(self.name, self.where, self._reader) as connection,
            answering(connection, self.name, self.where, self._patience),
        ):
            try:
                return ask(connection)
            finally:
                with suppress(SQLAlchemyError):
                    connection.rollback()

    @contextmanager
    def _writing(self, patience: float) -> Iterator[Connection]:
        """A connection in a transaction that is committed at the end, unless something is raised."""
        with (
            connected(self.name, self.where, self._writer) as connection,
            answering(connection, self.name, self.where, patience),
            refusing(self.name, "to keep what was written"),
            connection.begin(),
        ):
            yield connection

    def close(self) -> None:
        """Give back its connections."""
        self._reader.dispose()
        self._writer.dispose()
