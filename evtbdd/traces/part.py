"""Whether an event is part of the trace of a request: what a service passed on, or did not."""

from __future__ import annotations

from evtbdd.clock import Deadline
from evtbdd.errors import ExpectationFailed, PhraseError
from evtbdd.events import MISSING, Event
from evtbdd.expect.life import missed
from evtbdd.expect.pattern import Pattern, brief
from evtbdd.expect.proof import lost
from evtbdd.facilities import Stage
from evtbdd.journal import Requested
from evtbdd.own_words.the_event import the_event, the_events
from evtbdd.traces.context import HEADER, trace_of
from evtbdd.values.render import show
from evtbdd.words import duration, quoted


def require_part(stage: Stage, kind: str | None) -> None:
    """Wait for the event, and compare its trace with that of the last request.

    It is the last such event that a step published, else the one that came in the window.
    PhraseError where there was no request, or several events; ExpectationFailed where it is none of
    the trace, or none came; ServiceError where a service had ended by itself.
    """
    request = _last_request(stage)
    pattern = Pattern(kind)
    patience = stage.expect.patience(None)
    event = _event(stage, pattern, patience)
    expected = (
        f"Expected the {pattern.kind} to be part of the trace of the request {quoted(request.what)} "
        f"within {duration(patience.seconds)}"
    )
    if event is None:
        raise missed(f"{expected}\nbut no such event came", stage.expect.witness)
    carried = event.header(HEADER)
    if (trace := trace_of(carried)) == trace_of(request.traceparent):
        return
    if carried is MISSING:
        but = f"it has no header {HEADER}"
    elif trace is None:
        but = f"its header {HEADER} is none: {show(carried, 80)}"
    else:
        but = f"it is part of the trace {trace}, and the request of {trace_of(request.traceparent)}"
    raise ExpectationFailed(f"{expected}\nbut {but} ({_said(event)})")


def _last_request(stage: Stage) -> Requested:
    for noted in reversed(stage.journal.since()):
        if isinstance(noted.entry, Requested):
            return noted.entry
    raise PhraseError("No step of this scenario has sent a request, so none has begun a trace.")


def _event(stage: Stage, pattern: Pattern, patience: Deadline) -> Event | None:
    """The event, as soon as there is one; at the deadline all channels are read up to be sure."""
    journal = stage.journal
    number = len(journal.since())
    while not the_events(journal, pattern, own_counts=True):
        if not journal.wait(number, patience) or lost(stage.expect.witness):
            break
        number = len(journal.since())
    watched = [name for name, each in stage.channels.opened().items() if each.unwatchable is None]
    stage.expect.witness.read_up(watched, stage.channels.deadline())
    if not the_events(journal, pattern, own_counts=True):
        return None
    return the_event(journal, pattern, own_counts=True).event


def _said(event: Event) -> str:
    return f"{brief(event)} on {quoted(event.channel)}, {event.record.where}"
