"""behave's hooks: `from evtbdd.environment import *` in environment.py is all that a project needs.

Hooks of the project's own chain with these: `before_all` finds them and calls them inside of ours,
theirs after ours before something, and before ours after something.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from evtbdd.run import Run

__all__ = [
    "after_all",
    "after_feature",
    "after_scenario",
    "before_all",
    "before_scenario",
    "before_step",
]


def before_all(context: Any) -> None:
    """Read the settings, and chain the hooks of the project's own."""
    # A relay or an embedded broker shares this process; the default of 5 ms would add as much to
    # each of its answers.
    sys.setswitchinterval(0.0002)
    hooks = context._runner.hooks
    for name in __all__:
        hooks[name] = _chained(name, globals()[name], hooks.get(name))
    context.evtbdd_run = Run.begin(context, Path.cwd())


def before_scenario(context: Any, scenario: Any) -> None:
    """Open what the scenario names; whatever keeps that from being is an error of the scenario."""
    context.evtbdd = context.evtbdd_run.begin_scenario(scenario)


def before_step(context: Any, step: Any) -> None:
    """Note the keyword of the step."""
    if "evtbdd" in context:
        context.evtbdd.begin_step(step.step_type)


def after_scenario(context: Any, scenario: Any) -> None:
    """Give back what the scenario used."""
    context.evtbdd_run.end_scenario(scenario)


def after_feature(context: Any, feature: Any) -> None:
    """Give back what lived for the feature."""
    context.evtbdd_run.end_feature(feature)


def after_all(context: Any) -> None:
    """Give back everything. Raises NothingRan, which makes the run red, where no scenario ran."""
    if "evtbdd_run" in context:
        context.evtbdd_run.end()


def _chained(
    name: str, ours: Callable[..., None], theirs: Callable[..., None] | None
) -> Callable[..., None]:
    """One hook that calls both; ours alone where there is no other."""
    if theirs is None or theirs is ours or name == "before_all":
        return theirs or ours

    def both(context: Any, *what: Any) -> None:
        if name.startswith("before"):
            ours(context, *what)
            theirs(context, *what)
            return
        try:
            theirs(context, *what)
        finally:
            ours(context, *what)

    return both
