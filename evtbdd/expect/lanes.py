"""Where order can be spoken of: within one partition, queue or message group."""

from __future__ import annotations

from collections.abc import Sequence

from evtbdd.errors import Unproven
from evtbdd.expect.sighting import Sighting
from evtbdd.words import listed, quoted


def one_lane(sightings: Sequence[Sighting], channel: str, lane: str) -> None:
    """Raise Unproven unless all these events lie in one lane, within which order is kept."""
    lanes = sorted({sighting.event.record.position.lane for sighting in sightings})
    if len(lanes) > 1:
        raise Unproven(
            f"The order of these events cannot be told: they lie in {lane}s {listed(lanes)} of "
            f"{quoted(channel)}, and order is kept only within one {lane}. Key them alike, so that "
            f"they share a {lane}, or leave out the order."
        )
