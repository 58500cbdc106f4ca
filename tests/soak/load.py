"""Processes that do nothing but keep the cores busy."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evtbdd.keeper import Keeper


@contextmanager
def busy_cores(keeper: Keeper, number: int, folder: Path) -> Iterator[None]:
    """So many of them; the keeper ends them at the latest when this process has ended."""
    busy = [
        keeper.spawn(
            [sys.executable, "-S", "-I", "-c", "while True: pass"],
            environment=dict(os.environ),
            directory=folder,
            log=folder / f"busy-{each}.log",
            name=f"busy-{each}",
        )
        for each in range(number)
    ]
    try:
        yield
    finally:
        for each in busy:
            each.kill()
