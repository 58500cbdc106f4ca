"""One run and its scenarios: the facilities put together, and nothing else."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime, timezone
from functools import partial
from pathlib import Path

from evtbdd.channels.declaration import Declaration as ChannelDeclaration
from evtbdd.channels.facility import Channels, ScenarioChannels
from evtbdd.channels.pool import Brokers
from evtbdd.channels.publisher import Publisher
from evtbdd.clock import Deadline
from evtbdd.errors import PhraseError
from evtbdd.expect.expect import Expect, Patience
from evtbdd.expect.expectations import Expectations
from evtbdd.isolation.names import Names, fresh_run_id
from evtbdd.journal import Journal
from evtbdd.plan import Plan
from evtbdd.ports import Capability, ServiceHealth
from evtbdd.services.declaration import Declaration as ServiceDeclaration
from evtbdd.services.facility import ScenarioServices, Services
from evtbdd.services.surroundings import Consumed
from evtbdd.settings.load import Settings
from evtbdd.values.store import Values


class World:
    """A run: what the settings declare, and what was opened of it so far."""

    def __init__(self, settings: Settings, project: Path) -> None:
        main = settings.main
        self.project = project
        self.run_id = fresh_run_id()
        self.patience = Patience(
            timeout=main["timeout"], broker=main["connect timeout"], scale=main["timeout scale"]
        )
        urls = {name: settings.section("broker", name)["url"] for name in settings.names("broker")}
        brokers = Brokers(urls, patience=self.patience.broker * self.patience.scale)
        self.channels = Channels(
            {n: ChannelDeclaration.of_settings(settings, n) for n in settings.names("channel")},
            brokers,
            Names(main["prefix"], self.run_id),
            patience=self.patience.broker * self.patience.scale,
        )
        self.services = Services(
            {n: ServiceDeclaration.of_settings(settings, n) for n in settings.names("service")},
            project,
            self.run_id,
        )
        self._count = {"scenario": 0, "feature": 0}
        self._around: Scenario | None = None

    def begin(self, plan: Plan, folder: Path) -> Scenario:
        """Make ready what a scenario needs. What it takes is given back by `end`, also if it fails."""
        self._count["scenario"] += 1
        scopes = {
            "scenario": f"s{self._count['scenario']}",
            "feature": f"f{self._count['feature']}",
            "run": "run",
        }
        scenario = self._around = Scenario(self, scopes, [folder, self.project])
        scenario.prepare(plan)
        return scenario

    def end(self) -> None:
        """Give back what the scenario that runs took; one failure does not keep the rest from it."""
        if self._around is not None:
            with ExitStack() as stack:
                stack.callback(self._around.channels.end)
                stack.callback(self._around.services.end)

    def end_feature(self) -> None:
        """Give back what lived for the feature."""
        self._end_scope(f"f{self._count['feature']}")
        self._count["feature"] += 1

    def _end_scope(self, scope: str) -> None:
        if self._around is not None:
            with ExitStack() as stack:
                stack.callback(self.channels.close_scope, scope)
                stack.callback(self.services.close_scope, scope, self._around)

    def close(self) -> None:
        """Give back everything."""
        with ExitStack() as stack:
            stack.callback(self.channels.close)
            stack.callback(self.services.close)
            stack.callback(self._end_scope, "run")
            stack.callback(self.end_feature)


class Scenario:
    """A scenario: what its steps are called with. Stage, Witness and Surroundings of the rooms."""

    def __init__(self, world: World, scopes: Mapping[str, str], folders: list[Path]) -> None:
        self._world = world
        self._scopes = scopes
        self._step_type = "given"
        self._block_open = False
        self.journal = Journal()
        self.values = Values(
            folder=folders[0], environment=os.environ, now=lambda: datetime.now(timezone.utc)
        )
        self.channels = ScenarioChannels(world.channels, scopes["scenario"], self.journal)
        self.services = ScenarioServices(world.services, scopes, self.journal, self)
        self.publisher = Publisher(self.channels, self.journal, self.values, folders)
        self.expect = Expectations(Expect(self.journal, self, world.patience), self, self.values)
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
        for declaration in plan.declared:
            self.channels.declare(declaration)
        for name in plan.absent:
            self.channels.leave_out(name)
        known = [name for name in plan.services if name in self._world.services.declared]
        names = list(plan.channels)
        for service in self._world.services.with_needs(known):
            declared_service = self._world.services.get(service)
            for name in plan.channels_of(declared_service):
                self.channels.live_as_long_as(name, self._scopes[declared_service.scope])
                names.append(name)
        self.channels.open(names)
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

    # Witness: what expectations ask.

    def read_up(self, channels: Sequence[str], deadline: Deadline) -> None:
        """Read channels to their end."""
        self.channels.read_up(channels, deadline)

    def health(self) -> Sequence[ServiceHealth]:
        """The services that were started and are of this scenario."""
        return self.services.health()

    def where(self, channel: str) -> str:
        """Broker, address and physical name of a channel."""
        return self.channels.get(channel).where

    def lane(self, channel: str) -> str:
        """What the broker of a channel calls its lanes."""
        return self.channels.get(channel).broker.capabilities.lane

    def require(self, channel: str, capability: Capability | None) -> None:
        """Raise for a channel that nobody declared, or that cannot do it."""
        opened = self.channels.get(channel)
        if capability is not None:
            opened.broker.capabilities.require(capability)

    def holds_text(self, channel: str) -> bool:
        """Whether its payloads are texts."""
        return self.channels.get(channel).declaration.codec == "text"

    def declared_types(self, channel: str) -> frozenset[str]:
        """The types that the settings declare."""
        return self.channels.get(channel).declaration.types

    # Surroundings: what services ask.

    def consumed(self, channels: Sequence[str]) -> Sequence[Consumed]:
        """The broker's side of channels that a service consumes."""
        opened = [self.channels.get(name) for name in channels]
        return [Consumed(c.physical, c.recorded, c.broker.subscriptions()) for c in opened]

    def deadline(self) -> Deadline:
        """How long one answer of a broker may take."""
        return self.channels.deadline()


def _fact(known: Mapping[str, Callable[[], str]], name: str) -> str:
    return known[name]()
