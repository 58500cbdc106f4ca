"""A database in a file: looked at without being touched, written to where it may be."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from evtbdd.clock import Deadline
from evtbdd.databases.connection import Database
from evtbdd.databases.urls import parsed
from evtbdd.errors import DatabaseError, DatabaseUnavailable, SettingsError, UnknownName

SCHEMA = """\
CREATE TABLE orders (id TEXT PRIMARY KEY, total NUMERIC, paid BOOLEAN, placed DATETIME, data JSON);
CREATE TABLE "Order Lines" (sku TEXT, "select" INTEGER);
CREATE VIEW unpaid AS SELECT id FROM orders WHERE NOT paid;
CREATE TRIGGER note AFTER INSERT ON orders BEGIN UPDATE orders SET total = total; SELECT 1; END;
"""
Opened = Callable[..., Database]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with tables, as a service has made them."""
    path = tmp_path / "shop.db"
    with closing(sqlite3.connect(path)) as made:
        made.executescript(SCHEMA)
    return path


@pytest.fixture
def opened() -> Iterator[Opened]:
    """Open a database in a file."""
    made: list[Database] = []

    def make(file: Path, *, is_own: bool = True) -> Database:
        url = parsed("shop", f"sqlite:///{file}", file.parent)
        made.append(Database("shop", url, is_own=is_own, patience=1.0))
        return made[-1]

    yield make
    for each in made:
        each.close()


def test_rows_go_in_and_come_back(opened: Opened, file: Path) -> None:
    """In the order of their key; columns as they are declared, dates as they were written."""
    database = opened(file)
    rows = [
        {"id": "ORD-2", "total": 20.5, "paid": False, "data": {"a": [1, None]}},
        {"id": "ORD-1", "placed": "2024-05-01T12:00:00Z"},
    ]
    database.insert("orders", rows)
    empty = dict.fromkeys(("id", "total", "paid", "placed", "data"))
    assert database.rows("orders") == [{**empty, **rows[1]}, {**empty, **rows[0]}]
    assert database.rows("unpaid") == [{"id": "ORD-2"}]


def test_names_are_taken_as_they_are(opened: Opened, file: Path) -> None:
    """Capitals, spaces and SQL's own words need no quotes in a step."""
    database = opened(file)
    database.insert("Order Lines", [{"sku": "tea", "select": 2}])
    assert database.rows("Order Lines") == [{"sku": "tea", "select": 2}]


def test_all_rows_of_a_step_or_none(opened: Opened, file: Path) -> None:
    """What is refused leaves nothing half done."""
    database = opened(file)
    with pytest.raises(DatabaseError) as raised:
        database.insert("orders", [{"id": "ORD-1"}, {"id": "ORD-1"}])
    assert str(raised.value) == (
        'The database "shop" refuses a row for the table "orders": UNIQUE constraint failed: '
        "orders.id."
    )
    assert database.rows("orders") == []


@pytest.mark.parametrize(
    ("table", "columns", "said"),
    [
        ("order", [], 'The database "shop" has no table "order". Did you mean "orders"?'),
        (
            "other.orders",
            [],
            'The database "shop" has no table "other.orders". Did you mean "orders"?',
        ),
        (
            "orders",
            ["totl"],
            'The table "orders" has no column "totl". Did you mean "total"?',
        ),
    ],
)
def test_a_name_that_is_not_there(
    opened: Opened, file: Path, table: str, columns: list[str], said: str
) -> None:
    """With the nearest that is."""
    with pytest.raises(UnknownName) as raised:
        opened(file).rows(table, columns)
    assert str(raised.value) == said


def test_a_column_that_comes_later_is_found(opened: Opened, file: Path) -> None:
    """A service may still be changing its tables."""
    database = opened(file)
    assert database.rows("orders") == []
    with closing(sqlite3.connect(file)) as service:
        service.execute("ALTER TABLE orders ADD COLUMN status TEXT")
    database.insert("orders", [{"id": "ORD-1", "status": "new"}])
    assert database.rows("orders", ["status"])[0]["status"] == "new"


def test_a_table_that_is_made_anew(opened: Opened, file: Path) -> None:
    """One look may meet it half way; the next knows it."""
    database = opened(file)
    assert database.rows("orders") == []
    with closing(sqlite3.connect(file)) as service:
        service.executescript("DROP VIEW unpaid; DROP TABLE orders; CREATE TABLE orders (n INT);")
    with pytest.raises(DatabaseError, match="no such column"):
        database.rows("orders")
    assert database.rows("orders") == []


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO orders (id) VALUES ('x') RETURNING id",
        "DELETE FROM orders RETURNING id",
        "CREATE TABLE other (id TEXT)",
    ],
)
def test_a_query_writes_nothing(opened: Opened, file: Path, sql: str) -> None:
    """Even where evtbdd could: a step that looks must not change what it looks at."""
    with pytest.raises(DatabaseError) as raised:
        opened(file).query(sql)
    assert str(raised.value) == (
        'The database "shop" refuses the query: attempt to write a readonly database.'
    )


