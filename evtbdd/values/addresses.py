"""Addresses: what a cell or a setting can point at, in a payload or around it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol, runtime_checkable

from evtbdd.errors import PhraseError
from evtbdd.events import MISSING, TOMBSTONE, Record, Unreadable
from evtbdd.values.address_text import Every, Query, Span, Step, step_below, steps_of
from evtbdd.values.render import show
from evtbdd.words import quoted


class Observed(Protocol):
    """What an address can be looked up in: an event, a response, a request, a row."""

    @property
    def payload(self) -> object:
        """The decoded payload; `TOMBSTONE` without one, `Unreadable` where it cannot be decoded."""

    def fact(self, name: str) -> object:
        """What stands at the address `@name`; `MISSING` where there is nothing."""


@runtime_checkable
class Recorded(Protocol):
    """An `Observed` that still has the bytes it came as."""

    @property
    def record(self) -> Record:
        """What the broker handed over."""


@dataclass(frozen=True, slots=True)
class Address:
    """A place in a payload (`orderId`, `data.items[0].sku`, `$`), or a fact around it (`@key`).

    Made by `Address.parse`; two addresses are equal if they are written alike. `fact_name` is what
    stands behind the `@`, None for a place in the payload.
    """

    text: str
    fact_name: str | None = field(default=None, compare=False)
    steps: tuple[Step, ...] = field(default=(), compare=False, repr=False)

    @staticmethod
    def parse(text: str) -> Address:
        """The address that a text writes; spaces around it do not count.

        Raises PhraseError with a sentence for a text that is none. Every `@name` is one, whether
        or not anything has such a fact.
        """
        return _parsed(text.strip())

    def __str__(self) -> str:
        return self.text

    @property
    def is_payload(self) -> bool:
        """Whether it points into the payload, and not at a fact around it."""
        return self.fact_name is None

    def find(self, observed: Observed) -> object:
        """What stands there in `observed`, `MISSING` where nothing does; null is something.

        An address with a wildcard, a slice, a filter or `..` finds the list of all the values that
        it fits. A payload that is a tombstone or cannot be decoded holds nothing; of one that
        cannot be decoded `$` is the raw text, with U+FFFD for what is no UTF-8.
        """
        if self.fact_name is not None:
            return observed.fact(self.fact_name)
        payload = observed.payload
        if payload is TOMBSTONE:
            return MISSING
        if isinstance(payload, Unreadable):
            return MISSING if self.steps else _raw_text(observed)
        return self.find_in(payload)

    def find_in(self, value: object) -> object:
        """What stands at this place of the payload `value`; `MISSING` where nothing does."""
        for number, step in enumerate(self.steps):
            if isinstance(step, str):
                if not isinstance(value, Mapping) or step not in value:
                    return MISSING
                value = value[step]
            elif isinstance(step, int):
                if not isinstance(value, (list, tuple)) or not -len(value) <= step < len(value):
                    return MISSING
                value = value[step]
            else:
                return _all_found(value, self.steps[number:]) or MISSING
        return value

    def into(self, container: object, value: object) -> object:
        """A payload like `container` (`MISSING` for none yet) that holds `value` at this place.

        Objects and lists on the way are made as needed; `container` itself is left as it is.
        Raises PhraseError where something else stands there already, where a list would get a gap,
        and for an address that does not name one place.
        """
        if self.fact_name is not None:
            raise PhraseError(f"{self.text} does not point into the payload.")
        return self._placed(container, value, 0)

    def _placed(self, container: object, value: object, depth: int) -> object:
        if depth == len(self.steps):
            if container is not MISSING:
                raise PhraseError(f"{self.text} is given twice: it is {show(container)} already.")
            return value
        step = self.steps[depth]
        if isinstance(step, str):
            return self._placed_in_object(container, value, depth, step)
        if isinstance(step, int) and step >= 0:
            return self._placed_in_list(container, value, depth, step)
        raise PhraseError(f"{self.text} does not name one place, so no value can be put there.")

    def _placed_in_object(
        self, container: object, value: object, depth: int, name: str
    ) -> dict[str, object]:
        if container is MISSING:
            container = {}
        if not isinstance(container, Mapping):
            raise self._conflict(container, depth, f"a field {quoted(name)}")
        inner = self._placed(container.get(name, MISSING), value, depth + 1)
        return {**container, name: inner}

    def _placed_in_list(
        self, container: object, value: object, depth: int, index: int
    ) -> list[object]:
        if container is MISSING:
            container = []
        if not isinstance(container, (list, tuple)):
            raise self._conflict(container, depth, f"an element [{index}]")
        if index > len(container):
            raise PhraseError(
                f"{self.text} leaves a gap: the element before it, [{index - 1}], is not there."
            )
        before: object = container[index] if index < len(container) else MISSING
        return [*container[:index], self._placed(before, value, depth + 1), *container[index + 1 :]]

    def _conflict(self, container: object, depth: int, wanted: str) -> PhraseError:
        place = ""
        for step in self.steps[:depth]:
            place = step_below(place, step) if isinstance(step, (str, int)) else place
        return PhraseError(
            f"{self.text} does not fit: {place or 'the payload'} is {show(container)} already, "
            f"which cannot hold {wanted}."
        )


@lru_cache(maxsize=4096)
def _parsed(text: str) -> Address:
    if not text:
        raise PhraseError(
            "An address is empty: write a field like orderId, $ for the whole payload, "
            "or a fact like @key."
        )
    if not text.startswith("@"):
        return Address(text, steps=_checked(text, steps_of(text)))
    name = text[1:]
    if not name or name[0].isspace():
        raise PhraseError(f"{quoted(text)} is no address: a name is missing after @.")
    if name in ("header", "header."):
        raise PhraseError(
            f"{quoted(text)} is no address: the name of a header is missing, "
            "as in @header.content-type."
        )
    return Address(text, fact_name=name)


def _raw_text(observed: Observed) -> object:
    if isinstance(observed, Recorded) and observed.record.value is not None:
        return observed.record.value.decode(errors="replace")
    return MISSING


def _all_found(value: object, steps: tuple[Step, ...]) -> list[object]:
    """Every value that the steps lead to from `value`."""
    found: list[object] = [value]
    for step in steps:
        found = [inner for outer in found for inner in _inner(outer, step)]
    return found


def _inner(value: object, step: Step) -> Iterable[object]:
    if isinstance(step, Query):
        return _queried(value, step)
    if isinstance(value, Mapping):
        if isinstance(step, Every):
            return value.values()
        return [value[step]] if isinstance(step, str) and step in value else []
    if isinstance(value, (list, tuple)):
        if isinstance(step, Every):
            return value
        if isinstance(step, Span):
            return value[step.start : step.stop : step.step]
        if isinstance(step, int):
            return [value[step]] if -len(value) <= step < len(value) else []
    return []


def _checked(text: str, steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The steps, if a query at their end is one that the library reads."""
    if steps and isinstance(steps[-1], Query):
        from jsonpath_ng.exceptions import JSONPathError

        try:
            _compiled(steps[-1].text)
        except JSONPathError as error:
            raise PhraseError(
                f"{quoted(text)} is no address: {steps[-1].text} cannot be read as JSONPath."
            ) from error
    return steps


@lru_cache(maxsize=1024)
def _compiled(text: str) -> Any:
    from jsonpath_ng.ext.parser import parse

    return parse(text)


def _queried(value: object, query: Query) -> list[object]:
    try:
        return [match.value for match in _compiled(query.text).find(value)]
    except re.error as error:
        raise PhraseError(f"The filter in {quoted(query.text)} is no regex: {error}.") from error
    except (TypeError, ValueError, IndexError):
        # A filter that compares kinds which do not compare selects nothing; not every version
        # of the library says so itself.
        return []
