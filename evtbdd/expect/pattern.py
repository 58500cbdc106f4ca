"""What one expected event is like, and how a real one differs from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

from evtbdd.events import MISSING, TOMBSTONE, Event, Unreadable
from evtbdd.expect.phrasing import said
from evtbdd.values.address_text import step_below
from evtbdd.values.addresses import Address
from evtbdd.values.compare import Difference, differences, equal
from evtbdd.values.render import show
from evtbdd.words import a, quoted

ANYTHING: Final = object()
"""The payload that a pattern has when it says nothing of the payload as a whole."""

TYPE_WEIGHT, PAYLOAD_WEIGHT, KEY_WEIGHT, FIELD_WEIGHT = 100, 50, 10, 1
"""How far an event that differs in this lies from what was meant, for finding the nearest."""

Expected = tuple[Address, Any]


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
    `thing` is what it is called where it has no type, and `told` what follows; `named` are the
    fields that these two tell already.
    """

    type: str | None = None
    key: str | bytes | None = None
    routing_key: str | None = None
    fields: tuple[Expected, ...] = ()
    payload: Any = ANYTHING
    exactly: bool = False
    text: str | bytes | None = None
    tombstone: bool = False
    thing: str = "event"
    told: str = ""
    named: tuple[Expected, ...] = ()

    @property
    def tells(self) -> bool:
        """Whether it says anything of an event, so that not every one fits."""
        return replace(self, thing="event", told="") != Pattern()

    @property
    def names_routing_key(self) -> bool:
        """Whether it says something of the routing key, in the step or in its table."""
        said_of = any(at.fact_name == "routing_key" for at, _ in self.fields)
        return said_of or self.routing_key is not None

    def fits(self, event: Event) -> bool:
        """Whether the event is one that is meant; quicker than to judge it."""
        return (
            (self.type is None or event.type == self.type)
            and self._fits_around(event)
            and self._fits_payload(event)
        )

    def hides(self, event: Event) -> bool:
        """Whether the event may be one that is meant, but its payload, which would tell, is unreadable.

        What can be told without the payload decides first, so that an event of another type or key
        is not even decoded.
        """
        if self.type is not None and event.type not in {None, self.type}:
            return False
        if self.tombstone or self.text is not None or not self._must_read(event):
            return False
        return (
            self._fits_around(event)
            and isinstance(event.payload, Unreadable)
            and all(equal(expected, at.find(event)) for at, expected in self._whole)
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
            is_key = name in {"key", "@key"}
            weight += (KEY_WEIGHT if is_key else FIELD_WEIGHT) * len(differing)
            told += differing
        inside = list(self._payload_differences(event))
        whole = hidden or event.payload is TOMBSTONE
        weight += PAYLOAD_WEIGHT if whole and inside else FIELD_WEIGHT * len(inside)
        return Judgement((*told, *inside), weight, self.hides(event))

    def distance(self, event: Event) -> int:
        """The weight that type and key alone give: no more than that of a judgement, and cheap."""
        weight = 0
        if self.type is not None and event.type not in {None, self.type}:
            weight += TYPE_WEIGHT
        if self.key is not None and not equal(self.key, event.fact("key")):
            weight += KEY_WEIGHT
        return weight

    @cached_property
    def _around(self) -> tuple[Expected, ...]:
        return (*self.named, *(each for each in self.fields if not each[0].is_payload))

    @cached_property
    def _whole(self) -> tuple[Expected, ...]:
        """What is said of `$`, which an unreadable payload has too: its raw text."""
        return tuple(each for each in self.fields if each[0].is_payload and not each[0].steps)

    @cached_property
    def _inside(self) -> tuple[Expected, ...]:
        return tuple(each for each in self.fields if each[0].is_payload)

    def _must_read(self, event: Event) -> bool:
        """Whether only a payload that can be read tells if the event is meant."""
        return (
            self.payload is not ANYTHING
            or len(self._inside) > len(self._whole)
            or (self.type is not None and event.type is None)
        )

    def _facts(self, event: Event) -> Iterator[tuple[str, Any, object]]:
        """Name, expected and found of all that is said of the event beside type and payload."""
        if self.key is not None:
            yield "key", self.key, event.fact("key")
        if self.routing_key is not None:
            yield "routing key", self.routing_key, event.fact("routing_key")
        for at, expected in self._around:
            yield at.text, expected, at.find(event)

    def _fits_around(self, event: Event) -> bool:
        if self.key is None and self.routing_key is None and not self._around:
            return True
        return all(equal(expected, found) for _, expected, found in self._facts(event))

    def _fits_payload(self, event: Event) -> bool:
        if self.tombstone and event.payload is not TOMBSTONE:
            return False
        if self.text is not None and not equal(self.text, self._raw(event)):
            return False
        if self.payload is ANYTHING and not self._inside:
            return True
        if self._must_read(event) and isinstance(event.payload, Unreadable):
            return False
        return all(equal(expected, at.find(event)) for at, expected in self._inside) and (
            self.payload is ANYTHING
            or equal(self.payload, _there(event.payload), exactly=self.exactly)
        )

    def _payload_differences(self, event: Event) -> Iterator[Difference]:
        payload = event.payload
        if self.tombstone and payload is not TOMBSTONE:
            yield Difference("$", "a tombstone", show(self._raw(event)))
        if self.text is not None:
            yield from differences(self.text, self._raw(event), "$")
        hidden = isinstance(payload, Unreadable) and self._must_read(event)
        for at, expected in self._whole if hidden else self._inside:
            yield from differences(expected, at.find(event), at.text)
        if hidden:
            yield Difference("$", "a payload that can be read", show(payload, 200))
        elif self.payload is not ANYTHING:
            found = differences(self.payload, _there(payload), "", exactly=self.exactly)
            if payload is TOMBSTONE and found:
                found = (Difference("$", show(self.payload), "a tombstone"),)
            yield from found

    def _raw(self, event: Event) -> object:
        """The payload as it travelled: as text, or as bytes where these are expected."""
        value = event.record.value
        if value is None:
            return TOMBSTONE
        return value if isinstance(self.text, bytes) else value.decode(errors="replace")

    @property
    def kind(self) -> str:
        """`"OrderShipped" event`, `tombstone`, `text "done"`: the noun without its article."""
        if self.tombstone:
            return "tombstone"
        if self.text is not None:
            return show(self.text) if isinstance(self.text, bytes) else f"text {show(self.text)}"
        return self.thing if self.type is None else f"{quoted(self.type)} {self.thing}"

    @property
    def clause(self) -> str:
        """` with key "42"`, or nothing: what follows the noun."""
        said_of = self.told if self.key is None else f" with key {show(self.key)}"
        if self.routing_key is None:
            return said_of
        return f"{said_of} with routing key {show(self.routing_key)}"

    @property
    def phrased(self) -> tuple[str, str]:
        """Kind and clause as a step says them, so that it means the same again."""
        kind = self.thing if self.type is None else f"{said(self.type)} {self.thing}"
        return kind, self.told if self.key is None else f" with key {said(self.key)}"

    def noun(self, number: int | None = None) -> str:
        """`an "OrderShipped" event with key "42"`; with a number `3 "OrderShipped" events …`."""
        if number is not None:
            return f"{number} {self.kind}{'' if number == 1 else 's'}{self.clause}"
        return (a(self.kind) if self.text is None else f"the {self.kind}") + self.clause

    def details(self) -> list[str]:
        """A line for each thing it says beyond its noun: `status = "shipped"`."""
        lines = [f"{at.text} = {show(expected)}" for at, expected in self.fields]
        if isinstance(self.payload, Mapping) and self.payload:
            return lines + [
                f"{step_below('', str(name))} = {show(expected)}"
                for name, expected in self.payload.items()
            ]
        return lines if self.payload is ANYTHING else [*lines, f"$ = {show(self.payload)}"]


def brief(event: Event, said_type: str | None = None) -> str:
    """An event in a few words: `key "42" type "OrderPacked"`; the type if it is not the one said."""
    words = [event.title] if event.title else []
    if event.fact("key") is not MISSING:
        words.append(f"key {show(event.key, 40)}")
    if event.type is not None and event.type != said_type:
        words.append(f"type {show(event.type, 40)}")
    if isinstance(event.payload, Unreadable):
        words.append("unreadable")
    elif event.payload is TOMBSTONE:
        words.append("a tombstone")
    elif said_type is not None and event.type is None:
        words.append("without a type")
    if words == [event.title] and event.payload != "":
        words.append(show(event.payload, 40))
    return " ".join(words) or show(event.payload, 40)


def _there(payload: object) -> object:
    return MISSING if payload is TOMBSTONE else payload
