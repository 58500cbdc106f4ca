"""A span that a service has recorded, as an event that expectations can look at."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from evtbdd.codecs.builtin import JsonCodec
from evtbdd.events import Event, Position, Reading, Record
from evtbdd.expect.source import Source

_READING = Reading(JsonCodec().decode, lambda event: str(event.record.facts["name"]))


class Spans(Source):
    """What a service reports, as something that spans come to."""

    noun = "span"
    at = "of"
    collected: Callable[[], str]

    def where(self) -> str:
        """Where evtbdd collects them, and what came there that was none."""
        return f"collected at {self.collected()}"


def span_event(found: Mapping[str, object], source: Spans, number: int) -> Event:
    """The `number`th span (from 0) of a service: its attributes, and `@…` what is around them."""
    attributes = {name: value for name, value in found.items() if name[:1] != "@"}
    facts = {name[1:]: value for name, value in found.items() if name[:1] == "@"}
    record = Record(
        channel=str(source),
        key=None,
        value=json.dumps(attributes).encode(),
        headers=(),
        position=Position("", number),
        timestamp=float(str(facts["timestamp"])),
        where=f"of the trace {facts['trace_id']}",
        facts=facts,
    )
    return Event(record, source, _READING)
