"""What a text of SQL is, without asking a server."""

from __future__ import annotations

import pytest

from evtbdd.databases.sql import begins_with, is_ordered, statements


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SELECT 1", ["SELECT 1"]),
        ("SELECT 1;", ["SELECT 1"]),
        ("SELECT ';'; SELECT 2", ["SELECT ';'", "SELECT 2"]),
        ("SELECT 'it''s; so'", ["SELECT 'it''s; so'"]),
        ('SELECT "a;b" -- and; this\n, `c;d`', ['SELECT "a;b" -- and; this\n, `c;d`']),
        ("SELECT 1; -- nothing; follows", ["SELECT 1"]),
        ("/* ; */ DELETE FROM a", ["/* ; */ DELETE FROM a"]),
        ("DO $$ BEGIN; END $$; SELECT 1", ["DO $$ BEGIN; END $$", "SELECT 1"]),
        ("DO $x$ a; $$ b; $x$", ["DO $x$ a; $$ b; $x$"]),
        (" ;; ", []),
        ("", []),
    ],
)
def test_statements_end_with_a_semicolon_outside_of_quotes(text: str, found: list[str]) -> None:
    """In quotes and comments it is text."""
    assert list(statements(text)) == found


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("select 1", "SELECT"),
        ("  (SELECT 1) UNION (SELECT 2)", "SELECT"),
        ("-- first\n/* then */ With x AS (SELECT 1) SELECT * FROM x", "WITH"),
        ("DELETE FROM orders", "DELETE"),
        ("'SELECT'", ""),
        ("", ""),
    ],
)
def test_the_first_word_says_what_it_does(text: str, word: str) -> None:
    """Comments and brackets before it do not."""
    assert begins_with(text) == word


@pytest.mark.parametrize(
    ("text", "ordered"),
    [
        ("SELECT id FROM orders ORDER BY id", True),
        ("SELECT id FROM orders order\n by id LIMIT 3", True),
        ("SELECT id FROM (SELECT id FROM orders ORDER BY (id)) AS o", False),
        ("SELECT row_number() OVER (ORDER BY id) FROM orders", False),
        ("SELECT 'ORDER BY' FROM orders -- ORDER BY id", False),
    ],
)
def test_only_the_outermost_order_orders_the_rows(text: str, ordered: bool) -> None:
    """One inside of brackets is of something else."""
    assert is_ordered(text) is ordered
