"""What an analyst may get wrong about databases and files: told in a sentence, never in a traceback."""

from __future__ import annotations

import re

import pytest
from acceptance.project import Outcome, Project
from acceptance.running import told, without

SETTINGS = """\
[evtbdd]
timeout = 100 ms

[evtbdd:database:shop]
url = sqlite:///${scenario.folder}/shop.db
prepare = schema.sql

[evtbdd:database:theirs]
url = sqlite:///theirs.db

[evtbdd:database:nowhere]
url = sqlite:///nowhere.db

[evtbdd:database:odd]
url = shop.db
"""
SCHEMA = "CREATE TABLE orders (id TEXT NOT NULL, total NUMERIC);"
OF = 'of the database "shop"'
BAD = {
    "a table that is not there": (
        f'Then the table "order" {OF} has no rows',
        'UnknownName: The database "shop" has no table "order". Did you mean "orders"?',
    ),
    "a column that is not there": (
        f'Then the table "orders" {OF} has exactly 1 row per "totl"',
        'UnknownName: The table "orders" has no column "totl". Did you mean "total"?',
    ),
    "a column that cannot be": (
        f'Then the table "orders" {OF} has exactly 1 row per "@key"',
        'PhraseError: "@key" cannot be said of a row: it has columns, and nothing around them.',
    ),
    "a database that nobody declared": (
        'Then the table "orders" of the database "shp" has no rows',
        'UnknownName: No database is called "shp". Did you mean "shop"?',
    ),
    "a database that is not said": (
        'Then the table "orders" has no rows',
        'PhraseError: There are several databases: "shop", "theirs", "nowhere" and "odd". Say which: '
        'of the database "shop".',
    ),
    "a mistake in SQL": (
        'Then the query "SELCT 1" on the database "shop" returns:\n      | n |\n      | 1 |',
        'DatabaseError: The database "shop" refuses the query: near "SELCT": syntax error.',
    ),
    "a query that writes": (
        'Then the query "DELETE FROM orders RETURNING id" on the database "shop" returns:\n'
        "      | id |\n      | x  |",
        'DatabaseError: The database "shop" refuses the query: attempt to write a readonly database.',
    ),
    "a row that is refused": (
        f'Given the table "orders" {OF} holds:\n      | total |\n      | 1     |',
        'DatabaseError: The database "shop" refuses a row for the table "orders": NOT NULL '
        "constraint failed: orders.id.",
    ),
    "a row under Then": (
        f'Then the table "orders" {OF} holds:\n      | id |\n      | x  |',
        "PhraseError: This step acts, and Then only looks: write When before it (And and But go on "
        "with the keyword before them).",
    ),
    "a row for somebody else": (
        'Given the table "orders" of the database "theirs" holds:\n      | id |\n      | x  |',
        'SettingsError: Nothing is written to the database "theirs", which evtbdd did not make: set '
        "writable = yes in [evtbdd:database:theirs] where that may be.",
    ),
    "a database that is nowhere": (
        'Then the table "orders" of the database "nowhere" has no rows',
        'DatabaseUnavailable: The database "nowhere" cannot be reached (sqlite FOLDER/nowhere.db): '
        "unable to open database file.",
    ),
    "a url that is none": (
        'Then the table "orders" of the database "odd" has no rows',
        "SettingsError: [evtbdd:database:odd] url: this is no URL of a database; it is written like "
        "postgresql://host:port/name, sqlite:///${scenario.folder}/orders.db or "
        "postgresql+local://.",
    ),
    "a placeholder that is none": (
        f'Then the table "orders" {OF} has exactly 1 row with:\n'
        "      | field | value                 |\n      | id    | ${database.shop.nam} |",
        "UnknownName: features/bad.feature:LINE: ${database.shop.nam} is not known. Did you mean "
        '"database.shop.name"',
    ),
    "a file that climbs out": (
        'Given the file "../x.txt" holds:\n      """\n      x\n      """',
        'PhraseError: The path "../x.txt" leads out of ${scenario.folder}; a file elsewhere has an '
        "absolute path.",
    ),
    "a table for a file": (
        'Given the file "x.txt" holds:\n      | line |\n      | x    |',
        'PhraseError: features/bad.feature:LINE: what a file holds is a text, between """, no table.',
    ),
}


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """All of them in one run."""
    project = Project(tmp_path_factory.mktemp("bad"))
    project.write("evtbdd.cfg", SETTINGS)
    project.write("schema.sql", SCHEMA)
    project.write("theirs.db", "")
    scenarios = [f"  Scenario: {name}\n    {step}\n" for name, (step, _) in BAD.items()]
    project.write("features/bad.feature", "Feature: Bad\n\n" + "\n".join(scenarios))
    return without(project.folder, project.behave())


@pytest.mark.parametrize("name", BAD)
def test_a_mistake_is_an_error_in_a_sentence(name: str, outcome: Outcome) -> None:
    """Never failed, which would blame the system; never passed."""
    status, text = told(outcome, name)
    assert status in {"error", "hook_error"}
    assert re.sub(r"(bad\.feature):\d+", r"\1:LINE", text).startswith(BAD[name][1])


def test_no_traceback_is_shown(outcome: Outcome) -> None:
    """Not even beside the sentences."""
    assert "Traceback" not in outcome.output
    assert "sqlalche" not in outcome.output
