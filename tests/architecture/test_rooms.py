"""The rooms of evtbdd stand in one order, and each sees only what stands above it."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "evtbdd"
ROOMS = (
    "errors",
    "clock",
    "words",
    "loopback",
    "events",
    "handlers",
    "settings",
    "phrases",
    "values",
    "codecs",
    "ports",
    "offers",
    "witness",
    "journal",
    "tables",
    "expect",
    "brokers",
    "embedded",
    "provisioning",
    "isolation",
    "channels",
    "own_words",
    "keeper",
    "hosting",
    "services",
    "plan",
    "facilities",
    "http",
    "webhooks",
    "websockets",
    "metrics",
    "traces",
    "scenario",
    "databases",
    "files",
    "head_start",
    "world",
    "lookahead",
    "schedule",
    "main_section",
    "sections",
    "runner",
    "report",
    "tags",
    "run",
    "environment",
    "cli",
    "conformance",
)
"""From the bottom, on which all stand, to the top."""
LIGHT = {
    "behave",
    "boto3",
    "botocore",
    "confluent_kafka",
    "cryptography",
    "h11",
    "hamcrest",
    "httpx",
    "jsonpath_ng",
    "kafka",
    "moto",
    "opentelemetry",
    "pika",
    "psycopg",
    "sqlalchemy",
    "prometheus_client",
    "trustme",
}


def modules() -> Iterator[tuple[str, Path]]:
    """Every module of the package with the room that it is in."""
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE).parts[0].removesuffix(".py"), path


def imported(path: Path) -> Iterator[str]:
    """The full names of what a module imports, wherever in it, but for the types alone."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_every_room_has_its_place() -> None:
    """A new room is put into the order before it is built."""
    rooms = {room for room, _ in modules()} - {"__init__"}
    assert rooms == set(ROOMS)


@pytest.mark.parametrize(
    ("room", "path"), list(modules()), ids=lambda each: str(each).rpartition("evtbdd/")[2]
)
def test_a_room_sees_only_what_stands_above_it(room: str, path: Path) -> None:
    """No module imports a room that stands after its own."""
    if room == "__init__":
        return
    seen = {name.split(".")[1] for name in imported(path) if name.startswith("evtbdd.")}
    below = {other for other in seen & set(ROOMS) if ROOMS.index(other) > ROOMS.index(room)}
    assert below == set()


@pytest.mark.parametrize("path", sorted((ROOT / "steps").glob("*_steps.py")), ids=lambda p: p.name)
def test_a_step_is_one_call(path: Path) -> None:
    """No step holds logic: its body is a docstring and one statement, or one value and its use."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for function in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
        statements = function.body[1:]
        assert len(statements) <= 2, function.name
        kinds = (ast.If, ast.For, ast.While, ast.Try, ast.With)
        assert not any(isinstance(n, kinds) for s in statements for n in ast.walk(s)), function.name


def test_importing_evtbdd_imports_no_driver() -> None:
    """`import evtbdd` is light: neither a driver nor behave comes with it."""
    code = "import sys, evtbdd; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert set(run.stdout.split()) & LIGHT == set()


def test_the_ports_import_no_driver() -> None:
    """Everything up to the environment can be imported without a broker's driver."""
    code = "import sys, evtbdd.environment; print(*{n.partition('.')[0] for n in sys.modules})"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert set(run.stdout.split()) & LIGHT <= {"behave", "hamcrest", "jsonpath_ng"}


def test_the_steps_import_no_driver() -> None:
    """All phrases are there wherever evtbdd is installed, with whichever extras."""
    code = (
        "import sys; from evtbdd.cli.steps import load_libraries; load_libraries(); "
        "print(*{n.partition('.')[0] for n in sys.modules})"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert set(run.stdout.split()) & LIGHT <= {"behave", "hamcrest", "jsonpath_ng"}
