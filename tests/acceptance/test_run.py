"""A run of behave from outside: what is selected, what is counted, what is reported."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from acceptance.project import Outcome, Project, normal
from acceptance.running import told

ORDERS = """\
Feature: Orders

  Background:
    Given the channel "orders" exists
    And "orders" already holds these events:
      | orderId |
      | OLD     |

  Scenario: one event
    When an event is published to "orders"
    Then exactly 1 event arrives on "orders" during 30 ms

  Scenario: another event
    When an event is published to "orders"
    Then exactly 1 event arrives on "orders" during 30 ms

  Scenario Outline: events on <channel>
    Given the channel "<channel>" exists
    When <number> events are published to "<channel>"
    Then exactly <number> events arrive on "<channel>" during 30 ms

    Examples:
      | channel | number |
      | orders  | 2      |
      | returns | 3      |
"""
RETURNS = """\
Feature: Returns

  Rule: A return is an event

    Scenario: a return
      Given the channel "returns" exists
      When an event is published to "returns"
      Then an event arrives on "returns"
"""


def project(folder: Path, settings: str = "") -> Project:
    made = Project(folder)
    if settings:
        made.write("evtbdd.cfg", settings)
    made.write("features/orders.feature", ORDERS)
    made.write("features/returns.feature", RETURNS)
    return made


def test_without_settings_everything_runs_in_memory(tmp_path: Path) -> None:
    """Two features with Background, Outline and Rule pass, and no file of settings is needed."""
    outcome = project(tmp_path).behave(timeout=60)
    assert outcome.code == 0, outcome.output
    assert "5 scenarios passed, 0 failed, 0 skipped" in outcome.output
    assert "Left behind" not in outcome.output


@pytest.mark.parametrize(
    ("arguments", "scenarios"),
    [
        (["features/returns.feature"], "1 scenario passed, 0 failed, 0 skipped"),
        (["features/orders.feature:13"], "1 scenario passed, 0 failed, 3 skipped"),
        (["features/orders.feature", "-n", "another"], "1 scenario passed, 0 failed, 3 skipped"),
        (["--tags=~@wip"], "5 scenarios passed, 0 failed, 0 skipped"),
    ],
)
def test_what_is_selected_runs(arguments: list[str], scenarios: str, tmp_path: Path) -> None:
    """By a path, by a line, by a name, by tags: the rest is not missed."""
    outcome = project(tmp_path).behave(*arguments, timeout=60)
    assert scenarios in outcome.output
    assert outcome.code == 0


NOTHING_RAN = (
    "HOOK-ERROR in after_all: NothingRan: No scenario ran, so nothing was tested. Do --tags and "
    "--name, and the paths, select any? If none is meant to run, set allow no scenarios = yes.\n"
)


@pytest.mark.parametrize("arguments", [["--tags=@smok"], ["-n", "no such name"]])
def test_a_run_without_any_scenario_is_red(arguments: list[str], tmp_path: Path) -> None:
    """A mistyped tag or name does not make a green run."""
    outcome = project(tmp_path).behave(*arguments, timeout=60)
    assert NOTHING_RAN in outcome.output
    assert (outcome.code, "Traceback" in outcome.output) == (1, False)


def test_a_run_without_any_scenario_can_be_allowed(tmp_path: Path) -> None:
    """Where none is meant to run, the settings say so."""
    outcome = project(tmp_path, "[evtbdd]\nallow no scenarios = yes\n").behave(
        "--tags=@smok", timeout=60
    )
    assert "NothingRan" not in outcome.output
    assert outcome.code == 0


def test_a_dry_run_runs_nothing_and_is_not_red(tmp_path: Path) -> None:
    """It reaches for no broker, and counts no scenarios."""
    settings = "[evtbdd:broker:main]\nurl = kafka://127.0.0.1:1\n"
    outcome = project(tmp_path, settings).behave("--dry-run", timeout=60)
    assert "0 scenarios passed, 0 failed, 0 skipped, 5 untested" in outcome.output
    assert outcome.code == 0


NESTED = '''\
from behave import then, when


@when("an order is placed")
def placed(context):
    context.execute_steps("""
        Given the channel "orders" exists
        When an event is published to "orders" with key "ORD-1":
          | field   | value |
          | orderId | ORD-1 |
        Then an event arrives on "orders" with key "ORD-1"
    """)


@when("an order is misplaced")
def misplaced(context):
    context.execute_steps('When an event is published to "ordrs"')


@then("it is shipped")
def shipped(context):
    context.execute_steps('Then an event arrives on "orders" with key "shipped" within 20 ms')


@then("it is placed")
def acted(context):
    context.execute_steps('Then an event is published to "orders"')
'''
STEPS_OF_STEPS = """\
Feature: Steps of steps

  Scenario: they pass
    When an order is placed
    Then exactly 1 event arrives on "orders" during 30 ms

  Scenario: one is an error
    When an order is misplaced

  Scenario: one fails
    When an order is placed
    Then it is shipped

  Scenario: one acts under Then
    When an order is placed
    Then it is placed
