"""From what stands below a step to the rows that are put in or expected."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import cast

from evtbdd.errors import PhraseError
from evtbdd.events import MISSING, Event, Position, Reading, Record
from evtbdd.expect.described import pattern_of, patterns_of
from evtbdd.expect.pattern import ANYTHING, Pattern
from evtbdd.expect.sighting import Sighting
from evtbdd.expect.source import Source
from evtbdd.phrases import Data
from evtbdd.tables import document, located, several_events
from evtbdd.values.addresses import Address
from evtbdd.values.store import Values
from evtbdd.words import quoted


def row_pattern(data: Data, values: Values) -> Pattern:
    """The one row that is described below a step; without data any row."""
    pattern = pattern_of(data, Pattern(), values)
    _require_columns([pattern], data)
    return pattern


def row_patterns(data: Data, values: Values) -> Sequence[Pattern]:
    """The rows that are described below a step: by a table, or by a JSON list of objects."""
    if data.text is None:
        patterns = patterns_of(data, Pattern(), values)
    else:
        with located(*data.location):
            found = document(data, values.expected_document)
        if not isinstance(found, list):
            filename, line = data.location
            raise PhraseError(
                f'{filename}:{line}: rows are a JSON list of objects, as in [{{"id": 1}}], or a '
                "table whose columns are theirs."
            )
        patterns = [Pattern(payload=each) for each in found]
    _require_columns(patterns, data)
    return patterns


def new_rows(data: Data, values: Values) -> Sequence[Mapping[str, object]]:
    """The rows of a table that are put in, each as its columns; placeholders fresh for each."""
    filename, _ = data.location
    rows = []
    for fields in several_events(data):
        row: object = MISSING
        for cell in fields:
            with located(filename, cell.line):
                _require_column(cell.at)
                row = cell.at.into(row, values.sent(cell.text))
        rows.append(cast("Mapping[str, object]", row))  # every address begins with a name
        values.next_event()
    return rows


def columns(patterns: Sequence[Pattern]) -> Collection[str]:
    """The columns that are spoken of, each once, in their order."""
    named = [str(at.steps[0]) for each in patterns for at, _ in each.fields]
    payloads = [each.payload for each in patterns if isinstance(each.payload, Mapping)]
    return dict.fromkeys([*named, *(str(name) for payload in payloads for name in payload)])


def column(text: str) -> Address:
    """The address of a column, or of a place within one. PhraseError for another one."""
    address = Address.parse(text)
    _require_column(address)
    return address


class Rows(Source):
    """What holds rows, as a person says it: `the table "orders"`."""

    noun = "row"
    at = "in"


def sightings(table: str, rows: Sequence[Mapping[str, object]]) -> Sequence[Sighting]:
    """Rows as what patterns are held against: their payload is an object of their columns.

    `table` is what they are in, as a person says it.
    """
    return [
        Sighting(number, 0.0, _as_event(Rows(table), number, row))
        for number, row in enumerate(rows, 1)
    ]


def _as_event(table: str, number: int, row: Mapping[str, object]) -> Event:
    record = Record(
        channel=table,
        key=None,
        value=b"",
        headers=(),
        position=Position(table, number),
        timestamp=0.0,
        where=f"row {number}",
    )
    return Event(record, table, Reading(lambda *_: row, lambda _: None))


def _require_columns(patterns: Sequence[Pattern], data: Data) -> None:
    with located(*data.location):
        for each in patterns:
            if each.type is not None:
                raise PhraseError(_no_column("@type"))
            for at, _ in each.fields:
                _require_column(at)
            if each.payload is not ANYTHING and not isinstance(each.payload, Mapping):
                raise PhraseError('A row is a JSON object, as in {"id": 1}.')


def _require_column(at: Address) -> None:
    if not at.is_payload or not at.steps or not isinstance(at.steps[0], str):
        raise PhraseError(_no_column(at.text))


def _no_column(text: str) -> str:
    return f"{quoted(text)} cannot be said of a row: it has columns, and nothing around them."
