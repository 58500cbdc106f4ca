"""Whether an event is part of the trace of a request: what a service passed on, or did not."""

from __future__ import annotations

from collections.abc import Sequence

from evtbdd.clock import Deadline
from evtbdd.errors import ExpectationFailed, PhraseError, ServiceError
from evtbdd.events import MISSING, Event
from evtbdd.expect.pattern import Pattern, brief
from evtbdd.expect.proof import ended, logs, lost
from evtbdd.expect.source import Source
from evtbdd.expect.window import Lies, window
from evtbdd.facilities import Stage
from evtbdd.journal import Published, Requested, Seen
from evtbdd.traces.context import HEADER, trace_of
from evtbdd.values.render import show
from evtbdd.words import duration, listed, quoted


def require_part(stage: Stage, kind: str | None) -> None:
    """Wait for the event, and compare its trace with that of the last request.

    It is the last such event that a step published, else the one that came in the window.
    PhraseError where there was no request, or several events; ExpectationFailed where it is none of
    the trace, or none came; ServiceError where a service had ended by itself.
    """
    request = _last_request(stage)
    pattern = Pattern(kind)
    patience = stage.expect.patience(None)
    found = _published(stage, pattern) or _seen(stage, pattern, patience)
    expected = (
        f"Expected the {pattern.kind} to be part of the trace of the request {quoted(request.what)} "
        f"within {duration(patience.seconds)}"
    )
    if not found:
        _require_life(stage, f"{expected}\nbut no such event came")
        raise ExpectationFailed(f"{expected}\nbut no such event came")
    if len(found) > 1:
        each = "".join(f"\n    {_said(event)}" for event in found)
        raise PhraseError(
            f"{len(found)} events came that may be the {pattern.kind}; name a type of which there "
            f"is one:{each}"
        )
    (event,) = found
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


def _published(stage: Stage, pattern: Pattern) -> Sequence[Event]:
    for noted in reversed(stage.journal.since()):
        entry = noted.entry
        if not isinstance(entry, Published) or entry.event is None or entry.history:
            continue
        if pattern.fits(entry.event):
            return [entry.event]
    return []


def _seen(stage: Stage, pattern: Pattern, patience: Deadline) -> Sequence[Event]:
    """Those in the window, as soon as there is one; at the deadline all channels are read up."""
    number = 0
    while not (found := _in_window(stage, pattern)):
        number = len(stage.journal.since())
        if not stage.journal.wait(number, patience) or lost(stage.expect.witness):
            break
    watched = [name for name, each in stage.channels.opened().items() if each.unwatchable is None]
    stage.expect.witness.read_up(watched, stage.channels.deadline())
    return found or _in_window(stage, pattern)


def _in_window(stage: Stage, pattern: Pattern) -> Sequence[Event]:
    noted = stage.journal.since()
    seen_from = window(noted, in_all=False, own_counts=True, began=stage.journal.began)
    return [
        each.entry.event
        for each in noted
        if isinstance(each.entry, Seen)
        and not isinstance(each.entry.event.channel, Source)
        and seen_from.lies(each.entry.event) is Lies.INSIDE
        and pattern.fits(each.entry.event)
    ]


def _require_life(stage: Stage, text: str) -> None:
    if dead := lost(stage.expect.witness):
        first = listed(map(ended, dead))
        raise ServiceError(
            f"{first[0].upper()}{first[1:]}, so nothing can be said of what was expected."
            f"{logs(dead)}\n{text}"
        )


def _said(event: Event) -> str:
    return f"{brief(event)} on {quoted(event.channel)}, {event.record.where}"
