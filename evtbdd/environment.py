"""behave's hooks: `from evtbdd.environment import *` in environment.py is all that a project needs.

Hooks of the project's own chain with these: `before_all` finds them and calls them inside of ours,
theirs after ours before something, and before ours after something. Theirs are called whether or
not ours fail, so that what they set up and take down stays in pairs.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from evtbdd.errors import EvtbddError, SettingsError
from evtbdd.phrases.stage import NOT_STARTED
from evtbdd.run import Run

__all__ = [
    "after_all",
    "after_feature",
    "after_scenario",
    "after_step",
    "before_all",
    "before_scenario",
    "before_step",
]
Hook = Callable[..., None]


def before_all(context: Any) -> None:
    """Read the settings, and chain the hooks of the project's own."""
    # A relay or an embedded broker shares this process; the default of 5 ms would add as much to
    # each of its answers.
    sys.setswitchinterval(0.0002)
    hooks = context._runner.hooks
    for name in __all__:
        if name != "before_all":
            hooks[name] = _chained(name, globals()[name], hooks.get(name))
    context.evtbdd_run = Run(context, Path.cwd())


def before_scenario(context: Any, scenario: Any) -> None:
    """Open what the scenario names; whatever keeps that from being is an error of the scenario."""
    _require_started(context)
    context.evtbdd = context.evtbdd_run.begin_scenario(scenario)


def before_step(context: Any, step: Any) -> None:
    """Note the keyword of the step."""
    _require_started(context)
    if "evtbdd" in context:
        context.evtbdd.begin_step(step.step_type)


def after_step(context: Any, step: Any) -> None:
    """Note how the step ended."""
    if "evtbdd_run" in context:
        context.evtbdd_run.end_step(step)


def after_scenario(context: Any, scenario: Any) -> None:
    """Give back what the scenario used."""
    if "evtbdd_run" in context:
        context.evtbdd_run.end_scenario(scenario)


def after_feature(context: Any, feature: Any) -> None:  # noqa: ARG001 - behave hands it over
    """Give back what lived for the feature."""
    if "evtbdd_run" in context:
        context.evtbdd_run.end_feature()


def after_all(context: Any) -> None:
    """Give back everything. Raises NothingRan, which makes the run red, where no scenario ran."""
    if "evtbdd_run" in context:
        context.evtbdd_run.end()


def _require_started(context: Any) -> None:
    """Raise SettingsError where the project's own before_all has replaced ours."""
    if "evtbdd_run" not in context:
        raise SettingsError(NOT_STARTED)


def _chained(name: str, ours: Hook, theirs: Hook | None) -> Hook:
    """One hook that calls both; ours alone where there is no other."""
    both = ours
    if theirs is not None and theirs is not ours:
        both = (_before if name.startswith("before") else _after)(name, ours, theirs)
    # behave would swallow what hooks print, and with it what steps have logged.
    setattr(both, "capture", getattr(theirs, "capture", False))  # noqa: B010
    return both


def _before(name: str, ours: Hook, theirs: Hook) -> Hook:
    def both(context: Any, *what: Any) -> None:
        try:
            ours(context, *what)
        except EvtbddError as error:
            try:
                theirs(context, *what)
            except Exception as other:
                raise type(error)(
                    f"{error}\nThe project's own {name} failed too: {type(other).__name__}: {other}"
                ) from other
            # Their hook knows where a scenario cannot run: then that is no error.
            if not getattr(what[0], "should_skip", False):
                raise
        else:
            theirs(context, *what)

    return both


def _after(_: str, ours: Hook, theirs: Hook) -> Hook:
    def both(context: Any, *what: Any) -> None:
        try:
            theirs(context, *what)
        finally:
            ours(context, *what)

    return both
