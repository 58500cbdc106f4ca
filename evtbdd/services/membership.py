"""The consumers of a service, as the brokers know them that it consumes from; mostly a group."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from evtbdd.clock import Deadline
from evtbdd.ports import Ends, Subscriptions, SubscriptionState
from evtbdd.services.surroundings import Consumed


class Membership:
    """What one start of a service has to do with its group; None where its brokers have no groups.

    `deadline` gives each answer of a broker its time. Every method raises BrokerError.
    """

    def __init__(
        self, group: str | None, consumed: Sequence[Consumed], deadline: Callable[[], Deadline]
    ) -> None:
        self.group = group
        self._brokers = _by_broker(consumed)
        self._deadline = deadline
        self._before: frozenset[str] = frozenset()
        self._members: frozenset[str] = frozenset()

    def position(self) -> None:
        """Have the group begin at the recorded positions, where it has none."""
        for subscriptions, recorded in self._brokers:
            subscriptions.begin_at(self.group or "", recorded, self._deadline())

    def note_others(self) -> None:
        """Remember who is in the group already, before the process starts that is to join it."""
        self._before = _members(self._states())

    def joined(self) -> tuple[bool, str]:
        """Whether a new member is there and every lane is assigned; and what is there, in words."""
        states = self._states()
        self._members = _members(states) - self._before
        ready = all(state.ready for state in states) and bool(self._members)
        return ready, "; ".join(state.words for state in states)

    def expel(self) -> None:
        """Tell the group that the members have left that came with the process.

        Otherwise they are waited for as long as their session lasts, 6 to 45 seconds.
        """
        members, self._members = self._members, frozenset()
        for subscriptions, _ in self._brokers if members else ():
            subscriptions.expel(self.group or "", sorted(members), self._deadline())

    def forget(self) -> None:
        """Delete the group."""
        for subscriptions, _ in self._brokers:
            subscriptions.forget([self.group or ""], self._deadline())

    def _states(self) -> Sequence[SubscriptionState]:
        return [
            subscriptions.state(self.group or "", list(recorded), self._deadline())
            for subscriptions, recorded in self._brokers
        ]


def _members(states: Iterable[SubscriptionState]) -> frozenset[str]:
    return frozenset[str]().union(*(state.members for state in states))


def _by_broker(consumed: Sequence[Consumed]) -> Sequence[tuple[Subscriptions, Mapping[str, Ends]]]:
    """The consumed channels of each broker, with the positions that were recorded."""
    grouped: dict[str, tuple[Subscriptions, dict[str, Ends]]] = {}
    for each in consumed:
        _, recorded = grouped.setdefault(each.broker, (each.subscriptions, {}))
        recorded[each.physical] = each.recorded
    return list(grouped.values())
