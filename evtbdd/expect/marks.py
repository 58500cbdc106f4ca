"""The marks of an event: its key and every single value that it holds, by which it can be told apart.

Marks are texts, so that the key `42` and the number 42 are one: a service that passes an id on
rarely keeps its kind.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping

from hamcrest.core.matcher import Matcher

from evtbdd.events import MISSING, TOMBSTONE, Event, Unreadable, text_or_bytes
from evtbdd.expect.pattern import ANYTHING, Pattern
from evtbdd.values.addresses import Address
from evtbdd.values.kinds import is_number
from evtbdd.values.matchers import NotSameAs, SameAs
from evtbdd.values.moments import exact

LONGEST = 1000
"""Signs of a value by which events are told apart; a picture in a payload is not worth keeping."""


def mark(value: object) -> str | None:
    """The mark that a single value is; None for one that tells nothing: null, no text, a list."""
    if isinstance(value, bytes):
        value = text_or_bytes(value) if len(value) <= LONGEST else None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value if 0 < len(value) <= LONGEST else None
    if isinstance(value, int):
        return str(value)
    if is_number(value):
        try:
            number = exact(value)
        except ValueError:  # infinite or not a number
            return None
        return str(number.numerator) if number.denominator == 1 else repr(float(number))
    return value.hex() if isinstance(value, bytes) else None


def marks_at(address: Address, event: Event) -> frozenset[str]:
    """What an event holds at an address: one mark, several for a list, none where nothing is."""
    return frozenset(_marks(address.find(event)))


def marks(event: Event) -> frozenset[str]:
    """All that an event holds: its key, its headers, and what is anywhere in its payload."""
    payload = event.payload
    if payload is TOMBSTONE or isinstance(payload, Unreadable):
        payload = event.record.value
    around = [event.record.key, *(value for _, value in event.record.headers)]
    return frozenset(_marks([*around, payload]))


def demanded(pattern: Pattern) -> frozenset[str]:
    """All that a step demands of an event by value: its key, and every single value of its data."""
    wanted = [expected for _, expected in pattern.fields]
    if pattern.payload is not ANYTHING:
        wanted.append(pattern.payload)
    return frozenset(_marks([pattern.key, pattern.text, *wanted]))


def is_distinct(wanted: Iterable[str], own: Container[str], open_ones: Container[str]) -> bool:
    """Whether one of the wanted marks is held by the scenario's own events, and by no open one.

    Then what fits is no answer to an open one, unless a service mixes them up.
    """
    return any(each in own and each not in open_ones for each in wanted)


def _marks(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _marks(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _marks(inner)
    elif isinstance(value, SameAs) and not isinstance(value, NotSameAs):
        yield from _marks(value.value)
    elif value is not MISSING and not isinstance(value, Matcher):
        found = mark(value)
        if found is not None:
            yield found
