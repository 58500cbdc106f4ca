"""What the phrases do: look until it is so, and say in words what is there instead."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import cast

import pytest
from databases.below import NOTHING, table, text
from databases.conftest import Begin

from evtbdd.databases import expectations
from evtbdd.databases.expectations import Asked
from evtbdd.databases.scenario import ScenarioDatabases
from evtbdd.errors import DatabaseError, ExpectationFailed, PhraseError, UnknownName
from evtbdd.scenario import Scenario

SETTINGS = """\
[evtbdd:database:shop]
url = sqlite:///${scenario.folder}/shop.db
prepare = schema.sql
"""
SCHEMA = "CREATE TABLE orders (id TEXT, status TEXT, total NUMERIC, data JSON);"


@pytest.fixture
def scenario(begin: Begin, tmp_path: Path) -> Scenario:
    """A scenario with a database of its own."""
    (tmp_path / "schema.sql").write_text(SCHEMA, encoding="utf-8")
    return begin(SETTINGS)


def file_of(scenario: Scenario) -> str:
    found = cast(ScenarioDatabases, scenario.facilities.get("databases"))
    return str(found.fact("shop.name"))


def put(scenario: Scenario, *rows: str) -> None:
    expectations.holds(scenario, None, "orders", table("id | status | total", *rows))


def test_what_was_put_in_is_there(scenario: Scenario) -> None:
    """By every phrase; `its` is the one row that was met."""
    put(scenario, "ORD-1 | placed | 20.50", "ORD-2 | placed | null")
    asked = Asked(scenario, None)
    expectations.has(asked, "orders", "exactly", 2, NOTHING)
    expectations.has(asked, "orders", "at least", 1, table("status", "placed"))
    expectations.has_none(asked, "orders", table("status", "${not placed}"))
    expectations.has_these(asked, "orders", table("id | total", "ORD-2 | null"))
    expectations.one_per(asked, "orders", "id")
    expectations.returns(
        asked,
        "SELECT id FROM orders ORDER BY id DESC",
        text('[{"id": "ORD-2"}, {"id": ${matching ^ORD}}]'),
    )
    expectations.returns(asked, "SELECT 1 WHERE 1 = 2", text("[]"))
    expectations.has(asked, "orders", "exactly", 1, table("field | value", "id | ORD-1"))
    scenario.expect.remember_its("total", "sum")
    assert scenario.values.sent("${sum}") == 20.5
    with pytest.raises(ExpectationFailed) as raised:
        scenario.expect.remember_its("data.sum", "sum")
    assert str(raised.value) == (
        'Expected "data.sum" in the row that the step before has met ({"id":"ORD-1",'
        '"status":"placed","total"…, row 1 in the table "orders")\n'
        'but there is none in {"id":"ORD-1","status":"placed","total":20.5,"data":null}'
    )


def test_each_row_has_a_counter_of_its_own(scenario: Scenario) -> None:
    """As events have."""
    put(scenario, "ORD-${counter} | a | 1", "ORD-${counter} | b | ${counter}")
    these = table("id | total", "ORD-1 | 1", "ORD-2 | 2")
    expectations.has_these(Asked(scenario, None), "orders", these)


def test_an_address_leads_into_a_column(scenario: Scenario) -> None:
    """Of one that holds JSON, in and out."""
    data = table("id | data.items[0].sku | data.paid", "ORD-1 | tea | true")
    expectations.holds(scenario, None, "orders", data)
    asked = Asked(scenario, None)
    expectations.has(asked, "orders", "exactly", 1, table("data.items[*].sku", '["tea"]'))
    expectations.has(asked, "orders", "exactly", 1, text('{"data": {"paid": true}}'))
    expectations.one_per(asked, "orders", "data.paid")


def test_what_is_written_meanwhile_is_waited_for(scenario: Scenario) -> None:
    """The step ends with the first look that fits."""
    put(scenario, "ORD-1 | placed | 1")
    asked = Asked(scenario, None, within=60.0)
    looked = threading.Event()

    def service() -> None:
        looked.wait(60.0)
        with closing(sqlite3.connect(file_of(scenario))) as link, link:
            link.execute("UPDATE orders SET status = 'shipped'")

    thread = threading.Thread(target=service)
    thread.start()
    looked.set()
    expectations.has(asked, "orders", "exactly", 1, table("status", "shipped"))
    thread.join()


def test_a_table_that_is_made_meanwhile(begin: Begin) -> None:
    """A service makes its tables when it starts; until then it is no mistake."""
    scenario = begin(SETTINGS.replace("prepare = schema.sql\n", ""))
    file = file_of(scenario)
    asked = Asked(scenario, None)
    with pytest.raises(DatabaseError, match="nobody has made its file"):
        expectations.has_none(asked, "orders", NOTHING)
    making = threading.Timer(0.1, lambda: sqlite3.connect(file).executescript(SCHEMA))
    making.start()
    expectations.has_none(Asked(scenario, None, within=60.0), "orders", NOTHING)
    making.join()


def failure(asked: Asked, *rows: str) -> str:
    with pytest.raises(ExpectationFailed) as raised:
        expectations.has_these(asked, "orders", table("id | status", *rows))
    return str(raised.value).replace(file_of(asked.scenario), "FILE")


def test_what_is_not_there_is_told_with_what_is(scenario: Scenario) -> None:
    """The table, the time, each row with its nearest."""
    put(scenario, "ORD-1 | placed | 1", "ORD-2 | shipped | 2")
    assert failure(Asked(scenario, "shop", 0.05), "ORD-1 | shipped", "ORD-2 | shipped") == (
        'Expected the table "orders" of the database "shop" to have these 2 rows within 50 ms\n'
        "but 1 of these 2 rows is not there (sqlite FILE)\n"
        '  row 1: id = "ORD-1", status = "shipped"\n'
        '  nearest  #1 {"id":"ORD-1","status":"placed","total":1,"data":null}\n'
        '              status: "placed", expected "shipped"\n'
        '  matched  #2 {"id":"ORD-2","status":"shipped","total":2,"data":null}'
    )


def test_what_does_not_stay_so_fails_at_once(scenario: Scenario) -> None:
    """A duplicate that comes later is the failure that is looked for."""
    put(scenario, "ORD-1 | placed | 1")
    file = file_of(scenario)

    def again() -> None:
        with closing(sqlite3.connect(file)) as link, link:
            link.execute("INSERT INTO orders SELECT * FROM orders")

    doing = threading.Timer(0.1, again)
    doing.start()
    with pytest.raises(ExpectationFailed) as raised:
        expectations.one_per(Asked(scenario, None, stays=60.0), "orders", "id")
    doing.join()
    first, second, *_ = str(raised.value).split("\n")
    assert first == (
        'Expected the table "orders" to have exactly 1 row per "id", and to stay so during 1 minute'
    )
    assert second.endswith(f's after it first did 2 rows have id = "ORD-1" (sqlite {file})')


@pytest.mark.parametrize(
    ("name", "columns", "said"),
    [
        ("oders", "id", 'The database "shop" has no table "oders". Did you mean "orders"?'),
        ("orders", "staus", 'The table "orders" has no column "staus". Did you mean "status"?'),
    ],
)
def test_a_name_that_is_not_there_is_an_error(
    scenario: Scenario, name: str, columns: str, said: str
) -> None:
    """Also where nothing was expected: a misspelt name must not be green."""
    asked = Asked(scenario, None)
    with pytest.raises(UnknownName) as raised:
        expectations.has_none(asked, name, table(columns, "x"))
    assert str(raised.value) == said
    with pytest.raises(UnknownName) as raised:
        expectations.holds(scenario, None, name, table(columns, "x"))
    assert str(raised.value) == said


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT 1; SELECT 2", 'A query is one statement, and this is 2: "SELECT 1; SELECT 2"'),
        ("-- none", 'A query is one statement, and this is none: "-- none"'),
    ],
)
def test_a_query_is_one_statement(scenario: Scenario, sql: str, said: str) -> None:
    """So that nothing can be done behind it."""
    with pytest.raises(PhraseError) as raised:
        expectations.returns(Asked(scenario, None), sql, text("[]"))
    assert str(raised.value) == said


@pytest.mark.parametrize("at", ["@key", "$", "$[0]", "@type"])
def test_a_row_has_only_columns(scenario: Scenario, at: str) -> None:
    """Keys and types are those of events."""
    with pytest.raises(PhraseError) as raised:
        expectations.has_none(Asked(scenario, None), "orders", table(f"{at} | id", "x | y"))
    assert str(raised.value) == (
        f'orders.feature:10: "{at}" cannot be said of a row: it has columns, and nothing around them.'
    )


@pytest.mark.parametrize("document", ['{"id": "x"}', "[1]", '"x"'])
def test_rows_as_a_text_are_a_list_of_objects(scenario: Scenario, document: str) -> None:
    """Said where it is written."""
    with pytest.raises(
        PhraseError, match=r"^orders\.feature:10: (rows are a JSON list|A row is a)"
    ):
        expectations.has_these(Asked(scenario, None), "orders", text(document))


def test_at_least_none_is_no_question(scenario: Scenario) -> None:
    """It could only be green."""
    with pytest.raises(PhraseError, match="At least 0 rows are always there"):
        expectations.has(Asked(scenario, None), "orders", "at least", 0, NOTHING)
