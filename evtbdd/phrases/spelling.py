"""A phrase written out: as people read it, and in every way in which it can be said."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping

from evtbdd.phrases.pattern import Group, Items, Node, Value, Which, Words, parse

SAMPLES = {"Number": "3", "Duration": "1.5 seconds"}


def printed(items: Items, names: Mapping[str, str] | None = None) -> str:
    """The phrase as the vocabulary prints it: `an event arrives on "CHANNEL" [within TIME]`.

    A quoted value is its name in capitals, a Duration TIME, a Number N, or its name where that is
    one letter; `names` says otherwise, by the value's name.
    """
    given = names or {}
    out = ""
    for item in items:
        out += (" " if item.spaced else "") + _printed(item.node, given, alone=len(items) == 1)
    return out


def _printed(node: Node, names: Mapping[str, str], *, alone: bool = False) -> str:
    if isinstance(node, Words):
        return node.text
    if isinstance(node, Value):
        shown = names.get(node.name) or placeholder(node)
        return f'"{shown}"' if node.kind.name == "Quoted" else shown
    if isinstance(node, Which):
        words = "|".join(node.words)
        return words if alone or len(node.words) == 1 else f"({words})"
    inside = "|".join(printed(branch, names) for branch in node.branches)
    return f"[{inside}]" if node.optional else f"({inside})"


def placeholder(value: Value) -> str:
    """How a value is printed where nothing else is said."""
    if value.kind.name == "Duration":
        return "TIME"
    if value.kind.name == "Number" and len(value.name) > 1:
        return "N"
    return value.name.upper().replace("_", " ")


def sample(value: Value) -> str:
    """A value as a step could say it."""
    text = SAMPLES.get(value.kind.name, f"some {value.name.replace('_', ' ')}")
    return f'"{text}"' if value.kind.name == "Quoted" else text


def spellings(pattern: str, fill: Callable[[Value], str] = sample) -> Iterator[str]:
    """Every way to say a phrase, each once: with and without each option, by each alternative.

    `fill` writes the values (with their quotes).
    """
    return iter(dict.fromkeys(ways(parse(pattern), fill)))


def ways(items: Items, fill: Callable[[Value], str]) -> Iterator[str]:
    """Every text of a sequence of items; not each once."""
    for pieces in _sequences(items, fill):
        yield re.sub(r" (?=:)", "", " ".join("".join(pieces).split()))


def _sequences(items: Items, fill: Callable[[Value], str]) -> Iterator[tuple[str, ...]]:
    each = ([" "] if item.spaced else [""] for item in items)
    spoken = (list(_ways(item.node, fill)) for item in items)
    return itertools.product(*(way for pair in zip(each, spoken, strict=True) for way in pair))


def _ways(node: Node, fill: Callable[[Value], str]) -> Iterator[str]:
    if isinstance(node, Words):
        yield node.text
    elif isinstance(node, Value):
        yield fill(node)
    elif isinstance(node, Which):
        yield from node.words
    elif isinstance(node, Group):
        for branch in node.branches:
            for pieces in _sequences(branch, fill):
                yield "".join(pieces)
        if node.optional:
            yield ""
