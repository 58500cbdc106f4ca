"""A scenario: what its steps are called with."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
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
from evtbdd.journal import Journal
from evtbdd.plan import Plan
from evtbdd.services.facility import Services
from evtbdd.services.scenario import ScenarioServices
from evtbdd.services.surroundings import Consumed
from evtbdd.values.matcher_words import MatcherWords
from evtbdd.values.store import Values


@dataclass(frozen=True, slots=True)
class Facilities:
    """What the run lends to its scenarios.

    `lives` says of channels in which scope they live, where that is not the scenario.
    """

    run_id: str
    patience: Patience
    channels: Channels
    services: Services
    lives: Mapping[str, str]
    matchers: MatcherWords


class Scenario:
    """The facilities as one scenario uses them: Stage and Surroundings of the rooms.

    `scopes` are the names of the scopes: `{"scenario": "s3", "feature": "f1", "run": "run"}`;
    files are looked for in `folders`, one after the other.
    """

    def __init__(
        self, facilities: Facilities, scopes: Mapping[str, str], folders: list[Path]
    ) -> None:
        self._facilities = facilities
        self._scopes = scopes
        self._step_type = "given"
        self._block_open = self._begun = self._first = False
        self.journal = Journal()
        self.values = Values(
            folder=folders[0],
            environment=os.environ,
            now=lambda: datetime.now(timezone.utc),
            matchers=facilities.matchers,
        )
        self.channels = ScenarioChannels(
            facilities.channels, scopes, facilities.lives, self.journal
        )
        self.services = ScenarioServices(facilities.services, scopes, self.journal, self)
        self.publisher = Publisher(self.channels, self.journal, self.values, folders)
        witness = ChannelWitness(self.channels, self.services.health)
        expect = Expect(self.journal, witness, facilities.patience)
        self.expect = Expectations(expect, witness, self.values)
        self._provide()

    def _provide(self) -> None:
        run_id = self._facilities.run_id
        own = f"{run_id}-{self._scopes['scenario']}"
        facts: Mapping[str, Mapping[str, Callable[[], str]]] = {
            "scenario": {"id": lambda: own, "folder": self.services.folder},
            "scope": {"id": lambda: own},
            "run": {"id": lambda: run_id},
        }
        for prefix, known in facts.items():
            self.values.provide(prefix, partial(_fact, known), partial(list, known))
        self.values.provide("channel", self.channels.physical, self.channels.known)
        brokers = self._facilities.channels.brokers
        self.values.provide("broker", brokers.fact, lambda: brokers.names)
        self.values.provide("service", self.services.fact, self.services.known)

    def prepare(self, plan: Plan) -> None:
        """Open every channel that the plan names, before the first step."""
        self.services.look_at_logs_of(plan.logs)
        self.channels.open(plan.tell(self.channels, self._facilities.services))
        self.services.adopt(self.channels.opened())

    # Stage: what the phrases ask.

    def begin_step(self, step_type: str) -> None:
        """Note the keyword, given, when or then, of the next step; the first begins the scenario."""
        self._first = not self._begun
        with suppress(BrokerError):  # which the step itself then tells: see begin
            self.begin()
        self._step_type = step_type
        self._block_open = self._block_open and step_type == "when"
        self.values.begin_step()

    def begin(self) -> None:
        """Note where every channel stands, unless that is done. Raises BrokerError."""
        if not self._begun:
            self.channels.begin()
            self._begun = True

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
            self.channels.begin_block(at_beginning=self._first)

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
