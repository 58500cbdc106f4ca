"""What was measured, each beside its floor."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median


@dataclass(frozen=True)
class Row:
    """One line; `verdict` is the ratio or the difference that has a target."""

    what: str
    measured: str
    floor: str
    verdict: str
    target: str


def ms(seconds: float) -> str:
    return f"{seconds * 1000:.2f} ms"


def ratio(measured: float, floor: float) -> str:
    return f"{measured / floor:.2f}×"


def interleaved(rounds: int, *measures: Callable[[], float]) -> Sequence[float]:
    """The median of each, taken in turns, so that a machine's moods meet all of them alike."""
    taken = [[measure() for measure in measures] for _ in range(rounds)]
    return [median(column) for column in zip(*taken, strict=True)]


def heading() -> str:
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    return f"{date.today()}, Python {platform.python_version()}, {machine}\n"


def lines(rows: Sequence[Row]) -> str:
    cells = [["", "evtbdd", "floor", "", "target"], ["---"] * 5]
    cells += [[row.what, row.measured, row.floor, row.verdict, row.target] for row in rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in cells)
