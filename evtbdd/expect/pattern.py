"""What one expected event is like, and how a real one differs from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from evtbdd.events import MISSING, TOMBSTONE, Event, Unreadable
from evtbdd.values.addresses import Address
from evtbdd.values.compare import Difference, differences, equal
from evtbdd.values.render import show
from evtbdd.words import a, quoted

ANYTHING: Final = object()
"""The payload that a pattern has when it says nothing of the payload as a whole."""

TYPE_WEIGHT, PAYLOAD_WEIGHT, KEY_WEIGHT, FIELD_WEIGHT = 100, 50, 10, 1
"""How far an event that differs in this lies from what was meant, for finding the nearest."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """How an event compares with a pattern.

    `unreadable`: all that could be told without the payload fits, and the payload cannot be read.
    """

    differences: tuple[Difference, ...]
    weight: int
    unreadable: bool = False

    @property
    def fits(self) -> bool:
        """Whether the event is one that was meant."""
        return not self.differences


@dataclass(frozen=True)
class Pattern:
    """One expected event: as much of it as a step says. Values may be or hold PyHamcrest matchers.

    `payload` is compared as a subset, or whole where `exactly`; `text` with the raw payload.
    """

    type: str | None = None
    key: str | bytes | None = None
    routing_key: str | None = None
    fields: tuple[tuple[Address, Any], ...] = ()
    payload: Any = ANYTHING
    exactly: bool = False
    text: str | bytes | None = None
    tombstone: bool = False

    def fits(self, event: Event) -> bool:
        """Whether the event is one that is meant; quicker than to judge it."""
        return (
            (self.type is None or event.type == self.type)
            and all(equal(expected, found) for _, expected, found in self._facts(event))
            and not self._misses_payload(event)
            and all(
                equal(expected, at.find(event)) for at, expected in self.fields if at.is_payload
            )
        )

    def judge(self, event: Event) -> Judgement:
        """Every difference between the event and this pattern."""
        told: list[Difference] = []
        weight = 0
        hidden = isinstance(event.payload, Unreadable)
        if self.type is not None and event.type != self.type and not (hidden and not event.type):
            told.append(Difference("type", show(self.type), show(event.fact("type"))))
            weight += TYPE_WEIGHT
        for name, expected, found in self._facts(event):
            differing = differences(expected, found, name)
            weight += (KEY_WEIGHT if name == "key" else FIELD_WEIGHT) * len(differing)
            told += differing
        inside = list(self._payload_differences(event))
        weight += PAYLOAD_WEIGHT if hidden and inside else FIELD_WEIGHT * len(inside)
        return Judgement((*told, *inside), weight, hidden and bool(inside) and not told)

    def _facts(self, event: Event) -> Iterator[tuple[str, Any, object]]:
        """Name, expected and found of all that is said of the event beside type and payload."""
        if self.key is not None:
            yield "key", self.key, event.fact("key")
        if self.routing_key is not None:
            yield "routing key", self.routing_key, event.fact("routing_key")
        for at, expected in self.fields:
            if not at.is_payload:
                yield at.text, expected, at.find(event)

    def _misses_payload(self, event: Event) -> bool:
        if self.tombstone:
            return event.payload is not TOMBSTONE
        if self.text is not None:
            return not equal(self.text, _raw(event))
        return self.payload is not ANYTHING and not (
            equal(self.payload, event.payload, exactly=self.exactly)
        )

    def _payload_differences(self, event: Event) -> Iterator[Difference]:
        if self.tombstone:
            if event.payload is not TOMBSTONE:
                yield Difference("$", "a tombstone", show(_raw(event)))
            return
        if self.text is not None:
            yield from differences(self.text, _raw(event), "$")
            return
        said = [(at, expected) for at, expected in self.fields if at.is_payload]
        if isinstance(event.payload, Unreadable):
            said = [(at, expected) for at, expected in said if at.text != "$"]
            if said or self.payload is not ANYTHING or (self.type and not event.type):
                yield Difference("$", "a payload that can be read", event.payload.reason)
                return
        for at, expected in self.fields:
            if at.is_payload:
                yield from differences(expected, at.find(event), at.text)
        if self.payload is not ANYTHING:
            yield from differences(self.payload, event.payload, "", exactly=self.exactly)

    @property
    def kind(self) -> str:
        """`"OrderShipped" event`, `tombstone`, `text "done"`: the noun without its article."""
        if self.tombstone:
            return "tombstone"
        if self.text is not None:
            return f"text {show(self.text)}"
        return "event" if self.type is None else f"{quoted(self.type)} event"

    @property
    def clause(self) -> str:
        """` with key "42"`, or nothing: what follows the noun."""
        said = "" if self.key is None else f" with key {show(self.key)}"
        return said + ("" if self.routing_key is None else f" with routing key {self.routing_key}")

    def noun(self, number: int | None = None) -> str:
        """`a "OrderShipped" event with key "42"`; with a number `3 "OrderShipped" events …`."""
        if number is None:
            return a(self.kind) + self.clause
        return f"{number} {self.kind}{'' if number == 1 else 's'}{self.clause}"

    def details(self) -> list[str]:
        """A line for each thing it says beyond its noun: `status = "shipped"`."""
        lines = [f"{at.text} = {show(expected)}" for at, expected in self.fields]
        if self.payload is not ANYTHING:
            lines.append(f"{'all of $' if self.exactly else '$'} = {show(self.payload)}")
        return lines


def brief(event: Event, said: Pattern) -> str:
    """An event in a few words: `key "42" type "OrderPacked"`; the type if it is not the one said."""
    words = []
    if event.fact("key") is not MISSING:
        words.append(f"key {show(event.fact('key'))}")
    if event.type is not None and event.type != said.type:
        words.append(f"type {quoted(event.type)}")
    if isinstance(event.payload, Unreadable):
        words.append("unreadable")
    elif event.payload is TOMBSTONE and not said.tombstone:
        words.append("a tombstone")
    return " ".join(words) or show(event.payload, 40)


def _raw(event: Event) -> object:
    value = event.record.value
    return MISSING if value is None else value.decode(errors="replace")
