"""One run and its scenarios: the facilities put together, and nothing else."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from evtbdd import facilities
from evtbdd.channels.declaration import Declaration as ChannelDeclaration
from evtbdd.channels.facility import Channels
from evtbdd.channels.handed_on import HandedOn
from evtbdd.channels.pool import Brokers
from evtbdd.channels.scenario import ScenarioChannels
from evtbdd.channels.scope import Wanted
from evtbdd.expect.expect import Patience
from evtbdd.facilities import OpenFacilities
from evtbdd.head_start import HeadStart
from evtbdd.isolation.following import Following
from evtbdd.isolation.inherited import Legacy
from evtbdd.isolation.modes import Isolation
from evtbdd.isolation.names import Names, fresh_run_id
from evtbdd.journal import Journal
from evtbdd.plan import Plan
from evtbdd.scenario import Lent, Scenario
from evtbdd.services.consumers import Consumers
from evtbdd.services.declaration import Declaration as ServiceDeclaration
from evtbdd.services.facility import Services, consumers
from evtbdd.settings.load import Settings
from evtbdd.settings.mask import Secrets
from evtbdd.values.declared import matcher_words


class World:
    """A run: what the settings declare, and what was opened of it so far."""

    def __init__(self, settings: Settings, project: Path, early: HeadStart | None = None) -> None:
        early = early or HeadStart()
        main = settings.main
        self.secrets = Secrets.of(settings)
        self.project = project
        self.run_id = fresh_run_id()
        self.patience = Patience(
            timeout=main["timeout"],
            broker=main["connect timeout"],
            proof=main["proof timeout"],
            scale=main["timeout scale"],
        )
        patience = self.patience.broker * self.patience.scale
        self.keeper = early.keeper
        brokers = settings.names("broker")
        services = {
            n: ServiceDeclaration.of_settings(settings, n) for n in settings.names("service")
        }
        self.channels = Channels(
            {n: ChannelDeclaration.of_settings(settings, n) for n in settings.names("channel")},
            Brokers.of_settings(settings, self.keeper, early.brokers, HandedOn(os.environ)),
            Isolation(main["isolation"], Names(main["prefix"], self.run_id)),
            patience=patience,
            consumers=consumers(services.values()),
            unlocked=[name for name in brokers if not settings.section("broker", name)["lock"]],
        )
        self.services = Services(
            services,
            project,
            self.run_id,
            self.keeper,
            self.channels.deadline,
        )
        self._legacy = Legacy(Following(self.channels.deadline, main["settle"]))
        lasting = Consumers(self.services, main["isolation"])
        self.channels.tap(lasting.passed_on, self._legacy.following.came)
        self._lent = Lent(
            run_id=self.run_id,
            patience=self.patience,
            channels=self.channels,
            services=self.services,
            lives=self.channels.lives(
                self.services.lives(), self.services.lives_of_brokers(self.channels.brokers.names)
            ),
            matchers=matcher_words(settings),
            legacy=self._legacy,
            consumers=lasting,
            needed=facilities.everywhere(settings),
            facilities=OpenFacilities(
                facilities.Run(
                    settings=settings,
                    project=project,
                    run_id=self.run_id,
                    keeper=self.keeper,
                    patience=self.patience,
                    channels=self.channels,
                    services=self.services,
                    secrets=self.secrets,
                )
            ),
        )
        self._feature = 1
        self._scenario: Scenario | None = None

    @property
    def left_behind(self) -> Sequence[str]:
        """What could not be ended or deleted so far, in sentences."""
        return [*self.services.left_behind, *self.channels.left_behind]

    def ahead(self, plans: Mapping[str, Plan]) -> None:
        """Begin to make the channels of scenarios to come, by the names of their scopes."""
        wanted: dict[str, Sequence[Wanted]] = {}
        for scope, plan in plans.items():
            scopes = {**self._scopes(), "scenario": scope}
            channels = ScenarioChannels(self.channels, scopes, self._lent.lives, Journal())
            needed = plan.tell(channels, self.services)
            wanted[scope] = channels.wanted(needed).get(scope, ())
        self.channels.ahead({scope: of_it for scope, of_it in wanted.items() if of_it})

    def brokers_of(self, plan: Plan) -> set[str | None]:
        """The names of the brokers on which the channels lie that a scenario needs."""
        channels = ScenarioChannels(self.channels, self._scopes(), {}, Journal())
        return {channels.broker_of(name) for name in plan.tell(channels, self.services)}

    def drop(self, scope: str) -> None:
        """Let go of what was made ahead for a scenario that does not come."""
        self.channels.close_scope(scope)

    def begin(self, plan: Plan, folder: Path, scope: str) -> Scenario:
        """Make ready what a scenario needs. What it takes is given back by `end`, also if it fails.

        `scope` is the name of the scenario's own scope, `s12` for the twelfth.
        """
        scopes = {**self._scopes(), "scenario": scope}
        self._scenario = Scenario(self._lent, plan.title, scopes, [folder, self.project])
        self._scenario.prepare(plan)
        return self._scenario

    def _scopes(self) -> Mapping[str, str]:
        return {"feature": f"f{self._feature}", "run": "run"}

    def end(self) -> None:
        """Give back what the scenario that runs took; one failure does not keep the rest from it."""
        scenario, self._scenario = self._scenario, None
        if scenario is not None:
            with ExitStack() as given_back:
                given_back.callback(scenario.channels.end)
                given_back.callback(scenario.services.end)
                given_back.callback(scenario.facilities.end)
                given_back.callback(scenario.leave)

    def end_feature(self) -> None:
        """Give back what lived for the feature."""
        scope = self._scopes()["feature"]
        self._feature += 1
        self._end_scope(scope)

    def _end_scope(self, scope: str) -> None:
        with ExitStack() as given_back:
            given_back.callback(self.channels.close_scope, scope)
            given_back.callback(self._legacy.drop, scope)
            given_back.callback(self._lent.consumers.drop, scope)
            given_back.callback(self.services.close_scope, scope)

    def close(self) -> None:
        """Give back everything."""
        with ExitStack() as given_back:
            given_back.callback(self.keeper.close)
            given_back.callback(self.channels.close)
            given_back.callback(self._legacy.following.close)
            given_back.callback(self.services.close)
            given_back.callback(self._lent.facilities.close)
            given_back.callback(self._end_scope, "run")
            given_back.callback(self.end_feature)
            given_back.callback(self.end)
