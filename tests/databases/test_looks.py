"""What one look at rows says: whether they fit, and in words why not."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from evtbdd.databases.described import sightings
from evtbdd.databases.looks import Judge, counts, holds_these, is_exactly, one_per
from evtbdd.expect.pattern import Pattern
from evtbdd.values.addresses import Address

PLACED = {"id": "ORD-1", "status": "placed", "total": 20}
SHIPPED = {"id": "ORD-2", "status": "shipped", "total": 30}
AGAIN = {"id": "ORD-2", "status": "shipped", "total": 31}
WHERE = "sqlite /shop.db"


def row(**columns: object) -> Pattern:
    return Pattern(fields=tuple((Address.parse(name), value) for name, value in columns.items()))


def but(judge: Judge, *rows: dict[str, object]) -> str:
    """What does not fit; empty where all does."""
    found = judge(sightings("orders", rows))
    assert found.met is not bool(found.but)
    return found.but


def met(judge: Judge, *rows: dict[str, object]) -> Sequence[int]:
    found = judge(sightings("orders", rows))
    assert found.met
    return [each.number for each in found.found]


def test_so_many_rows() -> None:
    """Of those that are described; what is met is them."""
    assert met(counts(Pattern(), 2, 2, WHERE), PLACED, SHIPPED) == [1, 2]
    assert met(counts(row(status="shipped"), 1, 1, WHERE), PLACED, SHIPPED) == [2]
    assert met(counts(row(status="shipped"), 1, None, WHERE), SHIPPED, AGAIN) == [1, 2]
    assert met(counts(row(status="lost"), 0, 0, WHERE), PLACED) == []


@pytest.mark.parametrize(
    ("judge", "rows", "said"),
    [
        (counts(Pattern(), 1, 1, WHERE), [], "it has no row (sqlite /shop.db)"),
        (
            counts(Pattern(), 2, None, WHERE),
            [PLACED],
            "it has only 1 row (sqlite /shop.db)\n"
            '  matched  #1 {"id":"ORD-1","status":"placed","total":20}',
        ),
        (
            counts(Pattern(), 1, 1, WHERE),
            [PLACED, SHIPPED],
            "it has 2 rows (sqlite /shop.db)\n"
            '  #1 {"id":"ORD-1","status":"placed","total":20}\n'
            '  #2 {"id":"ORD-2","status":"shipped","total":30}',
        ),
        (
            counts(row(id="ORD-1", status="shipped"), 1, 1, WHERE),
            [SHIPPED, PLACED],
            "of its 2 rows none fits (sqlite /shop.db)\n"
            '  nearest  #1 {"id":"ORD-2","status":"shipped","total":30}\n'
            '              id: "ORD-2", expected "ORD-1"\n'
            '  others   #2 {"id":"ORD-1","status":"placed","total":20}',
        ),
        (
            counts(row(status="shipped"), 1, 1, WHERE),
            [PLACED],
            "its one row does not fit (sqlite /shop.db)\n"
            '  nearest  #1 {"id":"ORD-1","status":"placed","total":20}\n'
            '              status: "placed", expected "shipped"',
        ),
        (
            counts(row(status="shipped"), 0, 0, WHERE),
            [PLACED, SHIPPED],
            "1 of its 2 rows fits (sqlite /shop.db)\n"
            '  #2 {"id":"ORD-2","status":"shipped","total":30}\n'
            '  others   #1 {"id":"ORD-1","status":"placed","total":20}',
        ),
        (
            counts(row(status="shipped"), 3, None, WHERE),
            [SHIPPED, PLACED, AGAIN],
            "only 2 of its 3 rows fit (sqlite /shop.db)\n"
            '  nearest  #2 {"id":"ORD-1","status":"placed","total":20}\n'
            '              status: "placed", expected "shipped"\n'
            '  matched  #1 {"id":"ORD-2","status":"shipped","total":30}; '
            '#3 {"id":"ORD-2","status":"shipped","total":31}',
        ),
    ],
)
def test_too_few_and_too_many(judge: Judge, rows: list[dict[str, object]], said: str) -> None:
    """The nearest row with its differences, or those that should not be there; then the others."""
    assert but(judge, *rows) == said


def test_these_rows_each_need_one_of_their_own() -> None:
    """Whatever fits twice is given where it is needed."""
    both = [row(status="shipped"), row(total=30)]
    assert sorted(met(holds_these(both, WHERE), AGAIN, SHIPPED, PLACED)) == [1, 2]
    assert but(holds_these(both, WHERE), SHIPPED, PLACED) == (
        "1 of these 2 rows is not there (sqlite /shop.db)\n"
        "  row 2: total = 30\n"
        '  nearest  #2 {"id":"ORD-1","status":"placed","total":20}\n'
        "              total: 20, expected 30\n"
        '  matched  #1 {"id":"ORD-2","status":"shipped","total":30}'
    )


def test_a_query_returns_these_rows_and_no_others() -> None:
    """In any order, unless it is ordered."""
    both = [row(id="ORD-2"), row(id="ORD-1")]
    assert met(is_exactly(both, WHERE, in_order=False), PLACED, SHIPPED) == [1, 2]
    assert met(is_exactly(both, WHERE, in_order=True), SHIPPED, PLACED) == [1, 2]
    assert but(is_exactly(both, WHERE, in_order=True), PLACED, SHIPPED) == (
        "they come in another order: row 2 (#1), row 1 (#2) (sqlite /shop.db)\n"
        '  matched  #1 {"id":"ORD-1","status":"placed","total":20}; '
        '#2 {"id":"ORD-2","status":"shipped","total":30}'
    )
    assert but(is_exactly(both, WHERE, in_order=False), PLACED, SHIPPED, AGAIN) == (
        "it returns 3 rows, 1 more than expected (sqlite /shop.db)\n"
        '  #3 {"id":"ORD-2","status":"shipped","total":31}\n'
        '  matched  #2 {"id":"ORD-2","status":"shipped","total":30}; '
        '#1 {"id":"ORD-1","status":"placed","total":20}'
    )
    assert but(is_exactly(both, WHERE, in_order=False), PLACED) == (
        "it returns 1 row, and 1 of the 2 expected is not among them (sqlite /shop.db)\n"
        '  row 1: id = "ORD-2"\n'
        '  matched  #1 {"id":"ORD-1","status":"placed","total":20}'
    )
    assert met(is_exactly([], WHERE, in_order=False)) == []


def test_one_row_per_value() -> None:
    """Where there are rows at all; numbers are the same by their size."""
    judge = one_per(Address.parse("id"), WHERE)
    assert met(judge, PLACED, SHIPPED) == [1, 2]
    assert but(judge) == "it has no row (sqlite /shop.db)"
    assert but(judge, SHIPPED, PLACED, AGAIN) == (
        '2 rows have id = "ORD-2" (sqlite /shop.db)\n'
        '  #1 {"id":"ORD-2","status":"shipped","total":30}\n'
        '  #3 {"id":"ORD-2","status":"shipped","total":31}\n'
        '  others   #2 {"id":"ORD-1","status":"placed","total":20}'
    )
    by_number = one_per(Address.parse("n"), WHERE)
    assert but(by_number, {"n": 1}, {"n": 1.0}).startswith("2 rows have n = 1 (")
    assert met(by_number, {"n": 1}, {"n": "1"}, {"n": True}) == [1, 2, 3]


def test_many_rows_are_told_in_short() -> None:
    """Nobody reads ten thousand."""
    rows = [{"id": number} for number in range(10_000)]
    said = but(counts(row(id=-1), 1, 1, WHERE), *rows)
    assert said.split("\n")[0] == "of its 10000 rows none fits (sqlite /shop.db)"
    assert said.endswith('#7 {"id":6}; and 9993 more')
    assert len(said.split("\n")) == 4
