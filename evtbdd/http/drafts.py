"""From the table or text below a step to what is sent: a body, headers, a query."""

from __future__ import annotations

from dataclasses import dataclass

from evtbdd.errors import PhraseError
from evtbdd.events import MISSING
from evtbdd.http.bodies import encode
from evtbdd.phrases import Data
from evtbdd.tables import document, located, one_event
from evtbdd.values.store import Values

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """What a step says of a request or an answer. No body is None."""

    body: bytes | None = None
    headers: Pairs = ()
    query: Pairs = ()


def draft_of(data: Data, values: Values, *, query: bool) -> Draft:
    """The body of a docstring, or the fields, `@header.NAME` and `@query.NAME` of a table.

    `query`: whether it can have one. PhraseError for another fact around the body.
    """
    if data.text is not None:
        with located(*data.location):
            body, kind = encode(text_or_document(data, values), None)
        return Draft(body, (("content-type", kind),) if body else ())
    if data.table is None:
        return Draft()
    return _of_table(data, values, query=query)


def text_or_document(data: Data, values: Values) -> object:
    """What a docstring means: JSON where it begins like an object or a list, else its text.

    A placeholder alone is its value: text, bytes or anything else.
    """
    text = (data.text or "").strip()
    if text.startswith(("{", "[")):
        return document(data, values.sent_document)
    if text.startswith("${") and text.endswith("}"):
        return values.sent(text)
    return values.text(data.text or "")


def _of_table(data: Data, values: Values, *, query: bool) -> Draft:
    payload: object = MISSING
    headers: list[tuple[str, str]] = []
    asked: list[tuple[str, str]] = []
    filename, line = data.location
    for cell in one_event(data):
        with located(filename, cell.line):
            kind, _, name = (cell.at.fact_name or "").partition(".")
            if cell.at.is_payload:
                payload = cell.at.into(payload, values.sent(cell.text))
            elif kind == "header":
                headers.append(_header(name.lower(), values.text(cell.text)))
            elif kind == "query" and name and query:
                asked.append((name, values.text(cell.text)))
            else:
                given = "@header.NAME and @query.NAME" if query else "@header.NAME"
                raise PhraseError(f"{cell.at.text} cannot be sent; what can be given are {given}.")
    if payload is MISSING:
        return Draft(None, tuple(headers), tuple(asked))
    with located(filename, line):
        body, kind = encode(payload, dict(headers).get("content-type"))
    if "content-type" not in dict(headers):
        headers.append(("content-type", kind))
    return Draft(body, tuple(headers), tuple(asked))


def _header(name: str, value: str) -> tuple[str, str]:
    if not all(each and each.isprintable() and each.isascii() for each in (name, value or "-")):
        raise PhraseError("A header holds printable ASCII on one line, and nothing else.")
    if name in {"content-length", "transfer-encoding"}:
        raise PhraseError(f"@header.{name} follows from the body, and cannot be given.")
    return name, value


def message_of(data: Data, values: Values) -> str | bytes:
    """What stands below a step as one message: bytes as they are, all else as text."""
    if data.text is not None:
        with located(*data.location):
            payload = text_or_document(data, values)
            return payload if isinstance(payload, bytes) else encode(payload, None)[0].decode()
    draft = _of_table(data, values, query=False)
    if draft.headers[1:] or draft.body is None:
        filename, line = data.location
        raise PhraseError(f"{filename}:{line}: a message has a payload, and nothing around it.")
    return draft.body.decode()
