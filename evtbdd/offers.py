"""What an adapter may offer beyond what every broker promises: found by its methods, where it has them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from evtbdd.ports import Broker, ChannelPlan, Ends, Message, Sink

if TYPE_CHECKING:
    from evtbdd.clock import Deadline
    from evtbdd.errors import PublishRefused
    from evtbdd.events import Position, Record


@runtime_checkable
class Acknowledgements(Protocol):
    """Offered by the subscriptions of a broker that tells how far a group has acknowledged."""

    def committed(
        self, group: str, lanes: Mapping[str, Collection[str]], deadline: Deadline
    ) -> Mapping[str, Ends]:
        """For lanes of channels the number of the first record that a group has not acknowledged.

        A lane on which it has no position is left out. Raises BrokerError.
        """


class Delivery(Protocol):
    """What a consumer in this process is handed, event by event; any thread may call anything."""

    def take(self) -> Record | None:
        """The next event, as soon as there is one; None once it is closed."""

    def done(self, record: Record) -> None:
        """Acknowledge what was taken."""

    def close(self) -> None:
        """Hand over nothing more; what is not acknowledged is kept for when it is opened again."""


@runtime_checkable
class Delivers(Protocol):
    """Offered by an adapter that hands events to consumers in this process: it hosts handlers."""

    def deliver(self, group: str, begin: Mapping[str, Ends]) -> Delivery:
        """Hand a group what is stored on channels from these ends on, or from where it stood."""

    def forget(self, group: str) -> None:
        """Hand a group nothing more, ever; one that is not there is ignored."""

    def at_rest(self) -> bool:
        """Whether every group has acknowledged all that it was to be handed."""


@runtime_checkable
class Assignments(Protocol):
    """Offered by the subscriptions of a broker whose groups share lanes among their members."""

    def assigned(
        self, group: str, channel: str, deadline: Deadline
    ) -> Mapping[str, Collection[str]]:
        """For each member of a group the lanes of a channel that are assigned to it, if any.

        Raises BrokerError.
        """


@runtime_checkable
class Resets(Protocol):
    """Offered by the subscriptions of a broker on which a group can be made to begin elsewhere."""

    def reset(self, group: str, channel: str, where: str, deadline: Deadline) -> None:
        """Make a group go on at the `beginning` or the `end` of a channel, wherever it was.

        Raises BrokerError, also where somebody is in the group: it decides itself then.
        """


@runtime_checkable
class Namespaces(Protocol):
    """Offered by an adapter of a broker that can be divided into parts which know nothing of each other."""

    def open_namespace(self, name: str, deadline: Deadline) -> Broker:
        """A new part of the broker, empty; its address is what clients of that part write.

        Raises BrokerError where there is one of that name.
        """

    def close_namespace(self, name: str, deadline: Deadline) -> None:
        """Remove a part with all that is in it; one that is not there is ignored."""


@runtime_checkable
class BrokerFacts(Protocol):
    """What an adapter may tell of its broker besides: `${broker.NAME.FACT}`."""

    def facts(self) -> Mapping[str, str]:
        """By the names of the facts; `url` stands for `${broker.NAME}` itself."""


@runtime_checkable
class Adopting(Protocol):
    """Offered by an adapter that its broker does not tell all that a channel is."""

    def adopt(self, channels: Sequence[ChannelPlan]) -> None:
        """Take channels that are there already for what is planned. Raises BrokerError."""


@runtime_checkable
class Gaps(Protocol):
    """Offered by a reader for which its broker keeps nothing while its connection is lost."""

    def gap(self, since: Mapping[str, Ends]) -> str | None:
        """Why events since these ends may have been missed, as a sentence; None where none can be.

        Asks nobody, and may be called from any thread.
        """


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


@runtime_checkable
class ChannelFacts(Protocol):
    """What an adapter may tell of a channel beside its name: `${channel.NAME.FACT}`."""

    def channel_facts(self, channel: str, deadline: Deadline) -> Mapping[str, str]:
        """By the names of the facts, such as `url`. Raises BrokerError where it is not there."""


@runtime_checkable
class Attentive(Protocol):
    """What a reader may offer that has to ask for what others are handed."""

    def attend(self, channels: Sequence[str]) -> None:
        """Look at these often from now on: somebody is about to expect something there."""

    def disregard(self, channels: Sequence[str]) -> None:
        """Look at these seldom from now on: nobody is interested in them any more, or yet."""


@runtime_checkable
class WatchesNew(Protocol):
    """What a reader may offer that looks what is there before it watches."""

    def watch_new(
        self, channels: Sequence[str], sink: Sink, deadline: Deadline
    ) -> Mapping[str, Ends]:
        """As `watch`, of channels that were just created, and whose names nobody else knows yet."""


@runtime_checkable
class Batches(Protocol):
    """What an adapter may offer besides: several events in one request, each with its own fate."""

    def publish_batch(
        self, channel: str, messages: Sequence[Message], deadline: Deadline
    ) -> Sequence[Position | PublishRefused]:
        """For each event where it was stored, or why it was refused, in their order.

        Raises PublishRefused where the batch as a whole was refused, BrokerUnavailable.
        """


@dataclass(frozen=True, slots=True)
class Depth:
    """What a queue holds at a moment: events that are ready, and those that are not acknowledged.

    `unacknowledged` is None where nobody tells it; `late` are the seconds by which it may be told
    late. `consumers` are those besides evtbdd.
    """

    ready: int
    unacknowledged: int | None
    consumers: int
    late: float = 0.0

    @property
    def held(self) -> int:
        """All of them, as far as they are told."""
        return self.ready + (self.unacknowledged or 0)


@runtime_checkable
class Depths(Protocol):
    """Offered by an adapter of a broker that tells how much a queue holds."""

    def depth(self, queue: str, deadline: Deadline) -> Depth:
        """What a queue holds now, whoever made it.

        Raises BrokerError where there is none of that name, and UnsupportedCapability where evtbdd
        itself takes what comes to it.
        """


@runtime_checkable
class Peeks(Protocol):
    """Offered by an adapter of a broker that hides an event from others once it was received."""

    def takes_from(self, channel: str) -> bool:
        """Whether the reader itself receives from this very queue, and so has what is visible."""

    def peek(self, channel: str, deadline: Deadline) -> Sequence[Record]:
        """What is visible now, which stays visible; each look counts as a receipt of it.

        Among the facts of a record are `sent`, `first_received` (seconds since 1970) and
        `attempts`, the receipts by others. Raises BrokerError.
        """

    def hidden(self, channel: str, deadline: Deadline) -> int:
        """How many are invisible now, as the broker estimates it: received by others, or delayed."""
