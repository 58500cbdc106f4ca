"""The hooks of a project's own chain with those of evtbdd."""

from __future__ import annotations

from pathlib import Path

import pytest
from acceptance.project import Outcome, Project
from acceptance.running import hook_errors

IMPORT = "from evtbdd.environment import *\n"
HOOKS = """\
import evtbdd.environment


def say(*words):
    print("HOOK", *words)


def before_all(context):
    say("before_all")
    evtbdd.environment.before_all(context)


def before_feature(context, feature):
    say("before_feature", feature.name)


def before_tag(context, tag):
    say("before_tag", tag)


def before_scenario(context, scenario):
    say("before_scenario", "ready" if "evtbdd" in context else "not ready")
    if "skipped" in scenario.tags:
        scenario.skip("not here")
    if "raising" in scenario.tags:
        raise RuntimeError("their own")


def before_step(context, step):
    say("before_step", step.step_type)


def after_step(context, step):
    say("after_step", step.status.name)


def after_scenario(context, scenario):
    opened = context.evtbdd.channels.opened() if "evtbdd" in context else ()
    say("after_scenario", *opened)


def after_tag(context, tag):
    say("after_tag", tag)


def after_feature(context, feature):
    say("after_feature", feature.name)


def after_all(context):
    say("after_all")
"""
FEATURE = """\
Feature: Hooks

  @smoke
  Scenario: all is well
    Given the channel "orders" exists
    And an event is published to "orders"

  Scenario: ours raises
    Given the channel "orders" exists on the broker "mian"

  @raising
  Scenario: theirs raises
    Given the channel "orders" exists

  @raising
  Scenario: both raise
    Given the channel "orders" exists on the broker "mian"

  @skipped
  Scenario: theirs skips
    Given the channel "orders" exists

  @skipped
  Scenario: ours raises and theirs skips
    Given the channel "orders" exists on the broker "mian"
"""


def run(folder: Path, environment: str, feature: str = FEATURE, *arguments: str) -> Outcome:
    project = Project(folder)
    project.write("environment.py", environment)
    project.write("features/hooks.feature", feature)
    return project.behave(*arguments, timeout=60)


@pytest.fixture(scope="module")
def chained(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """A run with hooks of every kind."""
    return run(tmp_path_factory.mktemp("hooks"), IMPORT + HOOKS)


def hooks_of(outcome: Outcome, scenario: str) -> list[str]:
    """What was printed by hooks while a scenario ran."""
    _, _, after = outcome.output.partition(f"  Scenario: {scenario}\n")
    section = after.partition("\n\n  Scenario: ")[0].partition("HOOK after_feature")[0]
    return [line.removeprefix("HOOK ") for line in section.split("\n") if line.startswith("HOOK ")]


def test_hooks_are_called_inside_of_ours(chained: Outcome) -> None:
    """Before something theirs come after ours, after something before ours: all is there."""
    assert hooks_of(chained, "all is well") == [
        "before_tag smoke",
        "before_scenario ready",
        "before_step given",
        "after_step passed",
        "before_step given",
        "after_step passed",
        "after_scenario orders",
        "after_tag smoke",
    ]


def test_hooks_of_the_run_and_its_features_are_called(chained: Outcome) -> None:
    """Once each."""
    said = [line for line in chained.output.split("\n") if "_all" in line or "_feature" in line]
    assert said == [
        "HOOK before_all",
        "HOOK before_feature Hooks",
        "HOOK after_feature Hooks",
        "HOOK after_all",
    ]


def test_hooks_are_called_also_where_ours_raises(chained: Outcome) -> None:
    """What theirs set up and take down stays in pairs."""
    assert hooks_of(chained, "ours raises") == ["before_scenario not ready", "after_scenario"]


UNKNOWN = 'UnknownName: Of the channel "orders": No broker is called "mian". Did you mean "main"?'


def test_errors_of_hooks_are_told(chained: Outcome) -> None:
    """Ours, theirs, or both."""
    assert hook_errors_at_the_end_of(chained) == {
        "ours raises": UNKNOWN,
        "theirs raises": "RuntimeError: their own",
        "both raise": (
            f"{UNKNOWN}\nThe project's own before_scenario failed too: RuntimeError: their own"
        ),
    }


def hook_errors_at_the_end_of(outcome: Outcome) -> dict[str, str]:
    """The errors of hooks, from behind what hooks print themselves."""
    lines = [line for line in outcome.output.split("\n") if not line.startswith("HOOK ")]
    return dict(hook_errors(Outcome(outcome.code, "\n".join(lines))))


def test_a_hook_can_skip_a_scenario_whatever_ours_says(chained: Outcome) -> None:
    """Where theirs knows that a scenario cannot run here, that ours could not is no error."""
    assert "1 scenario passed, 0 failed, 3 hook_error, 2 skipped" in chained.output
    assert hooks_of(chained, "ours raises and theirs skips") == [
        "before_tag skipped",
        "before_scenario not ready",
        "after_scenario",
        "after_tag skipped",
    ]


def test_no_hook_shows_a_traceback(chained: Outcome) -> None:
    """Not even those that raise."""
    assert (chained.code, "Traceback" in chained.output) == (1, False)


def test_a_run_whose_scenarios_are_all_skipped_is_red(tmp_path: Path) -> None:
    """What a hook has skipped did not run."""
    feature = 'Feature: Skips\n\n  @skipped\n  Scenario: a\n    Given the channel "a" exists\n'
    outcome = run(tmp_path, IMPORT + HOOKS, feature)
    assert "HOOK-ERROR in after_all: NothingRan: No scenario ran" in outcome.output
    assert outcome.code == 1


NOT_STARTED = """\
SettingsError: evtbdd was never started for this run, so its steps cannot work.
environment.py must contain the line
    from evtbdd.environment import *
and where it defines a before_all of its own, which replaces evtbdd's, that one must call
    evtbdd.environment.before_all(context)
before anything else."""
ONE = 'Feature: One\n\n  Scenario: one\n    Given the channel "orders" exists\n'


def test_a_before_all_that_replaces_ours_is_told_what_is_missing(tmp_path: Path) -> None:
    """The error of each scenario shows the missing line."""
    outcome = run(tmp_path, IMPORT + "def before_all(context):\n    pass\n", ONE)
    assert hook_errors(outcome) == {"one": NOT_STARTED}
    assert (outcome.code, "Traceback" in outcome.output) == (1, False)


def test_hooks_that_replace_all_of_ours_are_told_what_is_missing(tmp_path: Path) -> None:
    """The first step that is reached says it."""
    replacing = "def before_all(context):\n    pass\n\n\ndef before_scenario(context, scenario):\n    pass\n"
    outcome = run(tmp_path, IMPORT + replacing, ONE)
    assert f"HOOK-ERROR in before_step: {NOT_STARTED}\n" in outcome.output
    assert (outcome.code, "Traceback" in outcome.output) == (1, False)


def test_behave_swallows_nothing_that_is_said_at_the_end(tmp_path: Path) -> None:
    """With behave's own defaults, which capture what hooks print, it is shown."""
    feature = ONE + '    And the channl "returns" exists\n'
    outcome = run(tmp_path, IMPORT + HOOKS, feature, "--capture", "--capture-hooks")
    assert 'No phrase fits:  And the channl "returns" exists\n' in outcome.output
    assert "HOOK after_all" in outcome.output
