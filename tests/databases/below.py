"""What stands below a step, as tests write it."""

from __future__ import annotations

from evtbdd.phrases import Data
from evtbdd.phrases.data import Row, Table


def table(headings: str, *rows: str) -> Data:
    """A table below a step, its cells parted by `|`."""
    cells = [tuple(map(str.strip, row.split("|"))) for row in (headings, *rows)]
    lines = tuple(Row(row, number) for number, row in enumerate(cells[1:], 11))
    return Data(Table(cells[0], lines), None, ("orders.feature", 10), "with")


def text(document: str) -> Data:
    """A text below a step."""
    return Data(None, document, ("orders.feature", 10), "")


NOTHING = Data(None, None, ("orders.feature", 9), None)
