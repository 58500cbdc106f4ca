"""Whether an answer rests on what may be the answer to an earlier scenario: then nothing is proven.

On a channel of a longer scope positions keep earlier events out, not late ones. What an earlier
scenario has left open may be answered inside this one's window.
"""

from __future__ import annotations

from collections.abc import Container

from evtbdd.clock import Deadline
from evtbdd.errors import Unproven
from evtbdd.events import MISSING
from evtbdd.expect.marks import demanded, is_distinct, mark, marks
from evtbdd.expect.pattern import Pattern
from evtbdd.expect.proof import lost
from evtbdd.expect.question import Answer, Claim, Question
from evtbdd.expect.sighting import Sighting
from evtbdd.expect.source import Source, place
from evtbdd.expect.view import View
from evtbdd.journal import Journal, Published
from evtbdd.witness import Earlier, OpenTrigger, Witness
from evtbdd.words import duration, listed, quoted

NEWS = 0.5
"""Seconds in which it must have become known what services have acknowledged."""

LOOK = 0.05
"""Seconds between two looks whether something contradicts a claim that waits for others."""


class _Marks:
    """The values that open triggers hold."""

    def __init__(self, earlier: Earlier) -> None:
        self._earlier = earlier

    def __contains__(self, mark: object) -> bool:
        return self._earlier.holds(str(mark))


class OwnMarks:
    """All values that a scenario's own events hold, and its ids; each event is looked at once."""

    def __init__(self, journal: Journal, witness: Witness) -> None:
        self._cursor = journal.cursor()
        self._witness = witness
        self._held: set[str] = set()

    def all(self) -> Container[str]:
        """Those of all that was published by now."""
        for noted in self._cursor.new():
            if isinstance(noted.entry, Published) and noted.entry.event is not None:
                self._held |= marks(noted.entry.event)
        self._held.update(filter(None, map(mark, self._witness.fresh_ids())))
        return self._held


def require_ours(
    question: Question, view: View, own_marks: OwnMarks, witness: Witness, *, holds: bool
) -> None:
    """Raise Unproven where the answer, that it holds or not, may be due to an earlier scenario."""
    earlier = witness.earlier()
    if not earlier.any_left() or not witness.shared(question.channel):
        return
    open_ones = _Marks(earlier)
    own = own_marks.all()
    wanted = [(each, demanded(each)) for each in question.among]
    distinct = [pattern for pattern, of in wanted if is_distinct(of, own, open_ones)]

    def ours(sighting: Sighting) -> bool:
        event = sighting.event
        return any(pattern.fits(event) for pattern in distinct) or view.correlation.is_alone(event)

    found = question.in_doubt(holds, ours)
    if found is None:
        return
    left = earlier.open_at(question.channel, view.window.asked)
    if left:
        held = marks(found.event)
        likely = max(left, key=lambda each: len(held & marks(each.event)))
        raise Unproven(_may_be_an_answer(question, found, likely, witness))


def await_earlier(question: Claim, view: View, witness: Witness, deadline: Deadline) -> None:
    """Return once services are done with what earlier scenarios have left, or it is contradicted.

    Also where a service has ended by itself: it acknowledges nothing any more. Raises Unproven
    where the deadline comes first.
    """
    earlier = witness.earlier()
    if not earlier.any_left() or not witness.shared(question.channel):
        return
    while True:
        view.read()
        if question.answer() is not Answer.OPEN or lost(witness):
            return
        seconds = min(LOOK, deadline.remaining())
        left = earlier.open_after(question.channel, Deadline.after(seconds, deadline.clock))
        if not left:
            return
        hopeless = next((each for each in left if each.untold is not None), None)
        if hopeless is not None or deadline.expired():
            raise Unproven(_still_busy(question, hopeless or left[0], len(left), deadline))


def still_open(channel: str, witness: Witness, deadline: Deadline) -> list[str]:
    """What services are busy with instead, in a line for a failure text; none where nothing is.

    What is known of that may be a little old: until the deadline it is waited for news.
    """
    if not (witness.earlier().any_left() and witness.shared(channel)):
        return []
    left = witness.earlier().open_after(channel, deadline)
    if not left:
        return []
    more = f"; {len(left) - 1} more are open too" if len(left) > 1 else ""
    return [f"still open: {_not_done(left[0])}{more}"]


def _may_be_an_answer(
    question: Question, found: Sighting, first: OpenTrigger, witness: Witness
) -> str:
    busy = f"which the service {quoted(first.service)} was not known to have acknowledged"
    if first.untold is not None:
        busy = f"which the service {quoted(first.service)} may still have been busy with"
    why = "" if first.untold is None else f": {first.untold}"
    return (
        f"Whether this holds cannot be told: {place(question.channel)} {question.sentence()}. "
        f"What came as {found.with_key} at {found.moment}, {found.event.record.where}, may be the "
        f"answer to {_named(first)}, {busy} when this window began{why}. "
        f"{_advice(question.channel, found, first, witness)} only this scenario's "
        f"{question.noun}s hold."
    )


def _advice(channel: str, found: Sighting, first: OpenTrigger, witness: Witness) -> str:
    by = "a key or a value that"
    if isinstance(channel, Source):
        return "Expect a value that"
    address = witness.correlation(channel)
    if address is None:
        both = dict.fromkeys([channel, first.event.channel])
        sections = listed(f"[evtbdd:channel:{each}]" for each in both)
        return f"Declare correlation = ADDRESS in {sections}, or expect {by}"
    if address.find(found.event) is MISSING:
        return f"It holds nothing at {address.text}, its correlation; expect {by}"
    return (
        f"What it holds at {address.text}, its correlation, does not tell them apart; expect {by}"
    )


def _still_busy(question: Claim, first: OpenTrigger, number: int, deadline: Deadline) -> str:
    more = f" {number - 1} more are open too." if number > 1 else ""
    instead = (
        f" (waited {duration(deadline.seconds)}, proof timeout), so it may not have come to this "
        "scenario's events yet."
    )
    if first.untold is not None:
        instead = (
            f". Say its group in [evtbdd:service:{first.service}], or give it scope = scenario."
        )
    return (
        f"Nothing has contradicted this so far: {place(question.channel)} "
        f"{question.sentence()}. But {_not_done(first)}{instead}{more}"
    )


def _not_done(trigger: OpenTrigger) -> str:
    """`the service "shipping" is not known to have acknowledged an "OrderPlaced" event on …`."""
    service = f"the service {quoted(trigger.service)}"
    if trigger.untold is not None:
        return f"{service} may still be busy with {_named(trigger)}: {trigger.untold}"
    return f"{service} is not known to have acknowledged {_named(trigger)}"


def _named(trigger: OpenTrigger) -> str:
    """`an "OrderPlaced" event with key "41" on "orders", of the scenario "An order is shipped"`."""
    event = trigger.event
    noun = Pattern(event.type, event.key).noun()
    return f"{noun} on {quoted(event.channel)}, of the scenario {quoted(trigger.scenario)}"
