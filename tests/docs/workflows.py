"""The jobs of docs/ci.md: what their YAML says, and the commands and variables in it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml
from docs.page import Page, Piece, codes

SCRIPTS = ("run", "script", "before_script", "after_script")
VARIABLES = ("env", "variables")
_FILLED_IN = re.compile(r"\$\{\{.*?\}\}|\$\w+")
_SAID = re.compile(r"(EVTBDD_\w+): (.+)")


def loaded(page: Page) -> Sequence[tuple[Piece, Any]]:
    """Every YAML block of a page with what it says."""
    return [(block, yaml.safe_load(block.text)) for block in page.blocks("yaml")]


def walk(node: object) -> Iterator[tuple[str, Any]]:
    """Every key of a YAML document with its value, from outside to inside."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield str(key), value
            yield from walk(value)
    elif isinstance(node, list):
        for each in node:
            yield from walk(each)


def jobs(document: Any) -> Iterator[Mapping[str, Any]]:
    """The jobs of a whole file for GitHub or GitLab; none, for a part of one."""
    if isinstance(document, Mapping):
        inner = document.get("jobs", document)
        yield from (
            each
            for each in inner.values()
            if isinstance(each, Mapping) and {"steps", "script"} & each.keys()
        )


def scripts(node: object) -> Iterator[str]:
    """Every line of shell."""
    for key, value in walk(node):
        if key in SCRIPTS:
            for text in value if isinstance(value, list) else [value]:
                yield from filter(None, map(str.strip, text.split("\n")))


def words(line: str) -> list[str]:
    """The words of a command, with something for what the runner fills in."""
    found = shlex.split(_FILLED_IN.sub("filled-in", line))
    return found[1:] if found[0] == "exec" else found


def variables(node: object) -> Mapping[str, str]:
    """The variables that are set for a job and its steps, by one part of YAML or another."""
    found: dict[str, str] = {}
    for key, value in walk(node):
        if key in VARIABLES and isinstance(value, Mapping):
            found |= {str(name): str(each) for name, each in value.items()}
    return found


def in_prose(page: Page) -> tuple[list[str], Mapping[str, str]]:
    """The commands, and the variables `NAME: value`, that stand in backquotes outside of blocks."""
    said = [c for p in page.pieces() if p.kind in {"prose", "row"} for c in codes(p.text)]
    commands = [each for each in said if each.split()[0] in {"behave", "evtbdd"}]
    return commands, dict(found.groups() for each in said if (found := _SAID.fullmatch(each)))
