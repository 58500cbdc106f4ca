"""Every text that stands in the code of evtbdd, with … for what is filled in when it runs."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Set
from functools import cache

from docs.page import ROOT

HOLE = "…"


@cache
def templates(folder: str = "evtbdd") -> Set[str]:
    """All of them, from all modules below a folder of the project, or of one module."""
    return {text for tree in _trees(folder) for node in ast.walk(tree) if (text := rendered(node))}


def raised(names: Set[str], folder: str = "evtbdd") -> Set[str]:
    """The texts that calls of these names are given first: `Unproven("…")`, `Unproven(why())`."""
    found: set[str] = set()
    for tree in _trees(folder):
        for call in ast.walk(tree):
            if _called(call) in names and isinstance(call, ast.Call) and call.args:
                found |= {rendered(call.args[0])} | _answers(tree, {_called(call.args[0])})
    return found - {""}


def returned(names: Set[str], folder: str) -> Set[str]:
    """The texts that functions of these names return."""
    return {text for tree in _trees(folder) for text in _answers(tree, names)}


def _called(node: ast.AST) -> str:
    """The name of the function that is called; nothing where none is."""
    is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    return node.func.id if is_call else ""


def _answers(tree: ast.Module, names: Set[str]) -> Set[str]:
    functions = (
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name in names
    )
    answers = (
        node for each in functions for node in ast.walk(each) if isinstance(node, ast.Return)
    )
    return {text for each in answers if (text := rendered(each.value))}


def rendered(node: ast.AST | None) -> str:
    """The text of a literal; nothing for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(rendered(part) or HOLE for part in node.values)
    return ""


def literals(template: str) -> list[str]:
    """What stands between its holes, but for the shortest pieces."""
    return [piece.strip() for piece in template.split(HOLE) if len(piece.split()) > 2]


def _trees(folder: str) -> Iterator[ast.Module]:
    place = ROOT / folder
    for path in [place] if place.is_file() else sorted(place.rglob("*.py")):
        yield ast.parse(path.read_text(encoding="utf-8"))
