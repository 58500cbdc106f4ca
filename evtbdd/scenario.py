"""A scenario: what its steps are called with."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import partial
from pathlib import Path

from evtbdd.channels.facility import Channels
from evtbdd.channels.publisher import Publisher
from evtbdd.channels.scenario import ScenarioChannels
from evtbdd.channels.witness import ChannelWitness
from evtbdd.errors import BrokerError, PhraseError
from evtbdd.expect.expect import Expect, Patience
from evtbdd.expect.expectations import Expectations
from evtbdd.expect.source import SourceWitness
from evtbdd.expect.whose import own_marks
from evtbdd.facilities import OpenFacilities, ScenarioFacilities
from evtbdd.isolation.inherited import Legacy
from evtbdd.isolation.triggers import Consumer, ScenarioTriggers
from evtbdd.journal import Journal
from evtbdd.own_words.own_words import OwnWords
from evtbdd.plan import Plan
from evtbdd.services.consumers import Consumers
from evtbdd.services.facility import Services
from evtbdd.services.scenario import ScenarioServices
from evtbdd.services.surroundings import Consumed
from evtbdd.values.matcher_words import MatcherWords
from evtbdd.values.store import Values


@dataclass(frozen=True, slots=True)
class Lent:
    """What the run lends to its scenarios.

    `lives` says of channels in which scope they live, where that is not the scenario; `legacy` is
    what scenarios leave to one another, and `consumers` are those who acknowledge it; `needed` are
    facilities that the settings want in every scenario.
    """

    run_id: str
    patience: Patience
    channels: Channels
    services: Services
    lives: Mapping[str, str]
    matchers: MatcherWords
    legacy: Legacy
    consumers: Consumers
    facilities: OpenFacilities
    needed: Mapping[str, Collection[str | None]]


class Scenario:
    """What the run lends, as one scenario uses it: Stage and Surroundings of the rooms.

    `title` is what a person calls it; `scopes` are the names of the scopes: `{"scenario": "s3",
    "feature": "f1", "run": "run"}`; files are looked for in `folders`, one after the other.
    """

    def __init__(
        self,
        lent: Lent,
        title: str,
        scopes: Mapping[str, str],
        folders: list[Path],
    ) -> None:
        self._lent = lent
        self._title = title
        self._scopes = scopes
        self._consumers: Sequence[Consumer] = ()
        self._step_type = "given"
        self._block_open = self._begun = self._first = self._vague = False
        self._nothing_done = self._still = False
        self.journal = Journal()
        self.values = Values(
            folder=folders[0],
            environment=os.environ,
            now=lambda: datetime.now(timezone.utc),
            matchers=lent.matchers,
        )
        self.channels = ScenarioChannels(lent.channels, scopes, lent.lives, self.journal)
        self.services = ScenarioServices(lent.services, scopes, self.journal, self)
        self.publisher = Publisher(
            self.channels,
            self.journal,
            self.values,
            folders,
            lambda: self.facilities.headers(),
        )
        triggers = ScenarioTriggers(title, self.journal, lambda: self._consumers)
        witness = SourceWitness(
            ChannelWitness(
                self.channels,
                self.services.health,
                lambda: self.values.fresh_ids,
                lent.legacy.begin(triggers, self.channels.scope_of),
            )
        )
        expect = Expect(self.journal, witness, lent.patience)
        self.expect = Expectations(expect, witness, self.values)
        self.own_words = OwnWords(self.channels, self.journal, witness, self.expect)
        self.folders = folders
        self.facilities: ScenarioFacilities = ScenarioFacilities(lent.facilities, self, scopes)
        self._provide()

    def _provide(self) -> None:
        run_id = self._lent.run_id
        own = f"{run_id}-{self._scopes['scenario']}"
        facts: Mapping[str, Mapping[str, Callable[[], str]]] = {
            "scenario": {"id": lambda: own, "folder": self.services.folder},
            "scope": {"id": lambda: own},
            "run": {"id": lambda: run_id},
        }
        for prefix, known in facts.items():
            self.values.provide(prefix, partial(_fact, known), partial(list, known))
        self.values.provide("channel", self.channels.physical, self.channels.known)
        brokers = self._lent.channels.brokers
        self.values.provide("broker", self.channels.broker_fact, lambda: brokers.names)
        self.values.provide("service", self.services.fact, self.services.known)
        self.facilities.provide()

    def prepare(self, plan: Plan) -> None:
        """Open every channel that the plan names, before the first step."""
        self._vague = plan.vague
        self.services.look_at_logs_of(plan.logs)
        self.services.start_together(plan.together)
        self.channels.open(plan.tell(self.channels, self._lent.services))
        self.services.adopt(self.channels.opened())
        self.facilities.foretell({**self._lent.needed, **plan.needed})
        self._look_for_consumers()

    def leave(self) -> None:
        """Leave to the next scenarios what services of longer scopes are not done with."""
        self._look_for_consumers()
        own: Collection[str] = ()
        if self.channels.are_correlated():
            fresh = self.values.fresh_ids
            own = own_marks(self.journal.since(), fresh, self.channels.correlation)
        longer = [scope for kind, scope in self._scopes.items() if kind != "scenario"]
        self._lent.legacy.end(longer, own, self._title)

    def _look_for_consumers(self) -> None:
        self._consumers = self._lent.consumers.started(self._scopes, self.channels)

    # Stage: what the phrases ask.

    def begin_step(self, step_type: str) -> None:
        """Note the keyword, given, when or then, of the next step; the first begins the scenario."""
        self._first = not self._begun
        self._still = self._first or (self._still and self._nothing_done)
        self._nothing_done = False
        with suppress(BrokerError):  # which the step itself then tells: see begin
            self.begin(acting=step_type == "when")
        self._step_type = step_type
        self._block_open = self._block_open and step_type == "when"
        self.values.begin_step()

    def begin(self, *, acting: bool = False) -> None:
        """Note where every channel stands, unless that is done. Raises BrokerError.

        `acting`: the first step may begin a block of acts.
        """
        if not self._begun:
            self._lent.legacy.following.look(anew=self._vague and acting)
            self.channels.begin()
            self._begun = True

    def expand(self, text: str) -> str | bytes:
        """The text with its placeholders replaced."""
        return self.values.key(text)

    def act(self, *, looks: bool = False) -> None:
        """Open a block of acts under When; PhraseError under Then, unless the step `looks` too."""
        if self._step_type == "then" and not looks:
            raise PhraseError(
                "This step acts, and Then only looks: write When before it (And and But go on with "
                "the keyword before them)."
            )
        if self._step_type == "when" and not self._block_open:
            self._block_open = True
            self._look_for_consumers()
            if not self._first:
                self._lent.legacy.following.look(anew=self._vague)
            self.services.begin_block()
            self.facilities.begin_block()
            # Where only the time tells what is late, the look above must not come behind it.
            at_beginning = self._first or (self._still and not self._vague)
            self.channels.begin_block(at_beginning=at_beginning)

    # Surroundings: what services ask.

    def nothing_done(self) -> None:
        """The step that runs has done nothing: channels stand where they stood before it."""
        self._nothing_done = True

    def environment(self, service: str) -> Mapping[str, str]:
        """What facilities have for a service."""
        return self.facilities.environment(service)

    def consumed(self, channels: Sequence[str]) -> Sequence[Consumed]:
        """The broker's side of channels that a service consumes."""
        opened = [self.channels.get(name) for name in channels]
        return [
            Consumed(c.broker_name, c.physical, c.recorded, c.broker.subscriptions())
            for c in opened
        ]


def _fact(known: Mapping[str, Callable[[], str]], name: str) -> str:
    return known[name]()
