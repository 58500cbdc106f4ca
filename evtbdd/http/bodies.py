"""Bodies of requests, responses and messages: bytes and what they mean, by their content type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from email.message import Message
from urllib.parse import parse_qs, urlencode

from evtbdd.codecs.builtin import JsonCodec
from evtbdd.errors import PhraseError
from evtbdd.events import Headers, Reading
from evtbdd.values.render import show

LARGEST = 10_000_000
"""Bytes of a body that are kept; of a larger one only the beginning is."""

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
TEXT = "text/plain; charset=utf-8"
BYTES = "application/octet-stream"
_json = JsonCodec()


def header(headers: Headers, name: str) -> str | None:
    """The last header of that name, whatever its case; None where there is none."""
    found = [value for each, value in headers if each.lower() == name and value is not None]
    return found[-1].decode("latin-1") if found else None


def content_type(headers: Headers) -> tuple[str, str]:
    """`application/json` and `utf-8`: the kind without parameters, "" for none, and the charset."""
    said = Message()
    said["content-type"] = header(headers, "content-type") or ""
    kind = said["content-type"].partition(";")[0].strip().lower()
    return kind, said.get_content_charset() or "utf-8"


def decode(data: bytes, headers: Headers) -> object:
    """What a body means: JSON, a form as an object, text, or bytes; "" for an empty one.

    Without a content type it is JSON where it can be, else text, else bytes. Raises ValueError for
    what is not what its content type says.
    """
    kind, charset = content_type(headers)
    if not data:
        return ""
    if kind == JSON or kind.endswith("+json"):
        return _json.decode(data, headers)
    if kind == FORM:
        return _form(_text(data, charset))
    if kind.startswith("text/") or kind.endswith("xml"):
        return _text(data, charset)
    return data if kind else guessed(data)


def guessed(data: bytes) -> object:
    """JSON where it can be, else text, else the bytes."""
    try:
        return _json.decode(data, ())
    except ValueError:
        try:
            return data.decode()
        except UnicodeDecodeError:
            return data


def reading(
    understood: Callable[[bytes, Headers], object] = decode, *, whole: bool = True
) -> Reading:
    """How a body is read; one of which only the beginning was kept is not."""
    return Reading(understood if whole else _too_large, lambda _: None)


def _too_large(data: bytes, headers: Headers) -> object:
    del data, headers
    raise ValueError(f"it is larger than the {LARGEST} bytes that evtbdd keeps")


def encode(payload: object, kind: str | None) -> tuple[bytes, str]:
    """The bytes of a payload, and their content type: the given one, or what suits it.

    A text is sent as it is unless JSON is asked for; an object is a form where that is asked for.
    PhraseError for what the content type has no way to hold.
    """
    plain = "" if kind is None else kind.partition(";")[0].strip().lower()
    if isinstance(payload, bytes):
        return payload, kind or BYTES
    if plain == FORM and isinstance(payload, Mapping):
        return _as_form(payload), kind or FORM
    if isinstance(payload, str) and not (plain == JSON or plain.endswith("+json")):
        return payload.encode(errors="surrogatepass"), kind or TEXT
    return _json.encode(payload), kind or JSON


def _text(data: bytes, charset: str) -> str:
    try:
        return data.decode(charset)
    except (UnicodeDecodeError, LookupError) as error:
        raise ValueError(f"no text in {charset}") from error


def _form(text: str) -> dict[str, object]:
    """A name that stands there several times has a list."""
    try:
        found = parse_qs(text, keep_blank_values=True, strict_parsing=True, errors="strict")
    except ValueError as error:
        raise ValueError("no form: it is written name=value&name=value") from error
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def _as_form(payload: Mapping[str, object]) -> bytes:
    for name, value in payload.items():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, Mapping | list):
                raise PhraseError(f"A form holds texts, and {name} is {show(value)}.")
    said = {
        name: [_plain(each) for each in (value if isinstance(value, list) else [value])]
        for name, value in payload.items()
    }
    return urlencode(said, doseq=True).encode()


def _plain(value: object) -> object:
    """A value as a form writes it: a text as it is, `true`, `42`; null is empty."""
    if value is None:
        return ""
    return value if isinstance(value, str | bytes) else show(value)
