"""What a user gets: a wheel, in a virtual environment of their own, and two lines to write."""

from __future__ import annotations

import configparser
import os
import re
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FEATURE = """\
Feature: Ten minutes with evtbdd

  Scenario: What is published arrives
    When an "OrderPlaced" event is published to "orders" with key "ORD-1":
      | field   | value |
      | orderId | ORD-1 |
    Then an "OrderPlaced" event arrives on "orders" with key "ORD-1" within 1 second with:
      | field   | value |
      | orderId | ORD-1 |
"""
SETTINGS = "[evtbdd:broker:main]\nurl = kafka+embedded://\n\n[evtbdd:channel:orders]\n"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that is built from the source distribution that is built from this tree."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--outdir", str(folder), str(ROOT)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of a fresh virtual environment that holds nothing but the wheel."""
    folder = tmp_path_factory.mktemp("venv")
    venv.create(folder, with_pip=True)
    programs = folder / "bin"
    install = [str(programs / "python"), "-m", "pip", "install", "--quiet", f"{wheel}[embedded]"]
    run = subprocess.run(install, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return programs


def project(folder: Path, steps: str) -> Path:
    (folder / "steps").mkdir()
    (folder / "features").mkdir()
    (folder / "environment.py").write_text("from evtbdd.environment import *\n")
    (folder / "steps" / "evtbdd_steps.py").write_text(steps)
    (folder / "features" / "first.feature").write_text(FEATURE)
    (folder / "evtbdd.cfg").write_text(SETTINGS)
    return folder


def behave(programs: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    command = [str(programs / "behave"), "--no-color", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_two_lines_are_all_that_a_project_needs(installed: Path, tmp_path: Path) -> None:
    """`from evtbdd.steps import *` and `from evtbdd.environment import *` make a feature green."""
    run = behave(installed, project(tmp_path, "from evtbdd.steps import *\n"))
    assert "1 scenario passed, 0 failed, 0 skipped" in run.stdout, run.stdout + run.stderr
    assert run.returncode == 0


def test_the_features_may_hold_steps_and_environment(installed: Path, tmp_path: Path) -> None:
    """behave's other layout, with both inside features/, works as well."""
    folder = project(tmp_path, "from evtbdd.steps import *\n")
    for name in ("steps", "environment.py"):
        (folder / name).rename(folder / "features" / name)
    run = behave(installed, folder)
    assert "1 scenario passed, 0 failed, 0 skipped" in run.stdout, run.stdout + run.stderr


def test_step_libraries_can_be_imported_one_by_one(installed: Path, tmp_path: Path) -> None:
    """With the publishing phrases alone, the expecting ones stay free for a user's own."""
    run = behave(installed, project(tmp_path, "from evtbdd.steps import publishing_steps\n"))
    assert "1 undefined" in run.stdout, run.stdout + run.stderr


def test_the_command_is_there(installed: Path) -> None:
    """`evtbdd steps` prints the catalogue from the installed package."""
    command = [str(installed / "evtbdd"), "steps"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert 'When a tombstone is published to "CHANNEL" with key "KEY"' in run.stdout, run.stderr


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    """No top-level `steps`, `tests` or `features` is installed into anybody's environment."""
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"evtbdd"}
    assert "evtbdd/steps/publishing_steps.py" in names
    assert "evtbdd/py.typed" in names


def setup() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(ROOT / "setup.cfg")
    return parser


def test_every_package_is_listed() -> None:
    """A new folder of modules is put into setup.cfg, or it would not be installed."""
    folders = {path.parent for path in (ROOT / "evtbdd").rglob("__init__.py")}
    packages = {".".join(folder.relative_to(ROOT).parts) for folder in folders}
    assert set(setup()["options"]["packages"].split()) == packages | {"evtbdd.steps"}


def test_there_is_an_extra_for_every_way_to_use_it() -> None:
    """What is needed for a broker or a database is asked for by its name; `all` brings all of them."""
    extras = setup()["options.extras_require"]
    needed = {
        line
        for name in (
            "kafka",
            "rabbitmq",
            "sqs",
            "embedded",
            "embedded-sqs",
            "compression",
            "databases",
            "docker",
            "postgresql",
            "webhooks",
            "http",
            "websockets",
            "metrics",
            "traces",
        )
        for line in lines(extras[name])
    }
    assert needed == set(lines(extras["all"]))


def lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line]


def test_the_changelog_begins_with_the_version() -> None:
    """What is released is what the CHANGELOG says."""
    from evtbdd import __version__

    (first, *_) = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert first == __version__
