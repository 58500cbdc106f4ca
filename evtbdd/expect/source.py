"""What is no channel, and yet has something come to it that is expected like events.

The name of such a source stands wherever that of a channel does: in events, windows, questions. So
there is one machinery for all that can be expected, and it asks here what it would ask a broker.
"""

from __future__ import annotations

from collections.abc import Sequence

from evtbdd.clock import Deadline
from evtbdd.ports import Capability
from evtbdd.values.addresses import Address
from evtbdd.witness import Earlier, ServiceHealth, Witness
from evtbdd.words import counted, quoted


class Source(str):
    """A webhook, a WebSocket, a request: as a text, its name as a person says it.

    `noun` is what comes to it; `at` stands before its name where that is said.
    """

    noun = "message"
    at = "at"
    decided = False
    """Whether that nothing more can come is an answer too, to who expects that nothing comes."""
    lasting = False
    """Whether it outlives the scenario, so that answers to earlier ones can come to it."""

    # Two are the same only if they are one: names are for people, and a channel may have any.
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other

    def __ne__(self, other: object) -> bool:
        return self is not other

    def where(self) -> str:
        """Where it really is, for a failure text."""
        raise NotImplementedError

    def read_up(self, deadline: Deadline) -> None:
        """Return when all that has reached it by now stands in the journal.

        Raises an EvtbddError where that cannot be told: then nothing can be said of it.
        """

    def over(self) -> str | None:
        """Why nothing more can come, as a clause without a subject; None while something can."""
        return None


def noun(channel: str) -> str:
    """What comes to a channel or a source: `event`, `request`."""
    return channel.noun if isinstance(channel, Source) else "event"


def place(channel: str) -> str:
    """`on "orders"`, `at the webhook "payments"`."""
    return f"{channel.at} {channel}" if isinstance(channel, Source) else f"on {quoted(channel)}"


def belongs(channel: str) -> str:
    """`of "orders"`, `at the webhook "payments"`."""
    return place(channel) if isinstance(channel, Source) else f"of {quoted(channel)}"


def of(channel: str) -> str:
    """`"orders"`, `the webhook "payments"`: what something has come to."""
    return str(channel) if isinstance(channel, Source) else quoted(channel)


def things(channel: str, number: int) -> str:
    """`1 event`, `3 requests`."""
    return counted(number, noun(channel))


def over(channel: str) -> str | None:
    """Why nothing more can come to a source, as a clause; of a channel nobody can say so."""
    return channel.over() if isinstance(channel, Source) else None


def decided(channel: str) -> bool:
    """Whether that nothing more can come proves that nothing comes."""
    return isinstance(channel, Source) and channel.decided


class SourceWitness:
    """A Witness of channels that answers for sources too."""

    def __init__(self, channels: Witness) -> None:
        self._channels = channels

    def shared(self, channel: str) -> bool:
        """Whether it outlives the scenario."""
        return channel.lasting if isinstance(channel, Source) else self._channels.shared(channel)

    def correlation(self, channel: str) -> Address | None:
        """A source has none."""
        return None if isinstance(channel, Source) else self._channels.correlation(channel)

    def fresh_ids(self) -> Sequence[object]:
        """The ids that were made for this scenario alone."""
        return self._channels.fresh_ids()

    def earlier(self) -> Earlier:
        """What earlier scenarios have left to this one."""
        return self._channels.earlier()

    def read_up(self, channels: Sequence[str], deadline: Deadline) -> None:
        """Return when all that has come by now stands in the journal."""
        self._channels.read_up([c for c in channels if not isinstance(c, Source)], deadline)
        for source in channels:
            if isinstance(source, Source):
                source.read_up(deadline)

    def health(self) -> Sequence[ServiceHealth]:
        """The services that this scenario has seen started."""
        return self._channels.health()

    def where(self, channel: str) -> str:
        """Where a source is, or a channel."""
        return channel.where() if isinstance(channel, Source) else self._channels.where(channel)

    def lane(self, channel: str) -> str:
        """A source has but one."""
        return noun(channel) if isinstance(channel, Source) else self._channels.lane(channel)

    def require(self, channel: str, capability: Capability | None) -> None:
        """What comes to a source is in order, and that is all that its phrases ask."""
        if not isinstance(channel, Source):
            self._channels.require(channel, capability)

    def holds_text(self, channel: str) -> bool:
        """Whether all payloads are texts; those of a source tell themselves what they are."""
        return not isinstance(channel, Source) and self._channels.holds_text(channel)

    def declared_types(self, channel: str) -> frozenset[str]:
        """What comes to a source has no type."""
        return (
            frozenset() if isinstance(channel, Source) else self._channels.declared_types(channel)
        )
