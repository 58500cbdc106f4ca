"""The table phrase × fault → verdict and first line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class Cell:
    """What a phrase said of a fault."""

    phrase: str
    fault: str
    status: str
    text: str


table = pytest.StashKey[list[Cell]]()


def lines(cells: Iterable[Cell]) -> list[str]:
    """The table, a line for each cell."""
    return [
        f"{cell.phrase:<62} {cell.fault:<20} {cell.status:<7} {_first(cell.text)[:100]}"
        for cell in cells
    ]


def _first(text: str) -> str:
    return text.split("\n")[0].removeprefix("ASSERT FAILED: ")
