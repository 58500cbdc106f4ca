"""Capabilities beside channels and services: each a facility, opened when a scenario first needs it.

A facility is a room with a step file. It is named here, by string, and declares its sections of the
settings in `sections`; neither World nor the journal knows it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Protocol, TypeVar, cast, runtime_checkable

from evtbdd.channels.facility import Channels
from evtbdd.channels.scenario import ScenarioChannels
from evtbdd.errors import SettingsError
from evtbdd.expect.expect import Patience
from evtbdd.expect.expectations import Expectations
from evtbdd.journal import Journal
from evtbdd.keeper import HeldKeeper
from evtbdd.services.facility import Services
from evtbdd.services.scenario import ScenarioServices
from evtbdd.settings.load import Settings
from evtbdd.settings.mask import Secrets
from evtbdd.values.store import Values
from evtbdd.words import quoted


@dataclass(frozen=True, slots=True)
class Run:
    """What the run lends to its facilities."""

    settings: Settings
    project: Path
    run_id: str
    keeper: HeldKeeper
    patience: Patience
    channels: Channels
    services: Services
    secrets: Secrets


class Stage(Protocol):
    """What a scenario lends to its part of a facility."""

    journal: Journal
    values: Values
    channels: ScenarioChannels
    services: ScenarioServices
    expect: Expectations
    facilities: ScenarioFacilities
    folders: list[Path]

    def act(self, *, looks: bool = False) -> None:
        """Open a block of acts under When; PhraseError under Then, unless the step `looks` too."""


class ScenarioFacility(Protocol):
    """A facility as one scenario uses it."""

    def begin_block(self) -> None:
        """A block of acts under When is about to begin: note where things stand."""

    def fact(self, name: str) -> object:
        """What stands for `${PREFIX.name}`; KeyError, or UnknownName with a sentence."""

    def known(self) -> Sequence[str]:
        """The names that `fact` knows."""

    def end(self) -> None:
        """Give back what the scenario took. What is raised is an error of the scenario."""


@runtime_checkable
class Foretold(Protocol):
    """What a scenario's part of a facility may offer: to be told what steps will name."""

    def foretell(self, names: Collection[str | None]) -> None:
        """Make ready, before the first step, what has these names; None is what has no name."""


@runtime_checkable
class Equipping(Protocol):
    """What a scenario's part of a facility may offer: variables for the services that it starts."""

    def environment(self, service: str) -> Mapping[str, str]:
        """By their names; what the settings say of the service goes before them."""


@runtime_checkable
class Marking(Protocol):
    """What a scenario's part of a facility may offer: headers for what it publishes and requests."""

    def headers(self) -> Mapping[str, str]:
        """Those of the next event that it publishes."""

    def headers_of_request(self, what: str, own: Mapping[str, str]) -> Mapping[str, str]:
        """Those of the next request, `POST /orders` for a person, besides what it has of its own."""


class Facility(Protocol):
    """A facility of the run. Made with a `Run`, which may raise SettingsError."""

    def begin(self, stage: Stage, scopes: Mapping[str, str]) -> ScenarioFacility:
        """Its part for a scenario, whose scopes are `{"scenario": "s3", "feature": "f1", …}`."""

    def close(self) -> None:
        """Give back everything."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Where a facility is, `module:class`, and the prefix of its placeholders, if it has any.

    `extra` is the extra that brings `driver`, the package that it needs.
    """

    place: str
    prefix: str | None = None
    driver: str | None = None
    extra: str | None = None


FACILITIES: Mapping[str, Kind] = {
    "http": Kind("evtbdd.http.facility:Http", None, "httpx", "http"),
    "metrics": Kind("evtbdd.metrics.facility:Metrics", None, "prometheus_client", "metrics"),
    "traces": Kind("evtbdd.traces.facility:Traces", None, "opentelemetry", "traces"),
    "webhooks": Kind("evtbdd.webhooks.facility:Webhooks", "webhook", "h11", "webhooks"),
    "databases": Kind("evtbdd.databases.facility:Databases", "database"),
    "files": Kind("evtbdd.files.facility:Files"),
    "websockets": Kind("evtbdd.websockets.facility:WebSockets", None, "websockets", "websockets"),
}


