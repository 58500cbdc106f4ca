"""What an adapter may offer beyond what every broker promises: found by its methods, where it has them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from evtbdd.ports import Broker, Ends

if TYPE_CHECKING:
    from evtbdd.clock import Deadline


@runtime_checkable
class Acknowledgements(Protocol):
    """Offered by the subscriptions of a broker that tells how far a group has acknowledged."""

    def committed(
        self, group: str, lanes: Mapping[str, Collection[str]], deadline: Deadline
    ) -> Mapping[str, Ends]:
        """For lanes of channels the number of the first record that a group has not acknowledged.

        A lane on which it has no position is left out. Raises BrokerError.
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
