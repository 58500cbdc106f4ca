"""A project of its own in a temporary folder, and what behave says of it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHOP = ROOT / "tests" / "systems" / "shop"


# behave's own reports leave out the texts of errors (JSON), or mix them with others (JUnit).
FORMATTER = """
import json
from behave.formatter.base import Formatter

class Verdicts(Formatter):
    def __init__(self, stream_opener, config):
        super().__init__(stream_opener, config)
        self.stream, self.verdicts = self.open(), {}

    def scenario(self, scenario):
        self.name = scenario.name
        self.verdicts[self.name] = ("passed", "")

    def result(self, step):
        if step.status.name != "passed":
            self.verdicts[self.name] = (step.status.name, step.error_message or "")

    def close(self):
        json.dump(self.verdicts, self.stream)
        self.close_stream()
"""


@dataclass(frozen=True)
class Verdict:
    """What became of a scenario: behave's status, and the error of the step that decided it."""

    status: str
    text: str


@dataclass(frozen=True)
class Outcome:
    """What a run of behave ended in."""

    code: int
    output: str
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)


@dataclass
class Project:
    """A folder with `setup.cfg`, `environment.py`, `steps/` and `features/`, as a user has it."""

    folder: Path

    def __post_init__(self) -> None:
        self.write("environment.py", "from evtbdd.environment import *\n")
        self.write("steps/all_steps.py", "from evtbdd.steps import *\n")
        self.write("verdicts.py", FORMATTER)

    def write(self, name: str, text: str) -> Path:
        """Write a file of the project."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def behave(self, *arguments: str, timeout: float = 300, **environment: str) -> Outcome:
        """Run behave in the folder."""
        report = self.folder / "report.json"
        report.unlink(missing_ok=True)
        command = [sys.executable, "-m", "behave", "--no-color", "--no-capture", *arguments]
        command += ["-f", "verdicts:Verdicts", "-o", str(report), "-f", "plain"]
        run = subprocess.run(
            command,
            cwd=self.folder,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        output = run.stdout + run.stderr
        return Outcome(run.returncode, output, _verdicts(report))


def _verdicts(report: Path) -> dict[str, Verdict]:
    if not report.exists():
        return {}
    return {name: Verdict(*verdict) for name, verdict in json.loads(report.read_text()).items()}


def settings_of_shop(url: str = "kafka+embedded://", **more: str) -> str:
    """The settings of this project's own features, with the shop at its absolute path."""
    text = (ROOT / "setup.cfg").read_text(encoding="utf-8")
    text = text[text.index("[evtbdd:broker:main]") :]
    text = text.replace("tests/systems/shop/", f"{SHOP}/").replace("kafka+embedded://", url)
    lines = "".join(f"{name.replace('_', ' ')} = {value}\n" for name, value in more.items())
    return f"[evtbdd]\n{lines}\n{text}"


NORMAL = (
    (re.compile(r"\b127\.0\.0\.1:\d+"), "HOST:PORT"),
    (re.compile(r"evtbdd-[0-9a-z]+-([sf]\d+|run)-(\S+?)-[0-9a-z]{4}\b"), r"TOPIC-\2"),
    (re.compile(r"shipping-[0-9a-z]{11,}-[sf]\d+"), "GROUP"),
    (re.compile(r"[+-]\d+\.\d\d s"), "+T s"),
    (re.compile(r"(waited|watched) \d+\.\d s"), r"\1 T s"),
    (re.compile(re.escape(str(SHOP))), "SHOP"),
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "UUID"),
    (re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|\+00:00)"), "TIMESTAMP"),
)


def normal(text: str) -> str:
    """The text with what differs from run to run replaced: addresses, names, moments, ids."""
    for pattern, replacement in NORMAL:
        text = pattern.sub(replacement, text)
    return text