def everywhere(settings: Settings) -> Mapping[str, Collection[str | None]]:
    """The facilities that the settings want in every scenario, as if a step named nothing of them."""
    return {"traces": [None]} if settings.section("traces")["collect"] == "always" else {}


Part = TypeVar("Part", bound=ScenarioFacility)


class OpenFacilities:
    """The facilities of a run; each is made by the first scenario that needs it."""

    def __init__(self, run: Run, kinds: Mapping[str, Kind] = FACILITIES) -> None:
        self.kinds = kinds
        self._run = run
        self._open: dict[str, Facility] = {}

    def get(self, name: str) -> Facility:
        """The facility of that name. Raises what keeps it from being opened."""
        if name not in self._open:
            self._open[name] = _maker(self.kinds[name])(self._run)
        return self._open[name]

    @property
    def opened(self) -> Sequence[str]:
        """The names of those that are open."""
        return list(self._open)

    def close(self) -> None:
        """Give all of them back, the last one first."""
        with ExitStack() as given_back:
            for facility in self._open.values():
                given_back.callback(facility.close)
            self._open.clear()


def _maker(kind: Kind) -> Callable[[Run], Facility]:
    """What makes a facility; SettingsError names the extra where its driver is missing."""
    module, _, name = kind.place.partition(":")
    try:
        return cast(Callable[[Run], Facility], getattr(import_module(module), name))
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        # A driver needs packages of its own, of which one may be missed first.
        if kind.extra is None or missing == "evtbdd":
            raise
        raise SettingsError(
            f"The driver {quoted(missing)} is not installed: "
            f'pip install "evtbdd[{kind.extra}]" brings it.'
        ) from error


class ScenarioFacilities:
    """The facilities that one scenario uses."""

    def __init__(self, facilities: OpenFacilities, stage: Stage, scopes: Mapping[str, str]) -> None:
        self._facilities = facilities
        self._stage = stage
        self._scopes = scopes
        self._begun: dict[str, ScenarioFacility] = {}
        # What is open already may be reached by services before a step speaks of it.
        for name in facilities.opened:
            self.get(name)

    def get(self, name: str) -> ScenarioFacility:
        """The scenario's part of a facility, begun when it is first asked for."""
        if name not in self._begun:
            self._begun[name] = self._facilities.get(name).begin(self._stage, self._scopes)
        return self._begun[name]

    def foretell(self, needed: Mapping[str, Collection[str | None]]) -> None:
        """Have facilities know, before the first step, what steps will name."""
        for name, names in needed.items():
            part = self.get(name)
            if isinstance(part, Foretold):
                part.foretell(names)

    def environment(self, service: str) -> Mapping[str, str]:
        """The variables that those which are begun have for a service."""
        parts = [each for each in self._begun.values() if isinstance(each, Equipping)]
        return {name: v for each in parts for name, v in each.environment(service).items()}

    def headers(self) -> Mapping[str, str]:
        """The headers that those which are begun have for the next event."""
        parts = [each for each in self._begun.values() if isinstance(each, Marking)]
        return {name: value for each in parts for name, value in each.headers().items()}

    def headers_of_request(self, what: str, own: Mapping[str, str]) -> Mapping[str, str]:
        """The headers that those which are begun have for the next request; `own` by small names."""
        parts = [each for each in self._begun.values() if isinstance(each, Marking)]
        return {name: v for each in parts for name, v in each.headers_of_request(what, own).items()}

    def provide(self) -> None:
        """Have the placeholders of all facilities known; one of them begins its facility."""
        for name, kind in self._facilities.kinds.items():
            if kind.prefix is not None:
                self._stage.values.provide(
                    kind.prefix,
                    lambda fact, name=name: self.get(name).fact(fact),  # type: ignore[misc]
                    lambda name=name: self.get(name).known(),  # type: ignore[misc]
                )

    def begin_block(self) -> None:
        """A block of acts is about to begin."""
        for part in self._begun.values():
            part.begin_block()

    def end(self) -> None:
        """Give back what was begun, the last one first."""
        with ExitStack() as given_back:
            for part in self._begun.values():
                given_back.callback(part.end)
            self._begun.clear()
