"""A scenario without brokers and services: a clock moved by hand, a journal that plays a script,
and a witness that keeps the promises of `evtbdd.ports.Witness` over it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from itertools import count
from pathlib import Path
from textwrap import dedent

import pytest

from evtbdd.clock import Deadline
from evtbdd.codecs.builtin import JsonCodec
from evtbdd.errors import EvtbddError, UnknownName, UnsupportedCapability
from evtbdd.events import Event, Headers, Position, Reading, Record
from evtbdd.expect.expect import Expect, Patience
from evtbdd.expect.expectations import Expectations
from evtbdd.expect.question import Question
from evtbdd.expect.sighting import Sighting
from evtbdd.journal import Acted, Journal, Noted, Published, ScenarioBegan, Seen
from evtbdd.phrases import Data, Row, Table
from evtbdd.ports import Capability, Ends
from evtbdd.values.addresses import Address
from evtbdd.values.store import Values
from evtbdd.values.types import type_rule
from evtbdd.witness import OpenTrigger, ServiceHealth

JSON_READING = Reading(JsonCodec().decode, type_rule(None))
NOTHING_SAID = object()


class HandClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: float = 1000.0) -> None:
        self.time = now

    def now(self) -> float:
        return self.time


class ScriptedJournal(Journal):
    """A journal whose waits pass in no time: they move the clock, and play what is due by then."""

    def __init__(self, clock: HandClock) -> None:
        super().__init__(clock)
        self._hand = clock
        self._due: list[tuple[float, Callable[[], object]]] = []

    def later(self, seconds: float, action: Callable[[], object]) -> None:
        """Do it when the clock has come so far from now."""
        self._due.append((self._hand.now() + seconds, action))
        self._due.sort(key=lambda due: due[0])

    def wait(self, number: int, deadline: Deadline) -> bool:
        while len(self.since(number)) == 0 and self._due and self._due[0][0] <= deadline.moment:
            moment, action = self._due.pop(0)
            self._hand.time = max(moment, self._hand.time)
            action()
        if self.since(number):
            return True
        self._hand.time = max(deadline.moment, self._hand.time)
        return False


@dataclass
class Left:
    """What earlier scenarios have left: who owns which value, and since when what is done.

    A trigger's moment is that from which on it is known to be done with, None while it is not.
    """

    clock: HandClock = field(default_factory=HandClock)
    journal: ScriptedJournal | None = None
    owners: dict[str, str] = field(default_factory=dict)
    triggers: list[tuple[OpenTrigger, float | None]] = field(default_factory=list)
    marks: frozenset[str] = frozenset()

    def whose(self, channel: str, mark: str) -> str | None:
        del channel
        return self.owners.get(mark)

    def any_left(self) -> bool:
        return bool(self.triggers)

    def holds(self, mark: str) -> bool:
        return mark in self.marks

    def open_at(self, channel: str, moment: float) -> Sequence[OpenTrigger]:
        del channel
        return [each for each, done in self.triggers if done is None or done > moment]

    def open_after(self, channel: str, deadline: Deadline) -> Sequence[OpenTrigger]:
        """Let time pass, and what is due happen, until the deadline or until all is done."""
        if self.journal is None or not self.open_at(channel, self.clock.now()):
            return []
        moments = [deadline.moment if done is None else done for _, done in self.triggers]
        until = Deadline(min(deadline.moment, max(moments)), 0.0, self.clock)
        self.journal.wait(len(self.journal.since()), until)
        self.clock.time = max(until.moment, self.clock.time)
        return self.open_at(channel, self.clock.now())

    def done_at(self, channel: str) -> float:
        del channel
        return max((done or 0.0 for _, done in self.triggers), default=0.0)


@dataclass
class World:
    """The witness: what is known of services and channels besides the journal."""

    journal: Journal
    left: Left = field(default_factory=Left)
    shared_channels: frozenset[str] = frozenset()
    correlations: dict[str, str] = field(default_factory=dict)
    ids: list[object] = field(default_factory=list)
    services: Sequence[ServiceHealth] = ()
    types: frozenset[str] = frozenset()
    text_channels: frozenset[str] = frozenset()
    cannot: frozenset[Capability] = frozenset()
    channels: Sequence[str] = ("shipments", "orders", "rejected")
    stored: list[Event] = field(default_factory=list)
    unavailable: EvtbddError | None = None
    readings: list[Sequence[str]] = field(default_factory=list)

    def read_up(self, channels: Sequence[str], deadline: Deadline) -> None:
        """Note what is stored and not yet seen."""
        del deadline
        self.readings.append(channels)
        if self.unavailable is not None:
            raise self.unavailable
        while self.stored:
            self.journal.append(Seen(self.stored.pop(0)))

    def shared(self, channel: str) -> bool:
        return channel in self.shared_channels

    def correlation(self, channel: str) -> Address | None:
        at = self.correlations.get(channel)
        return None if at is None else Address.parse(at)

    def fresh_ids(self) -> Sequence[object]:
        return self.ids

    def earlier(self) -> Left:
        return self.left

    def health(self) -> Sequence[ServiceHealth]:
        return self.services

    def where(self, channel: str) -> str:
        return f"memory, channel t-{channel}"

    def lane(self, channel: str) -> str:
        del channel
        return "partition"

    def require(self, channel: str, capability: Capability | None) -> None:
        if channel not in self.channels:
            raise UnknownName(f"No channel is called {channel}.")
        if capability in self.cannot:
            raise UnsupportedCapability(f"Nothing here has {capability}.")

    def holds_text(self, channel: str) -> bool:
        return channel in self.text_channels

    def declared_types(self, channel: str) -> frozenset[str]:
        del channel
        return self.types


_numbers = count(100)


def event(
    payload: object = NOTHING_SAID,
    *,
    key: str | bytes | None = None,
    type: str | None = None,
    channel: str = "shipments",
    lane: str = "0",
    number: int | None = None,
    headers: Mapping[str, str] | None = None,
    raw: bytes | None = b"{}",
    reading: Reading = JSON_READING,
    timestamp: float = 0.0,
) -> Event:
    """An event on a channel, its type in a header; positions rise where none is given."""
    said: Headers = tuple((name, value.encode()) for name, value in (headers or {}).items())
    said += (("type", type.encode()),) if type is not None else ()
    place = next(_numbers) if number is None else number
    record = Record(
        channel=f"t-{channel}",
        key=key.encode() if isinstance(key, str) else key,
        value=raw if payload is NOTHING_SAID else json.dumps(payload).encode(),
        headers=said,
        position=Position(lane, place),
        timestamp=timestamp,
        where=f"partition {lane} offset {place}",
        facts={"partition": int(lane), "offset": place},
    )
    return Event(record, channel, reading)


def ask(question: Question, *events: Event) -> Question:
    """The question, after it has seen these events."""
    for number, each in enumerate(events, 1):
        question.see(Sighting(number, number / 10, each))
    return question


class Scene:
    """A scenario: began at moment 0, its channels empty, unless said otherwise."""

    def __init__(self, ends: Mapping[str, Ends] | None = None, timeout: float = 5.0) -> None:
        self.clock = HandClock()
        self.journal = ScriptedJournal(self.clock)
        self.left = Left(self.clock, self.journal)
        self.world = World(self.journal, self.left)
        self.expect = Expect(self.journal, self.world, Patience(timeout=timeout), self.clock)
        self.values = Values(
            folder=Path(), environment={}, now=lambda: datetime(2024, 5, 1, tzinfo=timezone.utc)
        )
        self.steps = Expectations(self.expect, self.world, self.values)
        self.journal.append(ScenarioBegan(ends or {}))

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.time += seconds

    def act(self, **ends: int) -> Noted:
        """A block of acts begins, where the one lane of each channel ends so."""
        return self.journal.append(Acted({name: {"0": end} for name, end in ends.items()}))

    def see(self, *events: Event) -> None:
        """The reader hands these over now."""
        for each in events:
            self.journal.append(Seen(each))

    def see_later(self, seconds: float, *events: Event) -> None:
        """The reader hands these over when so much time has passed."""
        self.journal.later(seconds, lambda: self.see(*events))

    def publish(self, published: Event, *, history: bool = False) -> None:
        """A step publishes it, and the reader sees it."""
        record = published.record
        self.see(published)
        self.journal.append(
            Published(
                published.channel,
                record.position,
                published.type,
                published.key,
                history,
                published,
            )
        )

    def run_service(self, name: str = "shipping") -> None:
        """A service runs."""
        self.world.services = [*self.world.services, ServiceHealth(name, running=True)]

    def lose_service(self, name: str = "shipping", log: Sequence[str] = ()) -> None:
        """A service is found to have ended by itself."""
        others = [each for each in self.world.services if each.name != name]
        how = "ended with exit code 1 at +0.30 s"
        self.world.services = [*others, ServiceHealth(name, False, how, tuple(log))]


def text_of(
    error: type[BaseException], call: Callable[..., object], *args: object, **kwargs: object
) -> str:
    """What the call raises, as the author reads it; the very class, none below it."""
    with pytest.raises(error) as caught:
        call(*args, **kwargs)
    assert type(caught.value) is error
    return str(caught.value)


def lines(text: str) -> str:
    """A text that stands indented between triple quotes."""
    return dedent(text).strip("\n")


def no_data() -> Data:
    """Nothing stands below the step."""
    return Data(None, None, ("shop.feature", 7), None)


def table(text: str, form: str = "with") -> Data:
    """A table below a step in line 7, written as in a feature file."""
    rows = [
        tuple(cell.strip() for cell in line.strip().strip("|").split("|"))
        for line in text.strip().splitlines()
    ]
    below = tuple(Row(cells, 9 + number) for number, cells in enumerate(rows[1:]))
    return Data(Table(rows[0], below), None, ("shop.feature", 8), form)


def document(text: str, form: str = "with") -> Data:
    """A docstring below a step in line 7."""
    return Data(None, text, ("shop.feature", 8), form)
