"""JSON documents below a step or in a file, in which placeholders may stand bare."""

from __future__ import annotations

import json
import math
import re

from evtbdd.values.quoting import Quoted, quote_placeholders


class DocumentError(ValueError):
    """A text that must be JSON and is not.

    `line` and `column` count from 1 within the text as it was written; `reason` is a part of a
    sentence, like `expected ',' or '}'`.
    """

    def __init__(self, line: int, column: int, reason: str) -> None:
        super().__init__(f"{reason} at line {line}, column {column}")
        self.line = line
        self.column = column
        self.reason = reason


def parse_document(text: str) -> object:
    """The JSON value of `text`; a placeholder outside of quotes is read as if it stood in quotes.

    So `{"id": ${uuid}}` and `{"id": "${uuid}"}` are the same, and a placeholder in quotes may hold
    quotes of its own. What is returned still holds the placeholders. Raises `DocumentError`.
    """
    try:
        return _read(Quoted.unchanged(text), text)
    except DocumentError:
        if "${" not in text:
            raise
    return _read(quote_placeholders(text), text)


def _read(plain: Quoted, text: str) -> object:
    """The JSON value of `plain`, which was made of `text`."""
    try:
        return _DECODER.decode(plain.text)
    except json.JSONDecodeError as error:
        position, reason = _explained(error, plain.text)
        raise _error_at(text, plain.original(position), reason) from error
    except _NoJSON as error:
        place = plain.original(_outside_strings(plain.text, error.word))
        raise _error_at(text, place, error.reason) from error
    except ValueError as error:  # an integer of more digits than Python converts
        digits = _MANY_DIGITS.search(text)
        start = digits.start() if digits else 0
        raise _error_at(text, start, "the number has too many digits") from error
    except RecursionError as error:
        raise _error_at(text, 0, "it is nested too deeply") from error


class _NoJSON(ValueError):
    """Python's json reads it, JSON has no such value."""

    def __init__(self, word: str, reason: str) -> None:
        super().__init__(reason)
        self.word = word
        self.reason = reason


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise _NoJSON(text, f"{text} is too large a number")
    return number


def _constant(text: str) -> object:
    raise _NoJSON(text, f"{text} is no JSON value")


def _error_at(text: str, position: int, reason: str) -> DocumentError:
    line = text.count("\n", 0, position) + 1
    column = position - (text.rfind("\n", 0, position) + 1) + 1
    return DocumentError(line, column, reason)


_DECODER = json.JSONDecoder(parse_float=_finite, parse_constant=_constant)
_REASONS = {
    "Expecting value": "expected a value",
    "Expecting property name enclosed in double quotes": "expected a name in double quotes",
    "Expecting ':' delimiter": "expected ':'",
    "Extra data": "expected nothing after the end of the value",
    "Unterminated string starting at": "the text that begins here is never closed by a quote",
    "Invalid control character at": "a line break or tab within a text is written \\n or \\t",
    "Invalid \\escape": "a backslash within a text is written \\\\",
    "Invalid \\uXXXX escape": "expected four hexadecimal digits after \\u",
}


def _explained(error: json.JSONDecodeError, text: str) -> tuple[int, str]:
    """Where and what is wrong, whichever version of Python says it."""
    message, position = error.msg.rstrip(": "), error.pos
    if message.startswith("Illegal trailing comma"):  # since 3.13, which points at the comma
        position += 1
        message = "Expecting value"
        if _closing(text, position) == "}":
            message = "Expecting property name enclosed in double quotes"
    if message.startswith(("Expecting", "Extra")):
        while text[position : position + 1].isspace():
            position += 1
    if text.startswith("${", position):  # all that are closed stand in quotes by now
        return position, "the placeholder that begins here is never closed by }"
    if message == "Expecting ',' delimiter":
        return position, f"expected ',' or '{_closing(text, position)}'"
    return position, _REASONS.get(message, message)


_MANY_DIGITS = re.compile(r"\d{4300,}")
_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*"|[][{}]|-?Infinity|NaN|[-+.0-9eE]+', re.DOTALL)


def _closing(text: str, position: int) -> str:
    """The bracket that closes what is open at `position`."""
    open_brackets: list[str] = []
    for token in _TOKENS.finditer(text, 0, position):
        if token[0] in ("{", "["):
            open_brackets.append(token[0])
        elif token[0] in ("}", "]"):
            open_brackets.pop()
    return "}" if open_brackets[-1] == "{" else "]"


def _outside_strings(text: str, word: str) -> int:
    return next(t.start() for t in _TOKENS.finditer(text) if t[0] == word)
