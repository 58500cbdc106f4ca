"""What a run said: of hooks too, which no formatter is told of; and without its folder."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from acceptance.project import Outcome, Project, Verdict, normal

_HOOK_ERROR = re.compile(
    r"^ +Scenario(?: Outline)?: (?P<name>.+?) *\n"
    r"HOOK-ERROR in before_scenario: (?P<text>.+(?:\n.+)*)",
    re.MULTILINE,
)


def without(folder: Path, outcome: Outcome) -> Outcome:
    """The outcome with the project's temporary folder called FOLDER."""
    verdicts = {
        name: Verdict(each.status, each.text.replace(str(folder), "FOLDER"))
        for name, each in outcome.verdicts.items()
    }
    return Outcome(outcome.code, outcome.output.replace(str(folder), "FOLDER"), verdicts)


def hook_errors(outcome: Outcome) -> Mapping[str, str]:
    """For each scenario that could not begin, by its name, what was said of it."""
    return {found["name"]: normal(found["text"]) for found in _HOOK_ERROR.finditer(outcome.output)}


def told(outcome: Outcome, name: str) -> tuple[str, str]:
    """The status of a scenario and what was said of it, whether by a step or by a hook."""
    if name in (errors := hook_errors(outcome)):
        return "hook_error", errors[name]
    verdict = outcome.verdicts[name]
    return verdict.status, normal(verdict.text)


def everything(project: Project, outcome: Outcome) -> str:
    """All that a run has said, and all that it has written beside what the project consists of."""
    texts = [
        path.read_text(encoding="utf-8", errors="replace")
        for path in sorted(project.folder.rglob("*"))
        if path.is_file() and path.name not in {"evtbdd.cfg", "password.txt"}
    ]
    return "\n".join([outcome.output, *texts])
