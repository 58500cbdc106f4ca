"""Which event `the event` is: rule 8 of the language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evtbdd.errors import PhraseError
from evtbdd.events import Event, Position
from evtbdd.expect.pattern import Pattern, brief
from evtbdd.expect.source import Source
from evtbdd.expect.window import Lies, window
from evtbdd.journal import Journal, Published, Seen
from evtbdd.words import quoted


@dataclass(frozen=True, slots=True)
class TheEvent:
    """The event that a phrase is about.

    `began` and `there` are monotonic: then it was not on its channel yet, and then it was. `id` is
    what its broker knows it by wherever it goes; None where a broker keeps no such thing.
    """

    event: Event
    began: float
    there: float
    id: object = None

    @property
    def channel(self) -> str:
        """The channel that it was published to, or seen on."""
        return self.event.channel

    @property
    def place(self) -> tuple[str, Position]:
        """Where it was published to, or seen."""
        return self.channel, self.event.record.position

    def is_same(self, other: Event) -> bool:
        """Whether another one is this, elsewhere or again: by its id, else by payload and key."""
        if self.id is not None:
            return self.id == other.record.facts.get("message_id")
        ours, theirs = self.event.record, other.record
        return (ours.value, ours.key) == (theirs.value, theirs.key)


def the_event(
    journal: Journal, pattern: Pattern, *, own_counts: bool, besides: str | None = None
) -> TheEvent:
    """The last such event that a step published; else the one that was seen in the window.

    What was seen on the channel `besides` is none. PhraseError where there is no such event, or
    where there are several.
    """
    found = the_events(journal, pattern, own_counts=own_counts, besides=besides)
    if not found:
        raise PhraseError(
            f"No step of this scenario has published {pattern.noun()}, and none was seen in the "
            "window of this step, so nobody knows which event is meant."
        )
    if len(found) > 1:
        listed = "".join(f"\n    {brief(each.event)} on {quoted(each.channel)}" for each in found)
        raise PhraseError(
            f"No step of this scenario has published {pattern.noun()}, and {len(found)} were seen in "
            f"the window of this step; name a type or a key of which there is one:{listed}"
        )
    return found[0]


def the_events(
    journal: Journal, pattern: Pattern, *, own_counts: bool, besides: str | None = None
) -> Sequence[TheEvent]:
    """The last such event that a step published; else all that were seen in the window by now."""
    noted = journal.since()
    for each in reversed(noted):
        entry = each.entry
        if not isinstance(entry, Published) or entry.history or entry.event is None:
            continue
        if pattern.fits(entry.event):
            began = each.at if entry.began is None else entry.began
            known_by = entry.event.record.facts.get("message_id")
            return [TheEvent(entry.event, began, each.at, known_by)]
    seen_from = window(noted, in_all=False, own_counts=own_counts, began=journal.began)
    return [
        TheEvent(each.entry.event, seen_from.began, each.at)
        for each in noted
        if isinstance(each.entry, Seen)
        # What comes to a webhook, or is reported of a service, is no event of a channel.
        and not isinstance(each.entry.event.channel, Source)
        and each.entry.event.channel != besides
        and seen_from.lies(each.entry.event) is Lies.INSIDE
        and pattern.fits(each.entry.event)
    ]
