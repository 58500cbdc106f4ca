"""Channels over a broker in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timezone
from pathlib import Path

import pytest

from evtbdd.brokers.memory.adapter import MemoryBroker
from evtbdd.channels.declaration import Declaration
from evtbdd.channels.facility import Channels
from evtbdd.channels.pool import Brokers
from evtbdd.channels.scenario import ScenarioChannels
from evtbdd.events import Event
from evtbdd.isolation.modes import Isolation
from evtbdd.isolation.names import Names
from evtbdd.journal import Journal, Seen
from evtbdd.keeper import HeldKeeper
from evtbdd.values.store import Values

PATIENCE = 5.0
SCOPES = {"scenario": "s1", "feature": "f1", "run": "run"}


def declared(*names: str, **more: object) -> dict[str, Declaration]:
    """Declarations of channels, all alike."""
    return {name: Declaration(name, **more) for name in names}  # type: ignore[arg-type]


def events(journal: Journal) -> list[Event]:
    """The events that were seen, in the order in which they were."""
    return [noted.entry.event for noted in journal.since() if isinstance(noted.entry, Seen)]


Open = Callable[..., ScenarioChannels]


@pytest.fixture
def brokers() -> Iterator[Brokers]:
    """One broker, in memory, called main."""
    made = Brokers({}, HeldKeeper(), patience=PATIENCE)
    yield made
    made.close()


@pytest.fixture
def memory(brokers: Brokers) -> MemoryBroker:
    """That broker."""
    broker = brokers.get("main")
    assert isinstance(broker, MemoryBroker)
    return broker


@pytest.fixture
def channels(brokers: Brokers) -> Channels:
    """A run in which the channels `orders` and `shipments` are declared."""
    known = declared("orders", "shipments")
    return Channels(known, brokers, Isolation("names", Names("evtbdd", "run0")), patience=PATIENCE)


@pytest.fixture
def journal() -> Journal:
    """That of the scenario."""
    return Journal()


@pytest.fixture
def scenario(channels: Channels, journal: Journal) -> ScenarioChannels:
    """The channels of a scenario; nothing is opened yet."""
    return ScenarioChannels(channels, SCOPES, {}, journal)


@pytest.fixture
def values(tmp_path: Path) -> Values:
    """The values of a scenario."""
    environment: Mapping[str, str] = {"COLOUR": "blue"}
    return Values(folder=tmp_path, environment=environment, now=lambda: datetime.now(timezone.utc))
