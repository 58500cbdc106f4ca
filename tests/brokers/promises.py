"""The tables of promises that the pages show, cell by cell."""

from __future__ import annotations

from collections.abc import Mapping

from docs.page import ROOT, Page

from evtbdd.conformance.table import KEPT, NOT_ASKED

EXTENDING = Page(ROOT / "docs" / "extending.md")
README = Page(ROOT / "README.md")
BEGIN = "| promise |"

Cells = Mapping[str, Mapping[str, str]]
"""For each adapter, for each row, by its title."""


def of_lines(text: str) -> Cells:
    """Those of the first table of promises in a text; empty without one."""
    lines = text[text.find(BEGIN) :].splitlines() if BEGIN in text else []
    rows = []
    for line in lines:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip().strip("|").split(" | ")])
    if not rows:
        return {}
    adapters = rows[0][1:]
    return {
        adapter: {row[0]: row[at] for row in rows[2:]} for at, adapter in enumerate(adapters, 1)
    }


def compact(cells: Cells) -> Cells:
    """Without what is refused: the README says only that something is."""
    return {
        adapter: {title: _short(cell) for title, cell in of_it.items()}
        for adapter, of_it in cells.items()
    }


def _short(cell: str) -> str:
    return cell if cell in {KEPT, NOT_ASKED} else f"{cell.partition(',')[0]} in part"
