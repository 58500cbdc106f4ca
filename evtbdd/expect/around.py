"""Where else an event may have gone that did not arrive: for the failure text."""

from __future__ import annotations

from collections.abc import Sequence

from evtbdd.expect.explain import Circumstances
from evtbdd.expect.question import Question
from evtbdd.expect.sighting import Sighting
from evtbdd.expect.source import noun
from evtbdd.expect.view import View
from evtbdd.expect.window import Lies
from evtbdd.witness import Witness


def circumstances(
    question: Question,
    view: View,
    witness: Witness,
    *,
    time: str,
    spent: str,
    waited: float,
    services: Sequence[str],
) -> Circumstances:
    """What lies around a question, with the events outside of its window that it lacks."""
    lacking = [pattern for _, pattern in question.unmatched()]
    # What says nothing of an event fits every event of every channel.
    telling = [pattern for pattern in lacking if pattern.tells]
    elsewhere: list[Sighting] = []
    here: dict[Lies, list[Sighting]] = {lies: [] for lies in Lies}
    strays: list[Sighting] = []
    foreign = 0
    for outside in view.outside:
        event = outside.sighting.event
        if event.channel == question.channel:
            if outside.lies is Lies.STRAY:
                strays.append(outside.sighting)
            elif outside.lies is Lies.FOREIGN:
                foreign += 1
            elif any(pattern.fits(event) for pattern in lacking):
                here[outside.lies].append(outside.sighting)
        elif (
            outside.lies is Lies.INSIDE
            and noun(event.channel) == question.noun
            and any(pattern.fits(event) for pattern in telling)
        ):
            elsewhere.append(outside.sighting)
    return Circumstances(
        time=time,
        waited=waited,
        spent=spent,
        where=witness.where(question.channel),
        elsewhere=elsewhere,
        too_early=here[Lies.TOO_EARLY],
        own=here[Lies.OWN],
        before=here[Lies.BEFORE],
        history=here[Lies.HISTORY],
        strays=[(each, view.correlation.scenario(each.event)) for each in strays],
        foreign=foreign,
        services=services,
    )
