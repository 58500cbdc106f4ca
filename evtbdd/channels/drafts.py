"""From the table or text below a step to the events that it describes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from evtbdd.channels.declaration import Declaration
from evtbdd.channels.message import Draft
from evtbdd.errors import PhraseError
from evtbdd.events import MISSING
from evtbdd.phrases import Data
from evtbdd.tables import Fields, document, located, one_event, several_events
from evtbdd.values.render import show
from evtbdd.values.store import Values
from evtbdd.words import listed


def draft_of(data: Data, base: Draft, declaration: Declaration, values: Values) -> Draft:
    """The one event that stands below a step, on top of what the step itself says."""
    if data.text is not None:
        with located(*data.location):
            return replace(base, payload=_text(data, declaration, values), said_payload=True)
    if data.table is not None:
        return _drafted(one_event(data), base, data.location[0], values)
    return base


def drafts_of(data: Data, base: Draft, values: Values) -> Iterator[Draft]:
    """The events of a table, one a row; placeholders are made fresh for each."""
    for fields in several_events(data):
        yield _drafted(fields, base, data.location[0], values)
        values.next_event()


def _text(data: Data, declaration: Declaration, values: Values) -> object:
    if declaration.codec == "text":
        return values.text(data.text or "")
    if declaration.codec == "bytes":
        sent = values.key(data.text or "")
        return sent.encode() if isinstance(sent, str) else sent
    return document(data, values.sent_document)


def _drafted(fields: Fields, base: Draft, filename: str, values: Values) -> Draft:
    draft = replace(base, headers=dict(base.headers), properties=dict(base.properties))
    payload: object = MISSING
    for cell in fields:
        with located(filename, cell.line):
            if cell.at.fact_name is None:
                payload = cell.at.into(payload, values.sent(cell.text))
            else:
                _place(draft, cell.at.fact_name, values.key(cell.text))
    if payload is not MISSING:
        draft.payload, draft.said_payload = payload, True
    return draft


def _place(draft: Draft, fact: str, value: str | bytes) -> None:
    """Put a key, a type or a header where it belongs; the rest is the broker's to say."""
    if fact.startswith("header."):
        draft.headers[fact.removeprefix("header.")] = value
        return
    known = fact in {"key", "type", "routing_key"} or fact in draft.takes
    if not known or (fact != "key" and isinstance(value, bytes)):
        given = ["@key", "@type", "@routing_key", "@header.NAME"]
        given += [f"@{each}" for each in sorted(draft.takes)]
        raise PhraseError(f"@{fact} cannot be published; what can be given are {listed(given)}.")
    if fact in draft.takes:
        draft.properties[fact] = str(value)
        return
    before = getattr(draft, fact)
    if before is not None and before != value:
        raise PhraseError(f"@{fact} is {show(value)} here, and {show(before)} in the step.")
    setattr(draft, fact, value)
