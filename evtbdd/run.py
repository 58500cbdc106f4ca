"""A run of behave, as evtbdd sees it: from its settings to its last word."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from behave.runner import the_step_registry

from evtbdd.errors import EvtbddError, NothingRan
from evtbdd.lookahead import look_ahead
from evtbdd.phrases.catalogue import registered
from evtbdd.phrases.nearest import explain
from evtbdd.plan import Plan
from evtbdd.report.hidden import Hiding, hide
from evtbdd.report.sentences import put_first, tell_hook_error
from evtbdd.scenario import Scenario
from evtbdd.schedule import Schedule
from evtbdd.sections import SECTIONS
from evtbdd.settings.load import Settings
from evtbdd.tags import skip_what_is_for_others
from evtbdd.world import World


class Run:
    """One run. What keeps it from beginning is told by every scenario, so that reports show it."""

    def __init__(self, context: Any, project: Path) -> None:
        self._runner = context._runner
        self._sentences = put_first(context._runner, context.config)
        self._world: World | None = None
        self._schedule: Schedule | None = None
        self._failure: EvtbddError | None = None
        self._allow_none = False
        self._ran = 0
        try:
            settings = Settings.load(
                project, sections=SECTIONS, userdata=context.config.userdata, environ=os.environ
            )
            self._allow_none = settings.main["allow no scenarios"]
            skip_what_is_for_others(settings, self._runner.features)
            self._world = World(settings, project, getattr(context._runner, "head_start", None))
            self._call_off_what_nobody_needs(self._world)
            hiding = Hiding(context.config, self._world.secrets.mask)
            context._runner.formatters.insert(0, hiding)
        except EvtbddError as error:
            self._failure = error

    def _begun(self) -> World:
        """What the settings amount to. Raises what is wrong with them, the same each time."""
        if self._world is None:
            raise (self._failure or NothingRan("The run has not begun.")).with_traceback(None)
        return self._world

    def begin_scenario(self, scenario: Any) -> Scenario:
        """Make ready what a scenario of behave names."""
        world = self._begun()
        with self._hiding():
            planned = self._schedule_of(world).take(scenario)
            folder = Path(scenario.filename).parent.absolute()
            return world.begin(planned.plan, folder, planned.scope)

    def _schedule_of(self, world: World) -> Schedule:
        if self._schedule is None:
            self._schedule = Schedule(
                self._selected(),
                lambda each: look_ahead(
                    each, the_step_registry, Plan(settings=world.channels.declared)
                ),
                world.ahead,
                world.drop,
            )
        return self._schedule

    def _call_off_what_nobody_needs(self, world: World) -> None:
        """End brokers that were begun before it was known which scenarios would run."""
        needless = set(world.channels.brokers.early)
        selected = self._selected()
        while needless and (scenario := next(selected, None)) is not None:
            plan = look_ahead(scenario, the_step_registry, Plan(settings=world.channels.declared))
            needless -= world.brokers_of(plan)
        for name in needless:
            world.channels.brokers.call_off(name)

    def _selected(self) -> Iterator[Any]:
        """The scenarios that behave will run."""
        config = self._runner.config
        for feature in self._runner.features:
            if feature.should_run(config):
                yield from (each for each in feature.walk_scenarios() if each.should_run(config))

    @contextmanager
    def _hiding(self) -> Iterator[None]:
        """Keep secrets out of what is raised."""
        try:
            yield
        except Exception as error:
            self._hide(error)
            raise

    def _hide(self, error: BaseException | None) -> None:
        if error is not None and self._world is not None:
            hide(error, self._world.secrets.mask)

    def end_step(self, step: Any) -> None:
        """Note how a step ended; secrets are kept out of what is told of it."""
        self._hide(step.exception)
        if self._sentences is not None:
            self._sentences.after_step(step)

    def end_scenario(self, scenario: Any) -> None:
        """Give back what it took, and count it, unless a hook has skipped it."""
        if self._sentences is not None:
            tell_hook_error(scenario)
        if scenario.status.name != "skipped":
            self._ran += 1
        if self._world is not None:
            with self._hiding():
                self._world.end()

    def end_feature(self) -> None:
        """Give back what lived for the feature."""
        if self._world is not None:
            with self._hiding():
                self._world.end_feature()

    def end(self) -> None:
        """Give back everything, tell what undefined steps may have meant, and that some ran."""
        try:
            if self._world is not None:
                with self._hiding():
                    self._world.close()
        finally:
            self._explain_undefined()
            self._tell_what_is_left()
        if self._ran == 0 and not self._runner.aborted:
            self._begun()
            if not self._allow_none:
                raise NothingRan(
                    "No scenario ran, so nothing was tested. Do --tags and --name, and the paths, "
                    "select any? If none is meant to run, set allow no scenarios = yes."
                )

    def _tell_what_is_left(self) -> None:
        if self._world is not None:
            for sentence in map(self._world.secrets.mask, self._world.left_behind):
                print(f"\nLeft behind: {sentence}")  # noqa: T201

    def _explain_undefined(self) -> None:
        undefined = {step.name: step for step in self._runner.undefined_steps}
        if not undefined:
            return
        self._runner.config.show_snippets = False
        for name, step in undefined.items():
            print(f"\n{step.location}:", explain(name, registered(), step.keyword), sep="\n")  # noqa: T201