"""


@pytest.fixture(scope="module")
def nested(tmp_path_factory: pytest.TempPathFactory) -> tuple[Outcome, ElementTree.Element]:
    """A run with steps that run ours, and its report for JUnit."""
    made = Project(tmp_path_factory.mktemp("nested"))
    made.write("steps/nested_steps.py", NESTED)
    made.write("features/nested.feature", STEPS_OF_STEPS)
    outcome = made.behave("--junit", "--junit-directory", "junit", timeout=60)
    (report,) = (made.folder / "junit").iterdir()
    return outcome, ElementTree.fromstring(report.read_text())


def test_steps_of_steps_work(nested: tuple[Outcome, ElementTree.Element]) -> None:
    """As if they stood in the feature themselves."""
    assert told(nested[0], "they pass") == ("passed", "")


def test_an_error_in_a_step_of_a_step_is_an_error(
    nested: tuple[Outcome, ElementTree.Element],
) -> None:
    """behave alone would call it a failure, and show a traceback."""
    assert told(nested[0], "one is an error") == (
        "error",
        'UnknownName: No channel is called "ordrs". There are no channels. A channel is declared '
        "by a section [evtbdd:channel:ordrs] of the settings, or by the step "
        'Given the channel "ordrs" exists.\n'
        'in the sub-step: When an event is published to "ordrs"',
    )


def test_a_failure_in_a_step_of_a_step_is_a_failure(
    nested: tuple[Outcome, ElementTree.Element],
) -> None:
    """Its text is the text of the expectation."""
    status, text = told(nested[0], "one fails")
    first, *_, last = text.split("\n")
    assert status == "failed"
    assert first == (
        'ASSERT FAILED: Expected on "orders" within 20 ms: an event with key "shipped"'
    )
    assert last == (
        'in the sub-step: Then an event arrives on "orders" with key "shipped" within 20 ms'
    )


def test_steps_of_steps_stand_under_their_own_keyword(
    nested: tuple[Outcome, ElementTree.Element],
) -> None:
    """An act under Then is an error in them too."""
    status, text = told(nested[0], "one acts under Then")
    assert status == "error"
    assert text.startswith("PhraseError: This step acts, and Then only looks:")


def test_steps_of_steps_show_no_traceback(
    nested: tuple[Outcome, ElementTree.Element],
) -> None:
    """Neither in the terminal nor in JUnit, which counts errors and failures apart."""
    outcome, suite = nested
    assert "Traceback" not in outcome.output
    assert "Traceback" not in ElementTree.tostring(suite, encoding="unicode")
    assert (suite.get("errors"), suite.get("failures")) == ("2", "1")


def test_a_word_of_behave_brings_the_traceback_back(tmp_path: Path) -> None:
    """With --verbose behave shows where in evtbdd an error was raised."""
    made = Project(tmp_path)
    made.write(
        "features/a.feature", 'Feature: A\n  Scenario: a\n    Then an event arrives on "a"\n'
    )
    outcome = made.behave("--verbose", timeout=60)
    assert "Traceback (most recent call last)" in outcome.output
    assert 'UnknownName: No channel is called "a".' in normal(outcome.output)
