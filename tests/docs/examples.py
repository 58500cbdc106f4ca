"""The examples of docs/errors.md, and what evtbdd really says of each."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from acceptance.project import Project, normal
from acceptance.running import without
from docs.page import Page
from docs.stages import Around, Stage, stage

FOLDER = "/home/ann/shop"
"""Where the project of the page's reader is."""

AT_ONCE = 2
"""Runs of behave at the same time."""

_LOCAL = (
    (re.compile(r"(features/\w+\.feature):[\d:]+"), r"\1:LINE"),
    (re.compile(r"\bport \d+:"), "port PORT:"),
    (re.compile(r"\bafter \d+\.\d\d s\b"), "after T s"),
    (re.compile(r"\basked \d+ times?\b"), "asked N times"),
    # Events of several partitions may be seen in any order.
    (re.compile(r"#\d+ \(key"), "#N (key"),
)
_HOOK_ERROR = re.compile(r"^ +Scenario: (.+)\n(HOOK-ERROR in before_scenario: .+(?:\n.+)*)", re.M)


@dataclass(frozen=True)
class Example:
    """What the page shows between the comment `example: STAGE` and the text that evtbdd says.

    `line` is the first line of that text on the page.
    """

    stage: str
    settings: str
    steps: str
    said: str
    line: int

    @property
    def name(self) -> str:
        """What its scenario is called."""
        return f"line {self.line}"


def examples(page: Page) -> Sequence[Example]:
    """All of a page. Every text block ends one."""
    found: list[Example] = []
    shown: dict[str, str] = {}
    for piece in page.pieces():
        if piece.kind == "comment" and piece.text.startswith("example: "):
            assert not shown, f"line {piece.line}: the example before has no text block"
            shown = {"stage": piece.text.removeprefix("example: ")}
        elif piece.kind in {"ini", "gherkin"}:
            assert shown, f"line {piece.line}: the block belongs to no example"
            shown[piece.kind] = piece.text + "\n"
        elif piece.kind == "text":
            assert shown, (
                f"line {piece.line}: nothing checks this block: no example begins above it"
            )
            settings, steps = shown.get("ini", ""), shown.get("gherkin", "")
            found.append(Example(shown["stage"], settings, steps, piece.text, piece.line))
            shown = {}
    assert not shown, "the last example has no text block"
    return found


def alike(text: str) -> str:
    """The text with what differs from run to run replaced."""
    text = normal(text.replace(FOLDER, "FOLDER"))
    for pattern, replacement in _LOCAL:
        text = pattern.sub(replacement, text)
    return text


def said(wanted: Sequence[Example], folder: Path, around: Around) -> Mapping[Example, str]:
    """What evtbdd says of each, to the letter; those that share a project run together."""
    stages = {each.stage: stage(each.stage, around) for each in wanted}
    projects: dict[tuple[str, str], list[Example]] = {}
    for each in wanted:
        projects.setdefault((each.stage, each.settings), []).append(each)
    found: dict[Example, str] = {}

    def run(number: int, key: tuple[str, str]) -> None:
        its, members = stages[key[0]], projects[key]
        found.update(_told(_project(folder / f"{number}", its, members), its, members))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done in [pool.submit(run, *each) for each in enumerate(projects)]:
            done.result()
    return found


def _project(folder: Path, its: Stage, members: Sequence[Example]) -> Project:
    project = Project(folder)
    # What the page shows goes before what it does not.
    project.write("setup.cfg", its.settings)
    project.write("evtbdd.cfg", members[0].settings)
    for name, content in its.files.items():
        project.write(name, "").write_bytes(content)
    scenarios = "".join(_scenario(each, its) for each in members)
    project.write("features/orders.feature", f"Feature: Orders\n{scenarios}")
    return project


def _scenario(example: Example, its: Stage) -> str:
    steps = example.steps or its.steps
    before = {"When": its.before_when, "Then": its.before_then}.get(steps.split(" ", 1)[0], "")
    earlier = _written("an earlier one", its.earlier) if its.earlier else ""
    return earlier + _written(example.name, before.strip("\n") + "\n" + steps)


def _written(name: str, steps: str) -> str:
    return f"\n  Scenario: {name}\n" + "".join(f"    {line}\n" for line in steps.split("\n"))


def _told(project: Project, its: Stage, members: Sequence[Example]) -> Mapping[Example, str]:
    if its.command:
        return {each: _printed(project, its, each) for each in members}
    outcome = without(
        project.folder, project.behave(*its.arguments, timeout=120, **its.environment)
    )
    assert "Traceback" not in outcome.output, outcome.output
    if its.at_the_end:
        return {each: _found(each, outcome.output) for each in members}
    hooks = dict(_HOOK_ERROR.findall(outcome.output))
    return {
        each: hooks.get(each.name) or outcome.verdicts[each.name].text or "It passed."
        for each in members
    }


def _found(example: Example, output: str) -> str:
    """The lines of the output that the example says, or else all of it."""
    lines, wanted = output.split("\n"), alike(example.said).split("\n")
    for at in range(len(lines)):
        part = "\n".join(lines[at : at + len(wanted)])
        if alike(part) == "\n".join(wanted):
            return part
    return output


def _printed(project: Project, its: Stage, example: Example) -> str:
    """What a command prints, below the line with which it is called."""
    (first, *_) = example.said.split("\n")
    program, *words = shlex.split(first.removeprefix("$ "))
    assert program == "evtbdd", first
    run = subprocess.run(
        [sys.executable, "-m", "evtbdd.cli.main", *words],
        cwd=project.folder,
        env={**os.environ, **its.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
    return f"{first}\n{run.stdout.rstrip()}"
