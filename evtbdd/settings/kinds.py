"""The kinds of value that a setting can have: functions from its text, as it is written, to it.

Each raises ValueError with a clause that quotes the text (`"x" is not a whole number`).
Placeholders `${…}` are left as they are in texts, words, lines and lists; elsewhere they do not fit.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from types import MappingProxyType

from evtbdd.words import listed, quoted

Kind = Callable[[str], object]

_SECONDS = {"ms": 0.001, "second": 1.0, "seconds": 1.0, "minute": 60.0, "minutes": 60.0}
_PLACEHOLDER = re.compile(r"\$\{(?:[^{}]|\{[^{}]*\})*\}")


def text(value: str) -> str:
    """The text itself."""
    return value


def secret_file(value: str) -> str:
    """The path of a file that holds a secret; relative to the folder of the settings."""
    return value


def yes_no(value: str) -> bool:
    """`yes` or `no`; `true`, `on` and `1`, `false`, `off` and `0` are understood too."""
    word = value.lower()
    if word in ("yes", "true", "on", "1"):
        return True
    if word in ("no", "false", "off", "0"):
        return False
    raise ValueError(f"{_said(value)} is neither yes nor no")


def duration(value: str) -> float:
    """Seconds, of `500 ms`, `1.5 seconds`, `2 minutes`, as in the phrases; zero is allowed."""
    found = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,9})?) +(\w+)", value)
    if not found or found[2] not in _SECONDS:
        raise ValueError(f"{_said(value)} is not a time such as 500 ms, 1.5 seconds or 2 minutes")
    return float(found[1]) * _SECONDS[found[2]]


def patience(value: str) -> float:
    """A duration of more than zero seconds."""
    seconds = duration(value)
    if seconds == 0:
        raise ValueError(f"{_said(value)}: a time must be more than zero")
    return seconds


def whole_number(value: str) -> int:
    """A whole number, zero or more."""
    if not re.fullmatch("[0-9]{1,19}", value):
        raise ValueError(f"{_said(value)} is not a whole number")
    return int(value)


def count(value: str) -> int:
    """A whole number, one or more."""
    number = whole_number(value)
    if number == 0:
        raise ValueError(f"{_said(value)} is not 1 or more")
    return number


def number(value: str) -> float:
    """A number such as 2 or 1.5, zero or more."""
    if not re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]{1,9})?", value):
        raise ValueError(f"{_said(value)} is not a number")
    return float(value)


def choice(*words: str) -> Callable[[str], str]:
    """The kind of a value that is one of these words."""

    def one_of(value: str) -> str:
        if value not in words:
            raise ValueError(f"{_said(value)} is not {listed(words, 'or')}")
        return value

    return one_of


def words(value: str) -> tuple[str, ...]:
    """Words as a shell would split them; a placeholder never is split."""
    kept: list[str] = []

    def keep(found: re.Match[str]) -> str:
        kept.append(found[0])
        return f"\x00{len(kept) - 1}\x00"

    try:
        pieces = shlex.split(_PLACEHOLDER.sub(keep, value))
    except ValueError as error:
        reason = str(error).lower()
        raise ValueError(f"{_said(value)} cannot be split into words: {reason}") from error
    return tuple(re.sub("\x00([0-9]+)\x00", lambda mark: kept[int(mark[1])], p) for p in pieces)


def names_and_values(value: str) -> Mapping[str, str]:
    """Lines `NAME = value`, in their order; empty lines are passed over."""
    pairs: dict[str, str] = {}
    for line in filter(None, map(str.strip, value.splitlines())):
        name, equals, given = (part.strip() for part in line.partition("="))
        if not equals or not name:
            raise ValueError(f"{_said(line)} is not a line NAME = value")
        if name in pairs:
            raise ValueError(f"{quoted(name)} has a value twice")
        pairs[name] = given
    return MappingProxyType(pairs)


def comma_list(value: str) -> tuple[str, ...]:
    """Items between commas or on lines of their own, each once; none is empty."""
    items = tuple(item.strip() for item in re.split(r",\s*\n|[,\n]", value))
    if items == ("",):
        return ()
    if "" in items:
        raise ValueError(f"{_said(value)} has nothing between two commas")
    twice = [item for place, item in enumerate(items) if item in items[:place]]
    if twice:
        raise ValueError(f"{quoted(twice[0])} stands there twice")
    return items


def host_and_port(value: str) -> tuple[str, int]:
    """`HOST:PORT`; an IPv6 address stands in square brackets, which are taken off."""
    found = re.fullmatch(r"(?:\[([0-9A-Fa-f:.]+)\]|([^\s:/\[\]]+)):([0-9]{1,5})", value)
    if not found or not 0 < int(found[3]) < 65536:
        raise ValueError(f"{_said(value)} is not an address HOST:PORT")
    return found[1] or found[2], int(found[3])


def _said(value: str) -> str:
    """The text in quotes and on one line, for a message."""
    return quoted(" ".join(value.split()))
