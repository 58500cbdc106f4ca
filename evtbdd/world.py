"""One run and its scenarios: the facilities put together, and nothing else."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime, timezone
from functools import partial
from pathlib import Path

from evtbdd.brokers import security
from evtbdd.channels.declaration import Declaration as ChannelDeclaration
from evtbdd.channels.facility import Channels
from evtbdd.channels.pool import Brokers
from evtbdd.channels.publisher import Publisher
from evtbdd.channels.scenario import ScenarioChannels
from evtbdd.channels.witness import ChannelWitness
from evtbdd.errors import PhraseError
from evtbdd.expect.expect import Expect, Patience
from evtbdd.expect.expectations import Expectations
from evtbdd.isolation.names import Names, fresh_run_id
from evtbdd.journal import Journal
from evtbdd.keeper import HeldKeeper
from evtbdd.plan import Plan
from evtbdd.services.declaration import Declaration as ServiceDeclaration
from evtbdd.services.facility import Services
from evtbdd.services.scenario import ScenarioServices
from evtbdd.services.surroundings import Consumed
from evtbdd.settings.load import Settings
from evtbdd.settings.mask import Secrets
from evtbdd.values.declared import matcher_words
from evtbdd.values.store import Values


class World:
    """A run: what the settings declare, and what was opened of it so far."""

    def __init__(self, settings: Settings, project: Path) -> None:
        main = settings.main
        self.secrets = Secrets.of(settings)
        self.project = project
        self.run_id = fresh_run_id()
        self.patience = Patience(
            timeout=main["timeout"], broker=main["connect timeout"], scale=main["timeout scale"]
        )
        patience = self.patience.broker * self.patience.scale
        self.keeper = HeldKeeper()
        urls = {name: settings.section("broker", name)["url"] for name in settings.names("broker")}
        secured = {name: security.of_settings(settings, name) for name in urls}
        self.channels = Channels(
            {n: ChannelDeclaration.of_settings(settings, n) for n in settings.names("channel")},
            Brokers(urls, self.keeper, patience=patience, secured=secured, mask=self.secrets.mask),
            Names(main["prefix"], self.run_id),
            patience=patience,
        )
        self.services = Services(
            {n: ServiceDeclaration.of_settings(settings, n) for n in settings.names("service")},
            project,
            self.run_id,
            self.keeper,
            self.channels.deadline,
        )
        self.lives = self.services.lives()
        self.matchers = matcher_words(settings)
        self._numbers = {"scenario": 0, "feature": 1}
        self._scenario: Scenario | None = None

    @property
    def left_behind(self) -> Sequence[str]:
        """What could not be ended or deleted so far, in sentences."""
        return [*self.services.left_behind, *self.channels.left_behind]

    def begin(self, plan: Plan, folder: Path) -> Scenario:
        """Make ready what a scenario needs. What it takes is given back by `end`, also if it fails."""
        self._numbers["scenario"] += 1
        self._scenario = Scenario(self, self._scopes(), [folder, self.project])
        self._scenario.prepare(plan)
        return self._scenario

    def _scopes(self) -> Mapping[str, str]:
        numbered = {kind: f"{kind[0]}{number}" for kind, number in self._numbers.items()}
        return {**numbered, "run": "run"}

    def end(self) -> None:
        """Give back what the scenario that runs took; one failure does not keep the rest from it."""
        scenario, self._scenario = self._scenario, None
        if scenario is not None:
            with ExitStack() as given_back:
                given_back.callback(scenario.channels.end)
                given_back.callback(scenario.services.end)

    def end_feature(self) -> None:
        """Give back what lived for the feature."""
        scope = self._scopes()["feature"]
        self._numbers["feature"] += 1
        self._end_scope(scope)

    def _end_scope(self, scope: str) -> None:
        with ExitStack() as given_back:
            given_back.callback(self.channels.close_scope, scope)
            given_back.callback(self.services.close_scope, scope)

    def close(self) -> None:
        """Give back everything."""
        with ExitStack() as given_back:
            given_back.callback(self.keeper.close)
            given_back.callback(self.channels.close)
            given_back.callback(self.services.close)
            given_back.callback(self._end_scope, "run")
            given_back.callback(self.end_feature)
            given_back.callback(self.end)


class Scenario:
    """A scenario: what its steps are called with. Stage and Surroundings of the rooms."""

    def __init__(self, world: World, scopes: Mapping[str, str], folders: list[Path]) -> None:
        self._world = world
        self._scopes = scopes
        self._step_type = "given"
        self._block_open = False
        self.journal = Journal()
        self.values = Values(
            folder=folders[0],
            environment=os.environ,
            now=lambda: datetime.now(timezone.utc),
            matchers=world.matchers,
        )
        self.channels = ScenarioChannels(world.channels, scopes, world.lives, self.journal)
        self.services = ScenarioServices(world.services, scopes, self.journal, self)
        self.publisher = Publisher(self.channels, self.journal, self.values, folders)
        witness = ChannelWitness(self.channels, self.services.health)
        expect = Expect(self.journal, witness, world.patience)
        self.expect = Expectations(expect, witness, self.values)
        self._provide()

    def _provide(self) -> None:
        own = f"{self._world.run_id}-{self._scopes['scenario']}"
        facts: Mapping[str, Mapping[str, Callable[[], str]]] = {
            "scenario": {"id": lambda: own, "folder": self.services.folder},
            "scope": {"id": lambda: own},
            "run": {"id": lambda: self._world.run_id},
        }
        for prefix, known in facts.items():
            self.values.provide(prefix, partial(_fact, known), partial(list, known))
        self.values.provide("channel", self.channels.physical, self.channels.known)
        brokers = self._world.channels.brokers
        self.values.provide("broker", brokers.fact, lambda: brokers.names)
        self.values.provide("service", self.services.fact, self.services.known)

    def prepare(self, plan: Plan) -> None:
        """Open every channel that the plan names, before the first step."""
        for declaration in plan.declared.values():
            self.channels.declare(declaration)
        for name in plan.absent:
            self.channels.leave_out(name)
        services = self._world.services
        names = list(plan.channels)
        for service in services.with_needs(n for n in plan.services if n in services.declared):
            names += services.get(service).channels()
        self.channels.open(names)
        self.services.adopt(self.channels.opened())
        self.channels.begin()

    # Stage: what the phrases ask.

    def begin_step(self, step_type: str) -> None:
        """Note the keyword, given, when or then, that the next step stands under."""
        self._step_type = step_type
        self._block_open = self._block_open and step_type == "when"
        self.values.begin_step()

    def expand(self, text: str) -> str | bytes:
        """The text with its placeholders replaced."""
        return self.values.key(text)

    def act(self) -> None:
        """Open a block of acts under When; PhraseError under Then."""
        if self._step_type == "then":
            raise PhraseError(
                "This step acts, and Then only looks: write When before it (And and But go on with "
                "the keyword before them)."
            )
        if self._step_type == "when" and not self._block_open:
            self._block_open = True
            self.services.begin_block()
            self.channels.begin_block()

    # Surroundings: what services ask.

    def consumed(self, channels: Sequence[str]) -> Sequence[Consumed]:
        """The broker's side of channels that a service consumes."""
        opened = [self.channels.get(name) for name in channels]
        return [
            Consumed(c.broker_name, c.physical, c.recorded, c.broker.subscriptions())
            for c in opened
        ]


def _fact(known: Mapping[str, Callable[[], str]], name: str) -> str:
    return known[name]()
