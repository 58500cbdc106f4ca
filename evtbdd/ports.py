"""What evtbdd asks of a broker, a codec and a witness: promises, not inheritance.

An adapter is anything that keeps these promises; `evtbdd.conformance` is how it shows that it does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from evtbdd.codecs.protocol import Codec as Codec
from evtbdd.errors import UnsupportedCapability

if TYPE_CHECKING:
    from evtbdd.clock import Deadline
    from evtbdd.events import Event, Headers, Position, Record
    from evtbdd.values.addresses import Address

Ends = Mapping[str, int]
"""For each lane of a channel the number that its next record will get."""

Sink = Callable[["Record"], None]
"""Where a reader hands records; quick, never raises, called from the reader's own thread."""


class Capability(Enum):
    """What a broker can do that another cannot; the value says it in a sentence's middle."""

    KEYS = "keys"
    HEADERS = "headers"
    ANY_BYTES = "payloads, keys and headers of any bytes"
    ANY_HEADERS = "headers of any name and number, in their order, also without a value"
    COPIES = "copies of all events for every reader"
    TOMBSTONES = "tombstones"
    PARTITIONS = "partitions"
    ROUTING_KEYS = "routing keys"
    ORDER = "order of events within a lane"
    EXACT_END = "exact end of a channel"
    SUBSCRIPTIONS = "knowledge of which service is subscribed"


WHO_CAN: Mapping[Capability, str] = {
    Capability.KEYS: "memory, Kafka and SQS have them",
    Capability.HEADERS: "memory, Kafka and SQS have them",
    Capability.ANY_BYTES: "memory and Kafka have them",
    Capability.ANY_HEADERS: "memory and Kafka have them",
    Capability.COPIES: "memory, Kafka and SQS with sns = yes have them",
    Capability.TOMBSTONES: "memory and Kafka have them",
    Capability.PARTITIONS: "memory and Kafka have them",
    Capability.ROUTING_KEYS: "RabbitMQ has them",
    Capability.ORDER: "memory, Kafka and SQS with fifo = yes have one",
    Capability.EXACT_END: "memory and Kafka have one",
    Capability.SUBSCRIPTIONS: "Kafka has it",
}


@dataclass(frozen=True, slots=True)
class NameRule:
    """Which names a broker takes, as far as a channel's name can be made to fit.

    `longest` is in signs; `illegal` is a regular expression of a sign that it refuses; `ending` is
    what the name must end in.
    """

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
            raise UnsupportedCapability(
                f"{self.broker} has no {capability.value}; {WHO_CAN[capability]}."
                f"{' ' if why else ''}{why}"
            )


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
    """What is published; a value of None is a tombstone."""

    value: bytes | None
    key: bytes | None = None
    headers: Headers = ()
    routing_key: str | None = None


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


@runtime_checkable
class Acknowledgements(Protocol):
    """Offered by the subscriptions of a broker that tells how far a group has acknowledged."""

    def committed(
        self, group: str, lanes: Mapping[str, Collection[str]], deadline: Deadline
    ) -> Mapping[str, Ends]:
        """For lanes of channels the number of the first record that a group has not acknowledged.

        A lane on which it has no position is left out. Raises BrokerError.
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


@runtime_checkable
class Namespaces(Protocol):
    """Offered by an adapter of a broker that can be divided into parts which know nothing of each other."""

    def open_namespace(self, name: str, deadline: Deadline) -> Broker:
        """A new part of the broker, empty; its address is what clients of that part write.

        Raises BrokerError where there is one of that name.
        """

    def close_namespace(self, name: str, deadline: Deadline) -> None:
        """Remove a part with all that is in it; one that is not there is ignored."""


class Lock(Protocol):
    """Channels of a broker that nobody else holds meanwhile."""

    @property
    def lost(self) -> str | None:
        """Why it is not held any more, as a clause; None while it is."""

    def release(self, deadline: Deadline) -> None:
        """Let others have the channels. Raises BrokerError; then they are free a little later."""


@runtime_checkable
class Locks(Protocol):
    """Offered by an adapter of a broker that keeps apart runs which want the same channels.

    A lock ends with the process that holds it, however that ends, within a time that the broker
    decides.
    """

    def hold(self, channels: Sequence[str], holder: str, deadline: Deadline) -> Lock:
        """Hold channels, whether or not they are there; `holder` is told to whoever wants them too.

        What is held by somebody is waited for until the deadline. Of two who want the same at the
        same moment one gets it, or none. Raises BrokerError, naming the channel and its holder.
        """


@dataclass(frozen=True, slots=True)
class ServiceHealth:
    """What is known of a service at a moment.

    `lost` is a clause such as `exited with code 1 at +0.30 s` where it ended and nobody had asked
    it to; None while it lives, or where a step ended it. `last_lines` are the end of its log then.
    """

    name: str
    running: bool
    lost: str | None = None
    last_lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenTrigger:
    """An event of an earlier scenario that a service of a longer scope may not be done with.

    `scenario` is the name of that scenario. `untold` is a clause that says why nobody can tell when
    the service is done with it; None where it only has not happened yet.
    """

    event: Event
    scenario: str
    service: str
    untold: str | None = None


class Earlier(Protocol):
    """What earlier scenarios have left to this one, in services that outlive them."""

    def whose(self, channel: str, mark: str) -> str | None:
        """The name of the scenario that a correlation on a channel is of; None for none of them."""

    def any_left(self) -> bool:
        """Whether there is anything of which it was not known to be done when this one began."""

    def holds(self, mark: str) -> bool:
        """Whether one of these events holds a value, as its text."""

    def open_at(self, channel: str, moment: float) -> Sequence[OpenTrigger]:
        """Those not known to be done with by a moment, of which answers can come on a channel."""

    def open_after(self, channel: str, deadline: Deadline) -> Sequence[OpenTrigger]:
        """As `open_at`, for now, once there are none, at the deadline at the latest.

        Raises BrokerError where a broker did not tell.
        """

    def done_at(self, channel: str) -> float:
        """When it was known of all of them that they are done with; 0 where there was none."""


class Witness(Protocol):
    """All that expectations see of the world outside of the journal."""

    def shared(self, channel: str) -> bool:
        """Whether more than this scenario may bring events on a channel."""

    def correlation(self, channel: str) -> Address | None:
        """The address by which the events of a channel are told apart, where it has one."""

    def fresh_ids(self) -> Sequence[object]:
        """The ids that were made for this scenario alone."""

    def earlier(self) -> Earlier:
        """What earlier scenarios have left to this one."""

    def read_up(self, channels: Sequence[str], deadline: Deadline) -> None:
        """Return when all that is stored on these channels by now stands in the journal.

        Raises BrokerUnavailable: then nothing can be said of the channel.
        """

    def health(self) -> Sequence[ServiceHealth]:
        """The services that this scenario has seen started."""

    def where(self, channel: str) -> str:
        """Broker, address and physical name of a channel, for a failure text."""

    def lane(self, channel: str) -> str:
        """What the channel's broker calls a lane (`partition`)."""

    def require(self, channel: str, capability: Capability | None) -> None:
        """Raise UnknownName for a channel nobody declared, UnsupportedCapability for what it lacks."""

    def holds_text(self, channel: str) -> bool:
        """Whether the payloads of a channel are texts."""

    def declared_types(self, channel: str) -> frozenset[str]:
        """The types that the settings declare for a channel; empty where they declare none."""
