"""The tables of a database: found by their names, read and filled whatever their columns hold."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import types
from sqlalchemy.engine import Connection, Inspector
from sqlalchemy.sql import quoted_name

from evtbdd.databases.refusals import refusing
from evtbdd.databases.rendering import Holds
from evtbdd.errors import UnknownName
from evtbdd.words import quoted, suggestion

MOST = 10_000
"""Rows of one look: more are not compared."""


KINDS: Mapping[type, Holds] = {
    types.JSON: Holds.JSON,
    types.Boolean: Holds.BOOLEAN,
    types.ARRAY: Holds.LIST,
    types.DateTime: Holds.MOMENT,
    types.Time: Holds.TIME,
}
TAKE_ISO = ("postgresql", "sqlite")
"""Servers that take points in time as steps write them."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column, by its name as the database has it."""

    name: str
    holds: Holds


@dataclass(frozen=True, slots=True)
class Table:
    """A table or a view; `key` are the columns of its primary key."""

    name: str
    table: str
    schema: str | None
    columns: Sequence[Column]
    key: Sequence[str]

    def column(self, name: str) -> Column:
        """The column of that name. UnknownName with the near ones."""
        found = next((each for each in self.columns if each.name == name), None)
        if found is None:
            raise UnknownName(
                f"The table {quoted(self.name)} has no column {quoted(name)}. "
                f"{suggestion(name, [each.name for each in self.columns], 'columns')}"
            )
        return found

    def has(self, names: Collection[str]) -> bool:
        """Whether it has all of these columns."""
        return {each.name for each in self.columns}.issuperset(names)

    def select(self, most: int) -> Any:
        """The statement that reads its rows, at most so many, as its driver hands them over."""
        # Columns without a type: what SQLAlchemy makes of one is not what stands there. Each stands
        # behind its table, for SQLite takes a name in quotes that it does not know for a text.
        clause = self._clause([each.name for each in self.columns])
        order = [clause.c[each] for each in self.key]
        return sa.select(clause).order_by(*order).limit(most)

    def insert(self, columns: Sequence[str]) -> Any:
        """The statement that puts a row into it."""
        clause = self._clause(columns)
        return sa.insert(clause).values(
            {each: sa.bindparam(each, type_=types.NullType()) for each in columns}
        )

    def _clause(self, columns: Sequence[str]) -> Any:
        schema = None if self.schema is None else _exact(self.schema)
        held: list[Any] = [sa.column(_exact(each)) for each in columns]
        return sa.table(_exact(self.table), *held, schema=schema)


class Tables:
    """Those of one database; what was found of a table is kept until it is not as it was."""

    def __init__(self, database: str) -> None:
        self._database = database
        self._found: dict[str, Table] = {}

    def get(self, connection: Connection, name: str, needed: Collection[str] = ()) -> Table:
        """The table or view of that name, `schema.table` in another schema.

        UnknownName where it is not there, or lacks one of the columns that are needed.
        """
        table = self._found.get(name)
        if table is None or not table.has(needed):
            table = self._look(connection, name)
        for column in needed:
            table.column(column)
        self._found[name] = table
        return table

    def forget(self, name: str) -> None:
        """Look anew for a table when it is next asked for."""
        self._found.pop(name, None)

    def _look(self, connection: Connection, name: str) -> Table:
        with refusing(self._database, "its tables"):
            inspector = sa.inspect(connection)
            schema, table = self._place(inspector, name)
            columns = [
                Column(each["name"], _holds(each["type"], connection.dialect.name))
                for each in inspector.get_columns(table, schema)
            ]
            key = inspector.get_pk_constraint(table, schema)["constrained_columns"]
        return Table(name, table, schema, columns, [str(each) for each in key])

    def _place(self, inspector: Inspector, name: str) -> tuple[str | None, str]:
        known = [*inspector.get_table_names(), *inspector.get_view_names()]
        if name in known:
            return None, name
        schema, dot, table = name.partition(".")
        if dot and table and schema in inspector.get_schema_names():
            in_schema = [*inspector.get_table_names(schema), *inspector.get_view_names(schema)]
            if table in in_schema:
                return schema, table
            known = [f"{schema}.{each}" for each in in_schema] or known
        raise UnknownName(
            f"The database {quoted(self._database)} has no table {quoted(name)}. "
            f"{suggestion(name, known, 'tables')}"
        )


def _exact(name: str) -> quoted_name:
    """A name that stands in quotes, so that its capitals count."""
    return quoted_name(name, quote=True)


def _holds(kind: object, server: str) -> Holds:
    for found, holds in KINDS.items():
        if isinstance(kind, found):
            return Holds.OTHER if holds is Holds.MOMENT and server in TAKE_ISO else holds
    return Holds.OTHER
