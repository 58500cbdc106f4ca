"""A channel that is there, under its physical name, and watched."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock

from evtbdd.channels.declaration import Declaration
from evtbdd.clock import Deadline
from evtbdd.errors import UnknownName
from evtbdd.events import Event, Position, Reading, Record
from evtbdd.journal import Journal, Seen
from evtbdd.offers import Attentive, ChannelFacts, Gaps
from evtbdd.ports import Broker, Capabilities, ChannelPlan, Codec, Ends, Message
from evtbdd.words import a, listed, quoted


@dataclass(eq=False)
class Channel:
    """A declared channel and the broker's side of it.

    `recorded` is where it ended when the scenario began: services begin there, and what lies
    before is not the scenario's. `untouched` until a scenario has begun with it: as its name is
    new, it still ends where it did when it was made. `ours` unless it was there before us: only
    what is ours is deleted. `passed_on` is told of all that comes, whether or not a scenario looks.
    """

    declaration: Declaration
    plan: ChannelPlan
    broker_name: str
    broker: Broker
    recorded: Ends = field(default_factory=dict)
    untouched: bool = True
    ours: bool = True
    passed_on: Callable[[Event], None] | None = None

    def __post_init__(self) -> None:
        self.unwatchable = self.broker.unwatchable(self.plan)
        self.codec: Codec = self.declaration.coded()
        self._reading: Reading = self.declaration.reading()
        self._turn = Lock()
        self._journal: Journal | None = None
        self._begins: Ends | None = None
        self._waiting: list[Record] = []

    @property
    def name(self) -> str:
        """What scenarios call it."""
        return self.declaration.name

    @property
    def physical(self) -> str:
        """What its broker calls it."""
        return self.plan.name

    @property
    def capabilities(self) -> Capabilities:
        """What its broker can do for a channel with its options."""
        return self.broker.capabilities.of(self.plan.options)

    @property
    def where(self) -> str:
        """`kafka 127.0.0.1:9092, topic evtbdd-…-orders`."""
        words = self.broker.capabilities
        address = "" if self.broker.address == "memory" else f" {self.broker.address}"
        return f"{words.broker.lower()}{address}, {words.channel} {self.physical}"

    def note_in(self, journal: Journal | None) -> None:
        """Have a scenario's journal take what comes from now on; None for nobody.

        Until `begin_at` says from which positions on it is the scenario's, it is only kept.
        """
        with self._turn:
            self._journal, self._begins = journal, None
            self._waiting.clear()
        if journal is None and self._attentive is not None:
            self._attentive.disregard([self.physical])

    def fact(self, name: str, deadline: Deadline) -> str:
        """What its broker tells of it beside its name, such as `url`. UnknownName without."""
        known: Mapping[str, str] = {}
        if isinstance(self.broker, ChannelFacts):
            known = self.broker.channel_facts(self.physical, deadline)
        if name not in known:
            words = self.capabilities
            raise UnknownName(
                f"There is nothing called ${{channel.{self.name}.{name}}}: "
                f"{a(words.channel)} of {words.broker} has "
                f"{listed(map(quoted, sorted(known))) or 'nothing but its name'}."
            )
        return known[name]

    def attend(self) -> None:
        """Have what comes on it seen at once: somebody is about to expect something."""
        if self._attentive is not None:
            self._attentive.attend([self.physical])

    @cached_property
    def _attentive(self) -> Attentive | None:
        # Asked for each event: what a protocol's isinstance looks at takes longer than the rest.
        reader = None if self.unwatchable is not None else self.broker.reader()
        return reader if isinstance(reader, Attentive) else None

    def begin_at(self, ends: Ends) -> None:
        """Begin for the scenario at these positions, and note what has come from there on."""
        self.attend()
        with self._turn:
            self.recorded = self._begins = ends
            self.untouched = False
            waiting, self._waiting = self._waiting, []
            for record in waiting:
                self._note(record)

    def hand_over(self, record: Record) -> None:
        """Take what the reader saw; the sink of its watch."""
        if self.passed_on is not None:
            self.passed_on(self.event(record))
        with self._turn:
            if self._journal is not None and self._begins is None:
                self._waiting.append(record)
            else:
                self._note(record)

    def _note(self, record: Record) -> None:
        lane, number = record.position.lane, record.position.number
        if self._journal is not None and number >= (self._begins or {}).get(lane, 0):
            self._journal.append(Seen(self.event(record)))

    def event(self, record: Record) -> Event:
        """A record of this channel, as scenarios speak of it."""
        return Event(record, self.name, self._reading)

    def publish(self, messages: Sequence[Message], deadline: Deadline) -> Sequence[Position]:
        """Publish under its physical name."""
        return self.broker.publish(self.physical, messages, deadline)

    def published(self, message: Message, position: Position) -> Event:
        """What was published, as scenarios speak of it; of its broker's own facts only its id is there."""
        known = "message_id" in self.broker.capabilities.properties
        return self.event(
            Record(
                self.physical,
                message.key,
                message.value,
                tuple(message.headers),
                position,
                time.time(),
                where="",
                facts={"message_id": message.id, **message.properties} if known else {},
            )
        )

    def gap(self) -> str | None:
        """Why events since it was recorded may have been missed, as a sentence; None where none can."""
        reader = self.broker.reader()
        return reader.gap({self.physical: self.recorded}) if isinstance(reader, Gaps) else None

    def ends(self, deadline: Deadline) -> Ends:
        """Where it ends now; nowhere, where it cannot be watched."""
        if self.unwatchable is not None:
            return {}
        return self.broker.reader().ends([self.physical], deadline)[self.physical]
