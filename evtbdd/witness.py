"""What expectations see of the world outside of the journal: promises, not inheritance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from evtbdd.ports import Capability

if TYPE_CHECKING:
    from evtbdd.clock import Deadline
    from evtbdd.events import Event
    from evtbdd.values.addresses import Address


@dataclass(frozen=True, slots=True)
class ServiceHealth:
    """What is known of a service at a moment.

    `lost` is a clause such as `exited with code 1 at +0.30 s` where it ended and nobody had asked
    it to; None while it lives, or where a step ended it. `last_lines` are the end of its log then,
    None where it has no log. `notes` are sentences about what it did of late, for a failure text;
    `at_rest` is whether it has done all that it had to, None where nobody can tell.
    """

    name: str
    running: bool
    lost: str | None = None
    last_lines: tuple[str, ...] | None = ()
    notes: tuple[str, ...] = ()
    at_rest: bool | None = None


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
