"""Say where in a feature file something is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from evtbdd.errors import PhraseError, UnknownName


@contextmanager
def located(filename: str, line: int) -> Iterator[None]:
    """Put `features/orders.feature:12: ` before what is wrong with a cell or a text."""
    try:
        yield
    except (PhraseError, UnknownName) as error:
        text = str(error)
        if text.startswith(f"{filename}:"):
            raise
        raise type(error)(f"{filename}:{line}: {text}") from error
