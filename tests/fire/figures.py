"""Figures that tests have measured, for the end of their report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest


class Figures:
    """What was measured, in bytes, by what it was measured of."""

    def __init__(self) -> None:
        self._rows: dict[str, Mapping[str, int]] = {}

    def note(self, what: str, found: Mapping[str, int]) -> None:
        """Keep a row."""
        self._rows[what] = dict(found)

    def lines(self) -> Iterator[str]:
        """The table, in megabytes."""
        for what, found in self._rows.items():
            cells = (f"{name} {number / 1e6:.1f} MB" for name, number in found.items())
            yield f"{what:<32} {', '.join(cells)}"


figures = pytest.StashKey[Figures]()
