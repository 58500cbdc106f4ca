"""What the phrases about databases do: each looks at rows until they are as its words and data say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from evtbdd.databases import looks
from evtbdd.databases.described import (
    column,
    columns,
    new_rows,
    row_pattern,
    row_patterns,
    sightings,
)
from evtbdd.databases.looks import Judge, Rows
from evtbdd.databases.scenario import ScenarioDatabases
from evtbdd.databases.sql import READING, begins_with, is_ordered, statements
from evtbdd.databases.told import described
from evtbdd.errors import (
    DatabaseError,
    DatabaseUnavailable,
    ExpectationFailed,
    PhraseError,
    UnknownName,
)
from evtbdd.expect.life import require_life
from evtbdd.expect.pattern import Pattern
from evtbdd.expect.states import Look
from evtbdd.phrases import Data
from evtbdd.scenario import Scenario
from evtbdd.values.render import show
from evtbdd.words import counted, listed, quoted

if TYPE_CHECKING:
    from evtbdd.databases.connection import Database

Time = float | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a step says of where and how long it looks: `within` patience, and `stays` for how long."""

    scenario: Scenario
    database: str | None
    within: Time = None
    stays: Time = None

    @property
    def found(self) -> Database:
        """The database, open."""
        return _databases(self.scenario).get(self.database)

    @property
    def clause(self) -> str:
        """` of the database "shop"`, where the step says so."""
        return "" if self.database is None else f" of the database {quoted(self.database)}"


def holds(scenario: Scenario, database: str | None, table: str, data: Data) -> None:
    """Put the rows of a table of the step into one of the database."""
    found = _databases(scenario).writable(database)
    found.insert(table, new_rows(data, scenario.values))


def has(asked: Asked, table: str, how: str, number: int, data: Data) -> None:
    """`exactly` or `at least` so many rows are there, of those that are described, if any are."""
    if how == "at least" and number < 1:
        raise PhraseError("At least 0 rows are always there; the number must be 1 or more.")
    pattern = row_pattern(data, asked.scenario.values)
    most = number if how == "exactly" else None
    judge = looks.counts(pattern, number, most, asked.found.where)
    expected = f"to have {how} {counted(number, 'row')}{described(pattern)}"
    _table(asked, table, [pattern], expected, judge, claim=most is not None)


def has_none(asked: Asked, table: str, data: Data) -> None:
    """No row is there, of those that are described, if any are."""
    pattern = row_pattern(data, asked.scenario.values)
    judge = looks.counts(pattern, 0, 0, asked.found.where)
    _table(asked, table, [pattern], f"to have no row{described(pattern)}", judge, claim=True)


def has_these(asked: Asked, table: str, data: Data) -> None:
    """Each of the rows of the step is there, and others may be."""
    patterns = row_patterns(data, asked.scenario.values)
    if not patterns:
        raise PhraseError("There is no row below the step.")
    judge = looks.holds_these(patterns, asked.found.where)
    _table(asked, table, patterns, f"to have {_these(patterns)}", judge, claim=False)


def one_per(asked: Asked, table: str, text: str) -> None:
    """There are rows, and each value of a column stands in one of them alone."""
    address = column(text)
    judge = looks.one_per(address, asked.found.where)
    pattern = Pattern(fields=((address, None),))
    _table(asked, table, [pattern], f"to have exactly 1 row per {quoted(text)}", judge, claim=True)


def returns(asked: Asked, sql: str, data: Data) -> None:
    """A query returns the rows of the step and no others; in their order where it says ORDER BY."""
    patterns = row_patterns(data, asked.scenario.values)
    found = asked.found
    _require_reading(sql, found)
    judge = looks.is_exactly(patterns, found.where, in_order=is_ordered(sql))
    expected = f"the query {show(sql, 200)} to return {_these(patterns)}"
    _settled(
        asked,
        expected,
        lambda: sightings("what the query returned", found.query(sql)),
        judge,
        claim=True,
    )


def _table(
    asked: Asked,
    table: str,
    patterns: Sequence[Pattern],
    expected: str,
    judge: Judge,
    *,
    claim: bool,
) -> None:
    found, needed = asked.found, columns(patterns)
    where = f"the table {quoted(table)}{asked.clause}"
    whole = f"{where} {expected}"
    _settled(asked, whole, lambda: sightings(where, found.rows(table, needed)), judge, claim=claim)


def _settled(
    asked: Asked, expected: str, read: Callable[[], Rows], judge: Judge, *, claim: bool
) -> None:
    """Look until it is so; `its` is what was found then. `claim`: it is one about all or none.

    What the database refuses is looked at again too: a service may still be making its tables. It is
    raised where that is how it ends.
    """
    refused: list[DatabaseError | UnknownName] = []

    def look() -> Look[Rows]:
        refused.clear()
        try:
            return judge(read())
        except DatabaseUnavailable:
            raise
        except (DatabaseError, UnknownName) as error:
            refused.append(error)
            return Look(False, str(error), ())

    expect = asked.scenario.expect
    try:
        patience = expect.patience(asked.within)
        met = expect.settle(expected, look, patience=patience, stays=asked.stays)
    except ExpectationFailed:
        if refused:
            raise refused[0] from None
        raise
    if claim:
        require_life(expected, expect.witness)
    expect.met(met)


def _require_reading(sql: str, found: Database) -> None:
    """PhraseError for what is no single query; on a database of somebody else's for all but SELECT."""
    number = len(statements(sql))
    if number != 1:
        raise PhraseError(
            f"A query is one statement, and this is {number or 'none'}: {show(sql, 200)}"
        )
    if not found.is_own and begins_with(sql) not in READING:
        raise PhraseError(
            f"The database {quoted(found.name)} was not made by evtbdd, so it is asked nothing but "
            f"{listed(READING, 'or')}: {show(sql, 200)}"
        )


def _these(patterns: Sequence[Pattern]) -> str:
    number = len(patterns)
    if number == 0:
        return "no row"
    return f"a row{described(patterns[0])}" if number == 1 else f"these {number} rows"


def _databases(scenario: Scenario) -> ScenarioDatabases:
    return cast(ScenarioDatabases, scenario.facilities.get("databases"))
