"""What evtbdd asks of a broker and a codec: promises, not inheritance.

An adapter is anything that keeps these promises; `evtbdd.conformance` is how it shows that it does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, Protocol
from uuid import uuid4

from evtbdd.codecs.protocol import Codec as Codec
from evtbdd.errors import UnsupportedCapability

if TYPE_CHECKING:
    from evtbdd.clock import Deadline
    from evtbdd.events import Headers, Position, Record

Ends = Mapping[str, int]
"""For each lane of a channel the number that its next record will get."""

Sink = Callable[["Record"], None]
"""Where a reader hands records; quick, never raises, called from the reader's own thread."""


class Capability(Enum):
    """What a broker can do that another cannot; the value says it in a sentence's middle."""

    KEYS = "keys"
    HEADERS = "headers"
    ANY_BYTES = "contents of any bytes"
    ANY_HEADERS = "headers of any form"
    COPIES = "copies for every reader"
    TOMBSTONES = "tombstones"
    PARTITIONS = "partitions"
    ROUTING_KEYS = "routing keys"
    ORDER = "order of events within a lane"
    EXACT_END = "exact end of a channel"
    SUBSCRIPTIONS = "knowledge of which service is subscribed"
    REPEATED_HEADERS = "several headers of one name"
    GROUPS = "groups of consumers with positions"


WHO_CAN: Mapping[Capability, str] = {
    Capability.KEYS: "memory, Kafka, RabbitMQ and SQS have them",
    Capability.HEADERS: "memory, Kafka, RabbitMQ and SQS have them",
    Capability.ANY_BYTES: "memory, Kafka and RabbitMQ have them",
    Capability.ANY_HEADERS: "memory, Kafka and RabbitMQ have them",
    Capability.REPEATED_HEADERS: "memory and Kafka have them",
    Capability.COPIES: "memory, Kafka, RabbitMQ and SQS with sns = yes have them",
    Capability.TOMBSTONES: "memory and Kafka have them",
    Capability.PARTITIONS: "memory and Kafka have them",
    Capability.ROUTING_KEYS: "RabbitMQ has them",
    Capability.ORDER: "memory, Kafka, RabbitMQ and SQS with fifo = yes have one",
    Capability.EXACT_END: "memory, Kafka and RabbitMQ have one",
    Capability.SUBSCRIPTIONS: "Kafka and RabbitMQ have it",
    Capability.GROUPS: "Kafka has them",
}


@dataclass(frozen=True, slots=True)
class NameRule:
    """Which names a broker takes; `illegal` is a regular expression of a sign that it refuses."""

    longest: int | None = None
    illegal: str | None = None
    ending: str = ""


@dataclass(frozen=True, slots=True)
class Variant:
    """What a channel with a certain option can besides; its lanes' noun, and its name's ending."""

    can: frozenset[Capability] = frozenset()
    ending: str = ""
    lane: str | None = None


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What one kind of broker is called, can do, and calls its things."""

    broker: str
    channel: str
    lane: str
    can: frozenset[Capability]
    largest_payload: int | None = None
    options: frozenset[str] = frozenset()
    """The keys of a channel's settings that it understands beyond those of every channel."""
    names: NameRule = NameRule()
    variants: Mapping[tuple[str, str], Variant] = field(default_factory=dict)
    """What an option and its value (`("fifo", "yes")`) change of all this."""

    properties: frozenset[str] = frozenset()
    """The facts of an event, beside its key and routing key, with which it can be published."""

    at_once: int | None = None
    """Of how many channels one call may create or delete, where each takes requests of its own."""

    def of(self, options: Mapping[str, str]) -> Capabilities:
        """Those of a channel with these options."""
        found = [self.variants[each] for each in options.items() if each in self.variants]
        if not found:
            return self
        can = self.can.union(*(each.can for each in found))
        ending = "".join(each.ending for each in found)
        lane = next((each.lane for each in found if each.lane), self.lane)
        return replace(self, can=can, lane=lane, names=replace(self.names, ending=ending))

    def require(self, capability: Capability, why: str = "") -> None:
        """Raise UnsupportedCapability, naming who can, unless this broker can do it.

        `why` is a sentence that says for what it is required.
        """
        if capability not in self.can:
            lacking = f"{self.broker} has no {capability.value}; {WHO_CAN[capability]}."
            raise UnsupportedCapability(f"{lacking} {why}".rstrip())


@dataclass(frozen=True, slots=True)
class ChannelPlan:
    """A channel to be created: its physical name and what the settings say of it.

    `options` are by the keys of the settings, with durations in seconds and lists by lines;
    `dead_letter` is the physical name of the channel to which an event goes after so many
    `attempts`; `watch` is `tap`, `consume`, `none`, or as the broker can; `consumers` are the
    services that say they consume it.
    """

    name: str
    partitions: int = 1
    options: Mapping[str, str] = field(default_factory=dict)
    dead_letter: str | None = None
    attempts: int | None = None
    watch: str | None = None
    consumers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Message:
    """What is published; a value of None is a tombstone.

    `default_routing_key` is for brokers that have them, where no `routing_key` is given. `id` is what
    an event is known by where a broker has such a thing; published again it is the same.
    `properties` are facts that the broker's capabilities say can be published.
    """

    value: bytes | None
    key: bytes | None = None
    headers: Headers = ()
    routing_key: str | None = None
    default_routing_key: str | None = None
    id: str = field(default_factory=lambda: uuid4().hex, compare=False)
    properties: Mapping[str, str] = field(default_factory=dict)


