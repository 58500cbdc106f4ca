"""Where order can be spoken of: within one partition, queue or message group."""

from __future__ import annotations

from collections.abc import Iterable

from evtbdd.errors import Unproven
from evtbdd.expect.sighting import Sighting
from evtbdd.words import quoted


class Lanes:
    """The lanes in which events lie that are compared, each with its first event."""

    def __init__(self, channel: str, lane: str) -> None:
        self._channel, self._lane = channel, lane
        self._first: dict[str, Sighting] = {}

    def add(self, sighting: Sighting) -> None:
        """One more event is compared."""
        self._first.setdefault(sighting.event.record.position.lane, sighting)

    def require_one(self, question: str, instead: str) -> None:
        """Raise Unproven unless all lie in one lane, within which order is kept.

        `question` is what cannot be told (`the order of these events`), `instead` what the author
        can write.
        """
        if len(self._first) > 1:
            one_lane(self._first.values(), self._channel, self._lane, question, instead)


def one_lane(
    sightings: Iterable[Sighting],
    channel: str,
    lane: str,
    question: str = "the order of these events",
    instead: str = "leave out the order",
) -> None:
    """Raise Unproven unless all these events lie in one lane, within which order is kept."""
    one, other = None, None
    for sighting in sightings:
        one = one or sighting
        if _lane(sighting) != _lane(one):
            other = sighting
            break
    if one is None or other is None:
        return
    # Which of them was seen first is chance.
    one, other = sorted((one, other), key=_lane)
    raise Unproven(
        f"It cannot be told what {question} is: {one.with_key} lies in "
        f"{lane} {_lane(one)} of {quoted(channel)}, {other.with_key} in "
        f"{lane} {_lane(other)}, and order is kept only within one {lane}. "
        f"Key them alike, so that they share a {lane}, or {instead}."
    )


def _lane(sighting: Sighting) -> str:
    return sighting.event.record.position.lane
