"""Bare placeholders in a JSON text, put in quotes, so that a JSON parser can read it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from evtbdd.values.placeholders import end_of_placeholder


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a text: where it begins, and where what it was made of began (`origin`)."""

    start: int
    origin: int
    is_unchanged: bool


@dataclass(frozen=True, slots=True)
class Quoted:
    """A text whose placeholders are in quotes, and where its parts came from, in order."""

    text: str
    stretches: tuple[Stretch, ...]

    @staticmethod
    def unchanged(text: str) -> Quoted:
        """The text as it is."""
        return Quoted(text, (Stretch(0, 0, True),))

    def original(self, position: int) -> int:
        """Where the sign at `position` stood; for one within a placeholder, where that began."""
        stretch = next(s for s in reversed(self.stretches) if s.start <= position)
        return stretch.origin + (position - stretch.start if stretch.is_unchanged else 0)


def quote_placeholders(text: str) -> Quoted:
    """The text with its placeholders as they may stand in JSON.

    One outside of a string becomes a string; within a string, quotes and backslashes that are the
    placeholder's own are escaped. One that is never closed stays as it is.
    """
    pieces: list[str] = []
    stretches: list[Stretch] = []
    length, done, position, in_string = 0, 0, 0, False

    def add(piece: str, origin: int, is_unchanged: bool) -> None:
        nonlocal length
        pieces.append(piece)
        stretches.append(Stretch(length, origin, is_unchanged))
        length += len(piece)

    while found := (_IN_STRING if in_string else _OUTSIDE).search(text, position):
        position = found.end()
        if found[0] == '"':
            in_string = not in_string
        elif found[0] == "${" and (end := end_of_placeholder(text, found.start())):
            start = found.start()
            written = text[start:end]
            piece = _within_string(text, start, end) if in_string else json.dumps(written)
            if piece is not None:
                position = end
                add(text[done:start], done, True)
                add(piece, start, piece == written)
                done = end
    add(text[done:], done, True)
    return Quoted("".join(pieces), tuple(stretches))


_OUTSIDE = re.compile(r'"|\$\$\{|\$\{')
_IN_STRING = re.compile(r'"|\\.|\$\$\{|\$\{', re.DOTALL)


def _within_string(text: str, start: int, end: int) -> str | None:
    """How a placeholder is written in a JSON string; None if the string ends before it does."""
    written = text[start:end]
    if "\n" in written:
        return None
    try:
        json.loads(f'"{written}"')
    except ValueError:
        return json.dumps(written)[1:-1]
    return written
