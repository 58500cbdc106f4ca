"""Whose an event is, on a channel that outlives the scenario: told by its correlation, alone.

A channel's `correlation` is the address of a value that the events of one scenario have in common.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum

from evtbdd.events import Event
from evtbdd.expect.marks import mark, marks_at
from evtbdd.journal import Noted, Published
from evtbdd.values.addresses import Address


class Whose(Enum):
    """Whose an event is, as far as its correlation tells."""

    OURS = "of this scenario"
    STRAY = "of an earlier scenario"
    FOREIGN = "of somebody else"
    UNTOLD = "not told"


@dataclass(frozen=True, slots=True)
class Correlation:
    """The marks by which a scenario's events are known.

    `address` gives the one of a channel, None where there is none, or where nobody else can bring
    events; `own` are the marks of this scenario, and `earlier` names, for a channel, the scenario
    whose one is.
    """

    address: Callable[[str], Address | None]
    own: Callable[[], frozenset[str]]
    earlier: Callable[[str, str], str | None]

    def of(self, event: Event) -> Whose:
        """Whose an event is."""
        held = self.held(event)
        if not held:
            return Whose.UNTOLD
        own = self.own()
        if held & own:
            return Whose.OURS
        if any(self.earlier(event.channel, each) is not None for each in held):
            return Whose.STRAY
        # What a scenario that has none of its own looks at can only be told by its position.
        return Whose.FOREIGN if own else Whose.UNTOLD

    def is_alone(self, event: Event) -> bool:
        """Whether it is this scenario's, by a value that no earlier one has used."""
        return any(
            self.earlier(event.channel, each) is None for each in self.held(event) & self.own()
        )

    def held(self, event: Event) -> frozenset[str]:
        """The marks at the address of the event's channel; none where there is no address."""
        address = self.address(event.channel)
        return frozenset() if address is None else marks_at(address, event)

    def scenario(self, event: Event) -> str:
        """The earlier scenario that a stray is of."""
        found = (self.earlier(event.channel, each) for each in sorted(self.held(event)))
        return next(each for each in found if each is not None)


def own_marks(
    noted: Iterable[Noted], fresh: Iterable[object], address: Callable[[str], Address | None]
) -> frozenset[str]:
    """The marks of a scenario: what its published events hold at their channel's address, and its ids."""
    found = {made for each in fresh if (made := mark(each)) is not None}
    for item in noted:
        if isinstance(item.entry, Published) and item.entry.event is not None:
            at = address(item.entry.channel)
            if at is not None:
                found |= marks_at(at, item.entry.event)
    return frozenset(found)
