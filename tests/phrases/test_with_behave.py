"""Phrases in real runs of behave."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

STEPS = """
from behave import use_step_matcher
use_step_matcher("re")

from evtbdd.phrases import step

@step('"{value}" is noted [within {time:Duration}] [with:]', section="S")
def note(stage, *, value, time, data):
    stage.noted.append((value, time, data.location, data.form))

@step("it is shown", section="S")
def show(stage):
    raise AssertionError(repr(stage.noted))
"""
ENVIRONMENT = """
class Stage:
    def __init__(self):
        self.noted = []
    def begin(self):
        pass
    def expand(self, text):
        return text.upper()

def before_all(context):
    context.evtbdd = Stage()
"""
FEATURE = '''\
Feature: shop
  Background:
    Given "a" is noted

  Scenario Outline: <it>
    When "<it>" is noted within 5 ms with:
      | x |
    Then "b" is noted with:
      """
      text
      """
    {last}

    Examples:
      | it |
      | c  |
'''


def run(folder: Path, last: str, environment: str = ENVIRONMENT) -> str:
    (folder / "features" / "steps").mkdir(parents=True)
    (folder / "features" / "steps" / "steps.py").write_text(STEPS)
    (folder / "features" / "environment.py").write_text(environment)
    (folder / "features" / "shop.feature").write_text(FEATURE.format(last=last))
    command = [sys.executable, "-m", "behave", "--no-capture", "-f", "plain"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)
    return done.stdout + done.stderr


def test_steps_know_their_values_and_lines(tmp_path: Path) -> None:
    """In backgrounds and outlines, with any matcher chosen, a step gets values and true lines."""
    output = run(tmp_path, "And it is shown")
    noted = re.search(r"ASSERT FAILED: (.*)", output)
    assert noted is not None, output
    assert noted[1] == repr([
        ("A", None, ("features/shop.feature", 3), None),
        ("C", 0.005, ("features/shop.feature", 7), "with"),
        ("B", None, ("features/shop.feature", 9), "with"),
    ])  # fmt: skip


@pytest.mark.parametrize(
    ("last", "message"),
    [
        (
            'And "d" is noted with:',
            'evtbdd.errors.PhraseError: features/shop.feature:12: "d" is noted with:\n'
            "  The step ends in a colon, and nothing stands below it: "
            "add the table or the text, or write the step without data.",
        ),
        (
            'And "d" is noted within 0 ms',
            "evtbdd.errors.PhraseError: within 0 ms: a time must be more than zero",
        ),
    ],
)
def test_a_step_that_cannot_be_meant_is_an_error(tmp_path: Path, last: str, message: str) -> None:
    """A badly written step is an error, not a failure, and names its line."""
    output = run(tmp_path, last)
    assert message in output
    assert "0 scenarios passed, 0 failed, 1 error" in output


def test_a_run_without_evtbdd_says_so(tmp_path: Path) -> None:
    """Without evtbdd's environment the first step names the missing line."""
    output = run(tmp_path, "And it is shown", environment="")
    assert "evtbdd.errors.SettingsError: evtbdd was never started for this run" in output


def test_a_step_inside_a_step_stands_where_that_one_does(tmp_path: Path) -> None:
    """What context.execute_steps runs is located at the step of the feature file."""
    environment = ENVIRONMENT + (
        "\ndef before_step(context, step):\n"
        "    if step.name == 'it is shown' and not step.filename.startswith('<'):\n"
        "        context.execute_steps('Given \"e\" is noted with:\\n  | x |')\n"
    )
    output = run(tmp_path, "And it is shown", environment)
    assert "('E', None, ('features/shop.feature', 12), 'with')]" in output, output


@pytest.mark.parametrize("module", ["evtbdd.phrases", "evtbdd.phrases.compile"])
def test_behave_is_imported_when_a_step_is_registered(module: str) -> None:
    """The language of phrases can be used without behave."""
    code = f"import sys, {module}; sys.exit('behave' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0
