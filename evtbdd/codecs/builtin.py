"""The codecs that evtbdd brings: json, text and bytes."""

from __future__ import annotations

import json
import math
from decimal import Decimal

from evtbdd.errors import PhraseError
from evtbdd.events import Headers


class JsonCodec:
    """JSON (RFC 8259) in UTF-8, compact, the names of an object in the order they were given."""

    def encode(self, value: object) -> bytes:
        """The bytes of a JSON value; PhraseError for what JSON has no word for."""
        try:
            text = json.dumps(
                value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_refuse
            )
            return text.encode()
        except UnicodeEncodeError as error:
            raise PhraseError(
                "JSON cannot hold half a surrogate pair, as this payload does: "
                f"{error.object[error.start : error.end]!a}."
            ) from error
        except (ValueError, RecursionError) as error:
            raise PhraseError(f"JSON cannot hold this payload: {_unfit(error)}.") from error

    def decode(self, data: bytes, headers: Headers) -> object:  # noqa: ARG002 - Codec's promise
        """The JSON value; a byte order mark before it is passed over."""
        try:
            return _STRICT.decode(data.decode("utf-8-sig"))
        except json.JSONDecodeError as error:
            reason = f"{error.msg.rstrip(': ')} at line {error.lineno} column {error.colno}"
            raise ValueError(f"no JSON: {reason}") from error
        except UnicodeDecodeError as error:
            raise ValueError(f"no JSON: {_no_utf8(error)}") from error
        except ValueError as error:
            raise ValueError(f"no JSON: {error}") from error
        except RecursionError as error:
            raise ValueError("no JSON: nested too deeply") from error


class TextCodec:
    """Text in UTF-8."""

    def encode(self, value: object) -> bytes:
        """The bytes of a text; a number becomes its text; PhraseError for anything else."""
        if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
            return str(value).encode()
        if not isinstance(value, str):
            raise PhraseError(
                f"A channel whose codec is text takes text, and not {_kind(value)}; "
                'write the text in quotes, or set "codec = json" for the channel.'
            )
        try:
            return value.encode()
        except UnicodeEncodeError as error:
            raise PhraseError(
                "A text cannot hold half a surrogate pair, as this payload does: "
                f"{error.object[error.start : error.end]!a}."
            ) from error

    def decode(self, data: bytes, headers: Headers) -> object:  # noqa: ARG002 - Codec's promise
        """The text."""
        try:
            return data.decode()
        except UnicodeDecodeError as error:
            raise ValueError(f"no text: {_no_utf8(error)}") from error


class BytesCodec:
    """Bytes as they are; a text is sent as its UTF-8."""

    def encode(self, value: object) -> bytes:
        """The bytes themselves, or the UTF-8 of a text; PhraseError for anything else."""
        if isinstance(value, bytes):
            return value
        if isinstance(value, str):
            return value.encode(errors="surrogatepass")
        raise PhraseError(
            f"A channel whose codec is bytes takes bytes or text, and not {_kind(value)}; "
            "write ${base64 …} or ${bytes from FILE}."
        )

    def decode(self, data: bytes, headers: Headers) -> object:  # noqa: ARG002 - Codec's promise
        """The bytes; nothing is undecodable."""
        return data


def _refuse(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise PhraseError(
        f"JSON cannot hold {_kind(value)}, as this payload does; write text, "
        'or set "codec = bytes" for the channel.'
    )


def _unfit(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if "Out of range" in str(error):
        return "NaN and Infinity are no JSON numbers"
    return str(error)


def _kind(value: object) -> str:
    if value is None:
        return "null"
    return _KINDS.get(type(value), f"a {type(value).__name__}")


_KINDS = {
    bytes: "bytes",
    str: "a text",
    dict: "an object",
    list: "a list",
    bool: "a boolean",
    int: "a number",
    float: "a number",
}


def _no_utf8(error: UnicodeDecodeError) -> str:
    return f"byte {error.object[error.start]:02x} at position {error.start} is no UTF-8"


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{text} is too large a number")
    return number


def _constant(text: str) -> object:
    raise ValueError(f"{text} is no JSON number")


_STRICT = json.JSONDecoder(parse_float=_finite, parse_constant=_constant)
