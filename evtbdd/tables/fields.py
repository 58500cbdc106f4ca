"""Tables that describe events: `field | value` for one, addresses as columns for several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from evtbdd.errors import PhraseError
from evtbdd.phrases import Data, Table
from evtbdd.tables.located import located
from evtbdd.values.addresses import Address
from evtbdd.words import counted

ONE = ("field", "value")


@dataclass(frozen=True, slots=True)
class Cell:
    """What a table says of one address, as written."""

    at: Address
    text: str
    line: int


Fields = Sequence[Cell]
"""What a table says of one event."""


def one_event(data: Data) -> Fields:
    """The only event that a table describes. PhraseError where it describes several, or none."""
    described = several_events(data)
    if len(described) != 1:
        filename, line = data.location
        raise PhraseError(
            f"{filename}:{line}: the step speaks of one event, and the table describes "
            f"{counted(len(described), 'event')}. A table for one event is headed field | value, "
            "with a row for each field."
        )
    return described[0]


def several_events(data: Data) -> Sequence[Fields]:
    """The events that a table describes, one or more. PhraseError where a heading is no address."""
    filename, line = data.location
    table = data.table
    if table is None:
        raise PhraseError(
            f"{filename}:{line}: the step needs a table whose columns are addresses, "
            "with a row for each event."
        )
    if not table.rows:
        each = "field" if table.headings == ONE else "event"
        raise PhraseError(
            f"{filename}:{line}: the table has only its heading; it needs a row for each {each}."
        )
    if table.headings == ONE:
        return [_transposed(table, filename)]
    if len(table.headings) == 2 and _looks_like_one(table.headings):
        raise PhraseError(
            f"{filename}:{line}: the table is headed {' | '.join(table.headings)}; "
            "a table for one event is headed field | value."
        )
    with located(filename, line):
        columns = [Address.parse(heading) for heading in table.headings]
    if len(set(columns)) < len(columns):
        raise PhraseError(f"{filename}:{line}: a column stands there twice.")
    return [
        [Cell(at, text, row.line) for at, text in zip(columns, row.cells, strict=True)]
        for row in table.rows
    ]


def _transposed(table: Table, filename: str) -> Fields:
    cells: list[Cell] = []
    for row in table.rows:
        with located(filename, row.line):
            at = Address.parse(row.cells[0])
            if at in {cell.at for cell in cells}:
                raise PhraseError(f"{at.text} is described twice.")
            cells.append(Cell(at, row.cells[1], row.line))
    return cells


def _looks_like_one(headings: Sequence[str]) -> bool:
    likeness = [
        SequenceMatcher(None, heading.lower(), meant).ratio()
        for heading, meant in zip(headings, ONE, strict=True)
    ]
    return min(likeness) >= 0.6
