r"""The kinds of value that a phrase can hold: how each is written, and what becomes of it.

Inside quotes `\"` and `\\` stand for `"` and `\`, any other backslash for itself; `${…}` is taken
whole, and may hold quotes and braces one level deep; `$${` is text. Every character can be read
in one way only, so that a text that does not fit is given up in linear time.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_PLACEHOLDER = r"\$\{(?:[^{}]|\{[^{}]*\})*\}"
_ESCAPED_DOLLAR = r"\$\$\{"
_SPECIAL = rf'(?:{_ESCAPED_DOLLAR}|{_PLACEHOLDER}|\$(?!\$?\{{)|\\["\\]|\\(?!["\\]))'
_INSIDE_QUOTES = rf'[^"\\$]*(?:{_SPECIAL}[^"\\$]*)*'
_UNESCAPED = re.compile(rf'({_ESCAPED_DOLLAR}|{_PLACEHOLDER})|\\(["\\])')
_SECONDS = {"ms": 0.001, "second": 1.0, "seconds": 1.0, "minute": 60.0, "minutes": 60.0}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of value: its name, the regular expression that it fits whole, and its conversion."""

    name: str
    regex: str
    convert: Callable[[str], object]


def unquote(text: str) -> str:
    r"""What stands between the quotes, meant: `say \"hi\"` is `say "hi"`; placeholders stay."""
    if "\\" not in text:
        return text
    return _UNESCAPED.sub(lambda found: found[1] or found[2], text)


def duration(text: str) -> float:
    """Seconds, of `500 ms`, `1 second`, `1.5 seconds`, `2 minutes`; zero too, see `Duration`."""
    if not _DURATION.fullmatch(text):
        raise ValueError(f"{text!r} is not a time such as 500 ms, 1.5 seconds or 2 minutes")
    number, unit = text.split(" ")
    return float(number) * _SECONDS[unit]


QUOTED = Kind("Quoted", _INSIDE_QUOTES, unquote)
NUMBER = Kind("Number", r"[0-9]{1,19}", int)
# Zero fits, and is refused when the step runs: a step that is only undefined would not say why.
DURATION = Kind("Duration", r"[0-9]{1,9}(?:\.[0-9]{1,9})? (?:ms|seconds?|minutes?)", duration)

KINDS = {
    kind.name: kind for kind in (NUMBER, DURATION)
}  # those that a phrase names; quotes are one

_DURATION = re.compile(DURATION.regex)
