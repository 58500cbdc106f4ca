"""From the table or text below a step to the patterns of the events that are expected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hamcrest.core.matcher import Matcher

from evtbdd.errors import PhraseError
from evtbdd.events import MISSING
from evtbdd.expect.pattern import Pattern
from evtbdd.phrases import Data
from evtbdd.tables import Fields, document, located, one_event, several_events
from evtbdd.values.render import show
from evtbdd.values.store import Values


def pattern_of(data: Data, base: Pattern, values: Values, *, as_text: bool = False) -> Pattern:
    """The one event that stands below a step; `equal to:` compares all of its payload.

    `as_text`: the channel's payloads are text, and a docstring is one, as it stands there.
    """
    exactly = data.form == "equal to"
    if data.text is not None:
        with located(*data.location):
            payload = (
                values.text(data.text) if as_text else document(data, values.expected_document)
            )
        return replace(base, payload=payload, exactly=exactly)
    if data.table is not None:
        described = _described(one_event(data), base, data.location[0], values)
        with located(*data.location):
            return _whole(described) if exactly else described
    return base


def patterns_of(data: Data, base: Pattern, values: Values) -> Sequence[Pattern]:
    """The events of a table, one a row."""
    if data.table is None:
        filename, line = data.location
        raise PhraseError(
            f"{filename}:{line}: the step needs a table whose columns are addresses, "
            "with a row for each event."
        )
    patterns = []
    for fields in several_events(data):
        patterns.append(_described(fields, base, data.location[0], values))
        values.next_event()
    return patterns


def _described(fields: Fields, base: Pattern, filename: str, values: Values) -> Pattern:
    pattern = base
    for cell in fields:
        with located(filename, cell.line):
            as_written = _is_text(cell.at.fact_name)
            expected = (
                _expected_text(cell.text, values) if as_written else values.expected(cell.text)
            )
            if cell.at.fact_name == "type" and isinstance(expected, str):
                pattern = _typed(pattern, expected)
            else:
                pattern = replace(pattern, fields=(*pattern.fields, (cell.at, expected)))
    return pattern


def _is_text(fact: str | None) -> bool:
    """Whether an address holds text as written, so that 42 is not parsed to a number."""
    return fact is not None and (
        fact in {"key", "type", "routing_key", "channel", "method", "path"}
        or fact.startswith(("header.", "query."))
    )


def _expected_text(text: str, values: Values) -> object:
    """A text as written, or the matcher that a placeholder alone stands for."""
    found = values.expected(text)
    return found if isinstance(found, Matcher) else values.key(text)


def _typed(pattern: Pattern, kind: str) -> Pattern:
    if pattern.type not in {None, kind}:
        raise PhraseError(f"@type is {show(kind)} here, and {show(pattern.type)} in the step.")
    return replace(pattern, type=kind)


def _whole(pattern: Pattern) -> Pattern:
    """The same, with the fields of the payload put together to all of it."""
    payload: object = MISSING
    for at, expected in pattern.fields:
        if at.is_payload:
            payload = at.into(payload, expected)
    facts = tuple((at, expected) for at, expected in pattern.fields if not at.is_payload)
    if payload is MISSING:
        return pattern
    return replace(pattern, fields=facts, payload=payload, exactly=True)
