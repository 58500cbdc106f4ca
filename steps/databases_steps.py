"""Databases: rows that are there, and rows that are expected."""

from __future__ import annotations

from evtbdd.databases import expectations
from evtbdd.databases.expectations import Asked
from evtbdd.phrases import Data, step
from evtbdd.phrases.ahead import tells_ahead
from evtbdd.scenario import Scenario

SECTION = "Databases and files"
NAMES = {"database": "NAME"}
Time = float | None
needs_it = tells_ahead(lambda plan, values, _: plan.needs("databases", values.get("database")))


@step(
    'the table "{table}" [of the database "{database}"] holds:',
    section=SECTION,
    names=NAMES,
    keyword="Given",
    act=True,
    example='the table "orders" holds:\n  | id    | status |\n  | ORD-1 | placed |',
)
@needs_it
def table_holds(scenario: Scenario, *, table: str, database: str | None, data: Data) -> None:
    """These rows are put in, beside those that are there; columns not named have their defaults."""
    expectations.holds(scenario, database, table, data)


@step(
    'the table "{table}" [of the database "{database}"] has {how=exactly|at least} {number:Number} '
    "row[s] [within {within:Duration}] [and stays so during {stays:Duration}] [with:]",
    section=SECTION,
    names=NAMES,
    example='the table "orders" has exactly 1 row within 5 seconds with:\n'
    "  | field  | value   |\n  | status | shipped |",
)
@needs_it
def table_has(
    scenario: Scenario,
    *,
    table: str,
    database: str | None,
    how: str,
    number: int,
    within: Time,
    stays: Time,
    data: Data,
) -> None:
    """So many rows; with data, so many that are as described."""
    asked = Asked(scenario, database, within, stays)
    expectations.has(asked, table, how, number, data)


@step(
    'the table "{table}" [of the database "{database}"] has no row[s] [within {within:Duration}] '
    "[and stays so during {stays:Duration}] [with:]",
    section=SECTION,
    names=NAMES,
    example='the table "orders" has no rows and stays so during 2 seconds with:\n'
    "  | field  | value |\n  | status | lost  |",
)
@needs_it
def table_has_none(
    scenario: Scenario,
    *,
    table: str,
    database: str | None,
    within: Time,
    stays: Time,
    data: Data,
) -> None:
    """None at all; with data, none that is as described."""
    asked = Asked(scenario, database, within, stays)
    expectations.has_none(asked, table, data)


@step(
    'the table "{table}" [of the database "{database}"] has these rows [within {within:Duration}]:',
    section=SECTION,
    names=NAMES,
    example='the table "orders" has these rows:\n  | id    | status  |\n  | ORD-1 | shipped |',
)
@needs_it
def table_has_these(
    scenario: Scenario, *, table: str, database: str | None, within: Time, data: Data
) -> None:
    """Each is there, one for each row of the step; others may be there too."""
    asked = Asked(scenario, database, within)
    expectations.has_these(asked, table, data)


@step(
    'the table "{table}" [of the database "{database}"] has exactly 1 row per "{column}" '
    "[within {within:Duration}] [and stays so during {stays:Duration}]",
    section=SECTION,
    names=NAMES,
    example='the table "shipments" has exactly 1 row per "order_id" and stays so during 2 seconds',
)
@needs_it
def table_has_one_per(
    scenario: Scenario,
    *,
    table: str,
    database: str | None,
    column: str,
    within: Time,
    stays: Time,
) -> None:
    """There are rows, and no two of them have the same value there."""
    asked = Asked(scenario, database, within, stays)
    expectations.one_per(asked, table, column)


@step(
    'the query "{sql}" [on the database "{database}"] returns [within {within:Duration}] '
    "[and stays so during {stays:Duration}]:",
    section=SECTION,
    names={**NAMES, "sql": "SQL"},
    example='the query "SELECT count(*) AS n FROM orders" returns:\n  | n |\n  | 1 |',
)
@needs_it
def query_returns(
    scenario: Scenario,
    *,
    sql: str,
    database: str | None,
    within: Time,
    stays: Time,
    data: Data,
) -> None:
    """These rows and no others; in this order where the query says ORDER BY."""
    asked = Asked(scenario, database, within, stays)
    expectations.returns(asked, sql, data)
