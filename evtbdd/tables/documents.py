"""A docstring that must be JSON: its mistakes are told by line and column of the feature file."""

from __future__ import annotations

import linecache
from collections.abc import Callable
from typing import TypeVar

from evtbdd.errors import PhraseError
from evtbdd.phrases import Data
from evtbdd.values.documents import DocumentError

Value = TypeVar("Value")


def document(data: Data, read: Callable[[str], Value]) -> Value:
    """The docstring, read by `read`; PhraseError says where it cannot be."""
    filename, opening = data.location
    text = data.text or ""
    try:
        return read(text)
    except PhraseError as error:
        mistake = error.__cause__
        if not isinstance(mistake, DocumentError):
            raise
        line = opening + mistake.line
        column = mistake.column + _indentation(filename, line, text, mistake.line)
        raise PhraseError(
            f"{filename}:{line}:{column}: this is no JSON: {mistake.reason}."
        ) from error


def _indentation(filename: str, line: int, text: str, number: int) -> int:
    """How many columns of the feature file's line behave has taken off."""
    lines = text.splitlines()
    bare = lines[number - 1] if 0 < number <= len(lines) else ""
    written = linecache.getline(filename, line).rstrip("\n")
    return max(0, written.find(bare)) if bare else 0
