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
        column = mistake.column + _indentation(filename, opening)
        raise PhraseError(
            f"{filename}:{line}:{column}: this is no JSON: {mistake.reason}."
        ) from error


def _indentation(filename: str, opening: int) -> int:
    """How many columns behave has taken off every line: those before the opening quotes."""
    written = linecache.getline(filename, opening)
    return len(written) - len(written.lstrip())