def test_a_query_is_handed_over_as_it_is(opened: Opened, file: Path) -> None:
    """No sign in it means anything to a driver."""
    database = opened(file)
    database.insert("orders", [{"id": "100%:x"}])
    found = database.query("SELECT id AS \"a b\" FROM orders WHERE id LIKE '100%:x' AND id <> '%s'")
    assert found == [{"a b": "100%:x"}]


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT 1 AS a, 2 AS a", 'The query returns two columns called "a"; give one of them '),
        ("SELCT 1", 'The database "shop" refuses the query: near "SELCT": syntax error.'),
        (
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n",
            "The query returns more than 10,000 rows, which are too many to be compared.",
        ),
    ],
)
def test_a_query_that_cannot_be_compared(opened: Opened, file: Path, sql: str, said: str) -> None:
    """In a sentence; one without an end is not waited for."""
    with pytest.raises(DatabaseError) as raised:
        opened(file).query(sql)
    assert str(raised.value).startswith(said)


def test_a_table_that_is_too_large(opened: Opened, file: Path) -> None:
    """What would have to be written instead is said."""
    with closing(sqlite3.connect(file)) as service:
        service.executescript(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 10001) "
            "INSERT INTO orders (id) SELECT i FROM n;"
        )
    with pytest.raises(DatabaseError) as raised:
        opened(file).rows("orders")
    assert str(raised.value) == (
        'The table "orders" of the database "shop" has more than 10,000 rows, which are too many to '
        'be compared; choose some by a query: Then the query "SELECT … FROM orders WHERE …" returns:'
    )


def test_looking_makes_no_file(opened: Opened, tmp_path: Path) -> None:
    """A service may make its tables only where there is none."""
    database = opened(tmp_path / "none.db")
    database.reach(Deadline.after(1.0))
    with pytest.raises(DatabaseError) as raised:
        database.rows("orders")
    assert str(raised.value) == (
        f'The database "shop" is not there: nobody has made its file {tmp_path}/none.db yet.'
    )
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_somebody_elses_must_be_there(opened: Opened, tmp_path: Path) -> None:
    """A misspelt path must not become an empty database."""
    with pytest.raises(DatabaseUnavailable) as raised:
        opened(tmp_path / "none.db", is_own=False).reach(Deadline.after(1.0))
    assert str(raised.value) == (
        f'The database "shop" cannot be reached (sqlite {tmp_path}/none.db): '
        "unable to open database file."
    )


def test_a_file_of_statements(opened: Opened, tmp_path: Path) -> None:
    """Triggers are whole; what is wrong is told with the file, and so is a file that is not there."""
    database = opened(tmp_path / "new.db")
    schema = tmp_path / "schema.sql"
    schema.write_text(SCHEMA, encoding="utf-8")
    database.run(schema)
    assert database.rows("orders") == []
    schema.write_text("CREATE TABLE a (b);\nCREAT TABLE c (d);", encoding="utf-8")
    with pytest.raises(DatabaseError) as raised:
        database.run(schema)
    assert str(raised.value) == (
        f'The database "shop" refuses the statements of {schema}: near "CREAT": syntax error.'
    )
    with pytest.raises(SettingsError, match=r"/none\.sql cannot be read: .*No such file"):
        database.run(tmp_path / "none.sql")


def test_a_driver_that_is_not_there() -> None:
    """The sentence names it, and not a traceback."""
    url = parsed("shop", "oracle+oracledb://db/shop", Path())
    with pytest.raises(SettingsError) as raised:
        Database("shop", url, is_own=False, patience=1.0)
    assert str(raised.value) == (
        '[evtbdd:database:shop] url begins with oracle+oracledb://, and its driver "oracledb" is '
        "not installed."
    )
    url = parsed("shop", "nosuch://db/shop", Path())
    with pytest.raises(SettingsError) as raised:
        Database("shop", url, is_own=False, patience=1.0)
    assert str(raised.value) == (
        "[evtbdd:database:shop] url begins with nosuch://, and nobody knows it."
    )


def test_an_answer_that_does_not_come(file: Path) -> None:
    """It is cut off: a step never waits for ever."""
    url = parsed("shop", f"sqlite:///{file}", file.parent)
    database = Database("shop", url, is_own=True, patience=0.1)
    with pytest.raises(DatabaseUnavailable) as raised:
        database.query(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
        )
    assert str(raised.value) == (
        f'The database "shop" did not answer within 100 ms (sqlite {file}). It may be paused, or '
        "wait for a lock that somebody else holds."
    )
    assert database.query("SELECT 1 AS n") == [{"n": 1}]
    database.close()
