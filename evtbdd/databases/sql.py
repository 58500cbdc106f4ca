"""SQL as text: how many statements it is, and what the first of them begins with."""

from __future__ import annotations

import re
from collections.abc import Sequence

READING = ("SELECT", "WITH")

_PIECES = re.compile(
    r"""
    (?P<quoted>'(?:[^']|'')*' | "(?:[^"]|"")*" | `[^`]*`
      | \$(?P<tag>[A-Za-z_]\w*)?\$.*?\$(?(tag)(?P=tag))\$)
    | (?P<comment>--[^\n]* | /\*.*?\*/)
    | (?P<end>;)
    """,
    re.DOTALL | re.VERBOSE,
)
_ORDER = re.compile(r"\border\s+by\b", re.IGNORECASE)


def statements(text: str) -> Sequence[str]:
    """The statements of a text, without what stands between them; a `;` in quotes ends none.

    Quotes are those of SQL, and PostgreSQL's `$$`. A procedure whose body is not quoted is not known
    for one.
    """
    found = []
    begin = 0
    for piece in _PIECES.finditer(text):
        if piece["end"]:
            found.append(text[begin : piece.start()])
            begin = piece.end()
    found.append(text[begin:])
    return [each.strip() for each in found if bare(each).strip()]


def bare(text: str) -> str:
    """The text without comments, and without what stands in quotes."""
    return _PIECES.sub(lambda piece: "''" if piece["quoted"] else " ", text)


def begins_with(text: str) -> str:
    """The first word of a statement, in capitals; brackets before it do not count."""
    word = re.match(r"[\s(]*(\w*)", bare(text))
    return word[1].upper() if word else ""


def is_ordered(text: str) -> bool:
    """Whether the rows of a query come in an order of its own: that of its outermost ORDER BY."""
    outermost = bare(text)
    while (inner := re.sub(r"\([^()]*\)", " ", outermost)) != outermost:
        outermost = inner
    return _ORDER.search(outermost) is not None
