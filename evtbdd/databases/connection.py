"""A database that is open: looked at in transactions that may only read, written to in others."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.exc import DBAPIError, NoSuchModuleError

from evtbdd.clock import Deadline, looks
from evtbdd.databases.refusals import connected, may_come, refusing, sentence
from evtbdd.databases.rendering import rendered, stored
from evtbdd.databases.sql import statements
from evtbdd.databases.tables import MOST, Tables
from evtbdd.databases.urls import facts, where
from evtbdd.errors import DatabaseError, DatabaseUnavailable, SettingsError
from evtbdd.words import quoted

READ_ONLY: Mapping[str, str] = {
    "postgresql": "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
    "mysql": "SET SESSION TRANSACTION READ ONLY",
    "mariadb": "SET SESSION TRANSACTION READ ONLY",
    "sqlite": "PRAGMA query_only = ON",
}
"""What makes a server see to it that nothing is written; of others every look is rolled back."""

SEVERAL_AT_ONCE = ("postgresql",)
"""Servers that take a file of statements as it stands."""

TIMEOUTS: Mapping[str, str] = {
    "psycopg": "connect_timeout",
    "psycopg2": "connect_timeout",
    "pymysql": "connect_timeout",
    "mysqldb": "connect_timeout",
}
"""The argument of a driver that says how many seconds it may wait."""

Row = Mapping[str, object]


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
        self._reader = _engine(name, url, patience, reads=True, is_own=is_own)
        self._writer = _engine(name, url, patience, reads=False, is_own=is_own)
        self._tables = Tables(name)
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
        with self._looking() as connection:
            table = self._tables.get(connection, name, needed)
            try:
                with refusing(self.name, f"the rows of the table {quoted(name)}"):
                    found = connection.execute(table.select(MOST + 1)).all()
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
        with self._looking() as connection, refusing(self.name, "the query"):
            result = connection.execution_options(no_parameters=True).exec_driver_sql(sql)
            if not result.returns_rows:
                raise DatabaseError(f"The query returns no rows: {sql}")
            names = list(result.keys())
            found = result.fetchmany(MOST + 1)
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
        with self._writing() as connection:
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
        with self._writing() as connection, refusing(self.name, f"the statements of {file}"):
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

    @contextmanager
    def _looking(self) -> Iterator[Connection]:
        """A connection in a transaction that is rolled back, and may only read where it can."""
        if self._file is not None and not self._file.exists():
            raise DatabaseError(
                f"The database {quoted(self.name)} is not there: nobody has made its file "
                f"{self._file} yet."
            )
        with connected(self.name, self.where, self._reader) as connection:
            try:
                yield connection
            finally:
                connection.rollback()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A connection in a transaction that is committed at the end, unless something is raised."""
        with connected(self.name, self.where, self._writer) as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Give back its connections."""
        self._reader.dispose()
        self._writer.dispose()


def _engine(name: str, url: URL, patience: float, *, reads: bool, is_own: bool) -> Engine:
    options: dict[str, Any] = {"pool_pre_ping": True, "pool_size": 1}
    if url.get_backend_name() == "sqlite":
        # A look must not make the file, nor may anything make one that is not evtbdd's own.
        mode = "ro" if reads else ("rwc" if is_own else "rw")
        options["creator"] = _opener(str(url.database), mode, patience)
        options["poolclass"] = sa.NullPool
        del options["pool_size"]
    try:
        engine = sa.create_engine(url, **options)
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        missing = error.name if isinstance(error, ModuleNotFoundError) else None
        wrong = f"its driver {quoted(missing)} is not installed" if missing else "nobody knows it"
        brings = ': pip install "evtbdd[postgresql]" brings it' if missing == "psycopg" else ""
        raise SettingsError(
            f"[evtbdd:database:{name}] url begins with {url.drivername}://, and {wrong}{brings}."
        ) from error
    if engine.dialect.driver in TIMEOUTS:
        sa.event.listen(engine, "do_connect", _waiting(TIMEOUTS[engine.dialect.driver], patience))
    if reads and engine.dialect.name in READ_ONLY:
        sa.event.listen(engine, "connect", _saying(READ_ONLY[engine.dialect.name]))
    return engine


def _opener(path: str, mode: str, patience: float) -> Callable[[], sqlite3.Connection]:
    address = f"file:{quote(path)}?mode={mode}"
    return lambda: sqlite3.connect(address, uri=True, timeout=patience, check_same_thread=False)


def _waiting(argument: str, patience: float) -> Callable[..., None]:
    def wait(_dialect: object, _record: object, _words: object, given: dict[str, object]) -> None:
        given.setdefault(argument, max(2, round(patience)))  # whole seconds, as these have it

    return wait


def _saying(statement: str) -> Callable[[Any, object], None]:
    def say(connection: Any, _: object) -> None:
        cursor = connection.cursor()
        cursor.execute(statement)
        cursor.close()
        connection.commit()

    return say
