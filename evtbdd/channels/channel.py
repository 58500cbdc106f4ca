"""A channel that is there, under its physical name, and watched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from evtbdd.channels.declaration import Declaration
from evtbdd.clock import Deadline
from evtbdd.events import Event, Position, Reading, Record
from evtbdd.journal import Journal, Seen
from evtbdd.ports import Broker, Codec, Ends, Message


@dataclass
class Channel:
    """A declared channel and the broker's side of it.

    `recorded` is where it ended when the scenario began: services begin there, and what lies
    before is not the scenario's. `journal` is that of the scenario that runs.
    """

    declaration: Declaration
    physical: str
    broker_name: str
    broker: Broker
    recorded: Ends = field(default_factory=dict)
    journal: Journal | None = None

    def __post_init__(self) -> None:
        self.codec: Codec = self.declaration.coded()
        self._reading: Reading = self.declaration.reading()

    @property
    def name(self) -> str:
        """What scenarios call it."""
        return self.declaration.name

    @property
    def where(self) -> str:
        """`kafka 127.0.0.1:9092, topic evtbdd-…-orders`."""
        words = self.broker.capabilities
        address = "" if self.broker.address == "memory" else f" {self.broker.address}"
        return f"{words.broker.lower()}{address}, {words.channel} {self.physical}"

    def hand_over(self, record: Record) -> None:
        """Take what the reader saw; the sink of its watch."""
        if self.journal is not None:
            self.journal.append(Seen(Event(record, self.name, self._reading)))

    def publish(self, messages: Sequence[Message], deadline: Deadline) -> Sequence[Position]:
        """Publish under its physical name."""
        return self.broker.publish(self.physical, messages, deadline)

    def ends(self, deadline: Deadline) -> Ends:
        """Where it ends now."""
        return self.broker.reader().ends([self.physical], deadline)[self.physical]
