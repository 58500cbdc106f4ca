"""The texts that behave is expected to say, in expected/*.txt: a block for each example."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "expected"
HEADING = re.compile(r"^=== (.+)$", re.MULTILINE)


@cache
def expected_texts(name: str) -> Mapping[str, str]:
    """The blocks of one file, by the names of their examples."""
    _, *parts = HEADING.split((FOLDER / f"{name}.txt").read_text(encoding="utf-8"))
    return {title: text.strip("\n") for title, text in zip(parts[::2], parts[1::2], strict=True)}
