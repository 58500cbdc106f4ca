r"""The language in which phrases are written, read into a tree.

==========================  ======================================================================
``[in order]``              may be left out
``[with:|equal to:]``       may be left out, or is one of these
``(event|events)``          one of these
``event[s]``, ``a[n]``      a bracket without a space before it belongs to the word
``"{channel}"``             a quoted value, handed over under that name
``{n:Number}``              a value of a kind (evtbdd.phrases.kinds)
``{how=at least|at most}``  which of these words, handed over as written
``[{in_all=in all}]``       only one: handed over as True or False, whether it was said
``:``                       at the end only: a table or a text stands below the step
==========================  ======================================================================

Brackets may hold brackets. White space of any length is one space; a colon takes none before it.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn, TypeAlias

from evtbdd.phrases.kinds import KINDS, QUOTED, Kind
from evtbdd.words import listed, quoted

RESERVED = frozenset({"stage", "context", "data"})  # what a step function calls its other arguments


@dataclass(frozen=True, slots=True)
class Words:
    """Words that are written as they stand."""

    text: str


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a kind, handed over under a name."""

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Which:
    """One of several words or groups of words, handed over as written; a single one as True."""

    name: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """One of several branches, or none of them where it is optional."""

    branches: tuple[Items, ...]
    optional: bool


Node: TypeAlias = "Words | Value | Which | Group"


@dataclass(frozen=True, slots=True)
class Item:
    """A node in its place: whether a space stands before it, at which character it begins."""

    node: Node
    spaced: bool
    position: int

    @property
    def optional(self) -> bool:
        """Whether the phrase is whole without it."""
        return isinstance(self.node, Group) and self.node.optional

    @property
    def colon(self) -> bool:
        """Whether it is the colon, which joins whatever was written before it."""
        return isinstance(self.node, Words) and self.node.text.startswith(":")


Items = tuple[Item, ...]

_TOKEN = re.compile(
    r'"\{(\w*)\}"|\{(\w*)(?:([:=])([^{}]*))?\}|[\[\]()|]|[^\[\](){}|"]+|.', re.DOTALL
)


def parse(pattern: str) -> Items:
    """The tree of a phrase; ValueError says what is wrong with it, and at which character."""
    return _Reader(pattern).whole()


def values(items: Items) -> Iterator[Value | Which]:
    """All that a phrase hands over, in the order in which it stands there."""
    for item in items:
        if isinstance(item.node, Group):
            for branch in item.node.branches:
                yield from values(branch)
        elif not isinstance(item.node, Words):
            yield item.node


class _Reader:
    """Reads one phrase from left to right, a token at a time."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._tokens = list(_TOKEN.finditer(pattern))
        self._next = 0
        self._names: set[str] = set()

    def whole(self) -> Items:
        branches, closed_by = self._branches("", 0)
        if closed_by is not None:
            self._fail(f"unpaired {closed_by[0]!r}", closed_by.start())
        self._check_colons(branches[0], final=True)
        return branches[0]

    def _branches(self, bracket: str, opened: int) -> tuple[list[Items], re.Match[str] | None]:
        """The alternatives up to what closes the bracket, and that; opened is where they begin."""
        branches: list[Items] = []
        items: list[Item] = []
        spaced = False
        start = opened
        while self._next < len(self._tokens):
            token = self._tokens[self._next]
            self._next += 1
            text = token[0]
            if text == "|" and not bracket:
                self._fail("'|' outside of brackets", token.start())
            if text in ("]", ")", "|"):
                self._check_branch(items, start, token.start(), inside=bool(bracket))
                branches.append(tuple(items))
                if text != "|":
                    return branches, token
                items, spaced, start = [], False, token.end()
            elif text[0] in "[(":
                items.append(Item(self._group(token), spaced, token.start()))
                spaced = False
            elif token[1] is not None or token[2] is not None:
                items.append(Item(self._value(token), spaced, token.start()))
                spaced = False
            elif text in ('"', "{", "}"):
                self._fail(f'a stray {text}: a value is written as "{{name}}"', token.start())
            else:
                words = " ".join(text.split())
                if words:
                    before = (spaced or text[0].isspace()) and not words.startswith(":")
                    at = token.end() - len(text.lstrip())
                    items.append(Item(Words(words), before and bool(items), at))
                spaced = text[-1].isspace()
        if not bracket:
            self._check_branch(items, start, len(self._pattern), inside=False)
        branches.append(tuple(items))
        return branches, None

    def _group(self, token: re.Match[str]) -> Group:
        bracket = token[0]
        branches, closed_by = self._branches(bracket, token.end())
        if closed_by is None:
            self._fail(f"unpaired {bracket!r}", token.start())
        if bracket + closed_by[0] not in ("[]", "()"):
            self._fail(f"unpaired {closed_by[0]!r}", closed_by.start())
        return Group(tuple(branches), optional=bracket == "[")

    def _value(self, token: re.Match[str]) -> Value | Which:
        if token[1] is not None:
            return Value(self._name(token[1], token.start()), QUOTED)
        name = self._name(token[2], token.start())
        if token[3] == "=":
            words = tuple(" ".join(each.split()) for each in token[4].split("|"))
            if "" in words:
                self._fail(f"nothing to choose in {token[0]}", token.start())
            return Which(name, words)
        if token[4] not in KINDS:
            known = listed(KINDS, "or")
            self._fail(f"{token[0]} needs a kind ({known}), or quotes around it", token.start())
        return Value(name, KINDS[token[4]])

    def _name(self, name: str, position: int) -> str:
        if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_"):
            self._fail(f"{quoted(name)} cannot be the name of an argument", position)
        if name in RESERVED:
            self._fail(f"the name {quoted(name)} is taken", position)
        if name in self._names:
            self._fail(f"the name {quoted(name)} a second time", position)
        self._names.add(name)
        return name

    def _check_branch(self, items: list[Item], start: int, end: int, *, inside: bool) -> None:
        if not items or all(item.optional for item in items):
            self._fail("nothing here that cannot be left out", start)
        text = self._pattern[start:end]
        if inside and text != text.strip():
            self._fail("a space just inside a bracket", start if text[0].isspace() else end - 1)

    def _check_colons(self, items: Items, *, final: bool) -> None:
        for place, item in enumerate(items, 1):
            last = final and place == len(items)
            if isinstance(item.node, Group):
                for branch in item.node.branches:
                    self._check_colons(branch, final=last)
            elif isinstance(item.node, Words):
                at = item.node.text.find(":")
                if at >= 0 and not (last and at == len(item.node.text) - 1):
                    where = self._pattern.index(":", item.position)
                    self._fail("a colon that is not the end", where)

    def _fail(self, what: str, position: int) -> NoReturn:
        raise ValueError(f"{what}, at character {position + 1} of the phrase: {self._pattern}")