class Reader(Protocol):
    """Watches channels of one broker for a whole run, in a thread of its own, in no group.

    Records are handed over exactly once, in the order of their lane, and only those that are
    committed. Nothing is promised across lanes.
    """

    def watch(self, channels: Sequence[str], sink: Sink, deadline: Deadline) -> Mapping[str, Ends]:
        """Begin to watch channels that exist, and return where each of them ended at that moment.

        Whatever is stored at or after those ends is handed to `sink`, also if it is stored by the
        very next statement. Raises BrokerUnavailable.
        """

    def unwatch(self, channels: Sequence[str]) -> None:
        """Hand over nothing more of these channels; unknown ones are none of its business."""

    def ends(self, channels: Sequence[str], deadline: Deadline) -> Mapping[str, Ends]:
        """Where each channel ends now, for readers of committed records. Raises BrokerUnavailable."""

    def read_to(self, ends: Mapping[str, Ends], deadline: Deadline) -> None:
        """Return when every record before `ends` was handed over; channels must be watched.

        Raises BrokerUnavailable, at the latest at the deadline.
        """

    def close(self) -> None:
        """End the thread and its connections; repeated calls do nothing."""


class Subscriptions(Protocol):
    """What a broker knows of those who consume from it as a group."""

    def begin_at(self, group: str, ends: Mapping[str, Ends], deadline: Deadline) -> None:
        """Make a group that has no position on a lane begin there; others keep theirs."""

    def state(self, group: str, channels: Sequence[str], deadline: Deadline) -> SubscriptionState:
        """Who is in the group, and whether every lane of the channels is assigned."""

    def expel(self, group: str, members: Sequence[str], deadline: Deadline) -> None:
        """Tell the group that these members have left; those it does not know are ignored."""

    def forget(self, groups: Sequence[str], deadline: Deadline) -> None:
        """Delete groups, and with them their positions.

        Those that are not there are ignored, and so are those that still have members.
        """

    def groups(self, deadline: Deadline) -> Mapping[str, bool]:
        """Every group that the broker lists, and whether somebody may be in it.

        False only where the broker says that nobody is. Raises BrokerUnavailable.
        """


@dataclass(frozen=True, slots=True)
class SubscriptionState:
    """`ready` when the group is settled and has every lane; `words` say what it is now."""

    ready: bool
    members: frozenset[str]
    words: str


class Broker(Protocol):
    """A connection to one broker, for a whole run; every method may be called from any thread."""

    capabilities: Capabilities

    @property
    def address(self) -> str:
        """Where it is, as its own clients write it."""

    def ping(self, deadline: Deadline) -> None:
        """Make a round trip in its protocol. Raises BrokerUnavailable with address and cause."""

    def name_fault(self, name: str) -> str | None:
        """Why it would refuse a channel of that name, as a clause; None where it would not."""

    def unwatchable(self, channel: ChannelPlan) -> str | None:
        """Why a channel so planned could not be watched, as a clause; None where it could be.

        The clause goes on after "cannot be watched, because" and says what would be right. Such a
        channel can be published to, but nothing can be expected on it.
        """

    def create(self, channels: Sequence[ChannelPlan], deadline: Deadline) -> None:
        """Create channels that are not there; when it returns they can be used at once.

        Raises BrokerError for one that exists, is refused or illegal: then none is left behind.
        """

    def delete(self, channels: Sequence[str], deadline: Deadline) -> None:
        """Delete channels; those that are not there are ignored."""

    def names(self, deadline: Deadline) -> Sequence[str]:
        """Every channel that it lists, whoever created it, but for what is the broker's own.

        Raises BrokerUnavailable.
        """

    def lanes(self, channels: Sequence[str], deadline: Deadline) -> Mapping[str, Sequence[str]]:
        """The lanes of those of the channels that exist."""

    def publish(
        self, channel: str, messages: Sequence[Message], deadline: Deadline
    ) -> Sequence[Position]:
        """Publish in order, one batch for each; return when all are confirmed, with their positions.

        Never creates a channel. Raises PublishRefused (nothing of that message is stored) or
        BrokerUnavailable (it may or may not be).
        """

    def reader(self) -> Reader:
        """The reader of this broker, always the same one."""

    def subscriptions(self) -> Subscriptions:
        """Raises UnsupportedCapability where the broker cannot tell."""

    def close(self) -> None:
        """Give everything back; repeated calls do nothing."""
