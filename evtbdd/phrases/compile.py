"""A phrase, compiled into one regular expression with a named group for each of its values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from evtbdd.phrases.pattern import Group, Items, Node, Value, Which, Words, parse, values

TakesData = Literal["none", "optional", "required"]


@dataclass(frozen=True, slots=True)
class Found:
    """A value in a step: where it stands, as it was written, and as it is handed over.

    One that was left out has no `text`, and the value None; a `Which` of one word False.
    """

    name: str
    start: int
    end: int
    text: str | None
    value: object


class Phrase:
    """A compiled phrase.

    `items` is its tree, `values` what it hands over, `begins` and `certain` words with which every
    step of it begins and which every one holds, `data` whether a table or text stands below it,
    `forms` the words before the colon in each of its endings with one (`with`, `equal to`, …, and
    nothing for a bare colon), longest first. ValueError says what is wrong with the pattern, and
    where.
    """

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.items = parse(pattern)
        self.values = tuple(values(self.items))
        endings = _endings(self.items, whole=False)
        forms = (form for form in endings if form is not None)
        self.forms = tuple(sorted(forms, key=len, reverse=True))
        self.data: TakesData = "none"
        if self.forms:
            self.data = "optional" if None in endings else "required"
        first, *others = [
            item.node.text if isinstance(item.node, Words) else "" for item in self.items
        ]
        self.begins, self.certain = first, max(others, key=len, default="")

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """What a whole step text fits if it is this phrase."""
        return re.compile(_sequence(self.items, ""))

    def match(self, text: str) -> list[Found] | None:
        """The values in a step text; None if it is not this phrase."""
        if not text.startswith(self.begins) or self.certain not in text:
            return None  # which spares most phrases their expression
        found = self.regex.fullmatch(text)
        if found is None:
            return None
        return [Found(v.name, *found.span(v.name), *_value(v, found[v.name])) for v in self.values]

    def form(self, text: str) -> str | None:
        """The words before the colon that ends this step text; None if it ends without one."""
        if not text.endswith(":"):
            return None
        return next(form for form in self.forms if text.endswith(f"{form}:"))


def _value(node: Value | Which, text: str | None) -> tuple[str | None, object]:
    if isinstance(node, Which):
        return text, text if len(node.words) > 1 else text is not None
    return text, None if text is None else node.kind.convert(text)


def _sequence(items: Items, lead: str) -> str:
    """The expression for a sequence; `lead` is the space that is due before it, or nothing.

    The space between two items belongs to the one that may be left out: to its front, or, where
    nothing certain stands before it, to its back.
    """
    out, gap, certain = "", lead, bool(lead)
    for place, item in enumerate(items):
        after = items[place + 1] if place + 1 < len(items) else None
        following = " " if after is not None and after.spaced else ""
        if not item.optional:
            out, certain = out + _node(item.node, "" if item.colon else gap), True
        elif after is not None and not after.spaced and not after.colon:
            out, certain = f"{out}{gap}{_node(item.node, '')}?", True
        elif certain:
            out += f"{_node(item.node, gap)}?"
        else:
            out += f"(?:{_node(item.node, '')}{following})?"
            following = ""
        gap = following
    return out


def _node(node: Node, lead: str) -> str:
    if isinstance(node, Words):
        return lead + re.escape(node.text)
    if isinstance(node, Which):
        return f"{lead}(?P<{node.name}>{'|'.join(map(re.escape, node.words))})"
    if isinstance(node, Value):
        group = f"(?P<{node.name}>{node.kind.regex})"
        return lead + (f'"{group}"' if node.kind.name == "Quoted" else group)
    branches = (_sequence(b, "" if b[0].colon else lead) for b in node.branches)
    return f"(?:{'|'.join(branches)})"


def _endings(items: Items, *, whole: bool) -> set[str | None]:
    """The words before the colon of each ending, None for one without a colon.

    In a bracket of its own all of its words, in a longer sentence the last one.
    """
    last = items[-1].node
    if isinstance(last, Words) and last.text.endswith(":"):
        words = last.text[:-1].split()
        return {" ".join(words if whole and len(items) == 1 else words[-1:])}
    if not isinstance(last, Group):
        return {None}
    endings: set[str | None] = set()
    for branch in last.branches:
        endings |= _endings(branch, whole=True)
    return endings | (_endings(items[:-1], whole=whole) if last.optional else set())
