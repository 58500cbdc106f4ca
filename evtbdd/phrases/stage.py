"""What a step needs of the run it is part of."""

from __future__ import annotations

from typing import Protocol, cast

from evtbdd.errors import SettingsError

NOT_STARTED = """\
evtbdd was never started for this run, so its steps cannot work.
environment.py must contain the line
    from evtbdd.environment import *
and where it defines a before_all of its own, which replaces evtbdd's, that one must call
    evtbdd.environment.before_all(context)
before anything else."""


class Stage(Protocol):
    """The running scenario, as far as the phrases themselves must know it; steps are handed it."""

    def begin(self) -> None:
        """Called before anything else; raises what keeps the scenario from beginning."""

    def expand(self, text: str) -> str | bytes:
        """The text with every `${…}` in it replaced; UnknownName, if one is not known."""

    def act(self) -> None:
        """Called before a step that acts; PhraseError, where a step may not act."""


def stage_of(context: object) -> Stage:
    """The stage of behave's context; SettingsError, which names the missing line, if it has none."""
    stage = getattr(context, "evtbdd", None)
    if stage is None:
        raise SettingsError(NOT_STARTED)
    return cast(Stage, stage)
