"""A page of docs/ as a test reads it: its headings, blocks, comments, tables and links, by lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

_FENCE = re.compile(r"^(?P<fence>`{3,})(?P<language>[\w-]*)$")
_COMMENT = re.compile(r"^<!-- (?P<text>.+) -->$")
_HEADING = re.compile(r"^#+ (?P<text>.+)$")
_LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")
_CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")


@dataclass(frozen=True)
class Piece:
    """A part of a page; `kind` is heading, comment, row, prose, or the language of a block."""

    kind: str
    text: str
    line: int


@dataclass(frozen=True)
class Page:
    """A page and where it is."""

    path: Path

    @property
    def text(self) -> str:
        """All of it."""
        return self.path.read_text(encoding="utf-8")

    def pieces(self) -> Iterator[Piece]:
        """Its parts from top to bottom; `line` is the first line of what is inside."""
        block: list[str] | None = None
        kind, fence, began = "", "", 0
        for number, line in enumerate(self.text.split("\n"), 1):
            if block is not None:
                if line == fence:
                    yield Piece(kind, "\n".join(block), began)
                    block = None
                else:
                    block.append(line)
            elif found := _FENCE.match(line):
                fence, kind = found["fence"], found["language"]
                block, began = [], number + 1
            elif found := _COMMENT.match(line):
                yield Piece("comment", found["text"], number)
            elif found := _HEADING.match(line):
                yield Piece("heading", found["text"], number)
            elif line:
                yield Piece("row" if line.startswith("|") else "prose", line, number)
        assert block is None, f"a block of {self.path} has no end"

    def blocks(self, language: str) -> Sequence[Piece]:
        """The blocks in a language."""
        return [piece for piece in self.pieces() if piece.kind == language]

    def table(self, name: str) -> Sequence[Sequence[str]]:
        """The cells of the rows of the table below the comment `table: NAME`."""
        rows: list[Sequence[str]] = []
        begun = False
        for piece in self.pieces():
            if piece.kind == "comment":
                begun = piece.text == f"table: {name}"
            elif begun and piece.kind == "row":
                rows.append([cell.strip() for cell in piece.text.strip("|").split(" | ")])
            elif rows:
                break
        assert rows, f"{self.path} has no table {name}"
        return rows[2:]

    def anchors(self) -> set[str]:
        """What a link to a part of it can name, as GitHub and GitLab make it of a heading."""
        return {anchor(piece.text) for piece in self.pieces() if piece.kind == "heading"}

    def links(self) -> Sequence[str]:
        """Where it leads, outside of its blocks."""
        prose = [piece for piece in self.pieces() if piece.kind in {"heading", "row", "prose"}]
        return [found for piece in prose for found in _LINK.findall(piece.text)]


def anchor(heading: str) -> str:
    """`## What "it" means` is `#what-it-means`."""
    kept = re.sub(r"[^\w\- ]", "", heading.lower())
    return kept.replace(" ", "-")


def codes(cell: str) -> list[str]:
    """What stands in backquotes in a piece of text."""
    return [found[1].strip() for found in _CODE.findall(cell)]
