"""A text of no more lines than a person reads: some are always told, others give way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MOST_LINES = 25
MOST_DETAILS = 6
DETAILS = "fields"
"""What the lines are called that stand in the feature file too, and so give way first."""


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that are always told, and below them some that may be cut; these are `called` so."""

    lines: Sequence[str]
    indent: int = 0
    cut: Sequence[str] = ()
    called: str = ""

    def told(self, number: int) -> list[str]:
        """All of it, but no more than `number` of the lines that may be cut."""
        lead = " " * self.indent
        shown = list(self.cut) if number >= len(self.cut) else list(self.cut[: max(0, number - 1)])
        if len(shown) < len(self.cut):
            shown.append(f"and {len(self.cut) - len(shown)} more {self.called}")
        return [*self.lines, *(lead + line for line in shown)]


def fitted(blocks: Sequence[Block]) -> list[str]:
    """All the lines, or as many of those that may be cut as there is room for."""
    room = [len(block.cut) for block in blocks]
    over = sum(len(block.lines) for block in blocks) + sum(room) - MOST_LINES
    # The details stand in the feature file too, so they go first; then the longest list.
    for index, block in enumerate(blocks):
        if block.called == DETAILS:
            spared = min(max(0, over), max(0, room[index] - MOST_DETAILS))
            room[index] -= spared
            over -= spared
    while over > 0 and max(room) > 1:
        longest = max(range(len(blocks)), key=lambda i: room[i])
        room[longest] -= 1
        over -= 1
    lines = [
        line for block, number in zip(blocks, room, strict=True) for line in block.told(number)
    ]
    return lines if len(lines) <= MOST_LINES else [*lines[: MOST_LINES - 1], "…"]
