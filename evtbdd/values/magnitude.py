"""Matchers of size: `${greater than 5}`, `${at most 2024-05-01T12:00:00Z}`, `${5 ± 0.1}`."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from fractions import Fraction
from types import MappingProxyType

from evtbdd.errors import PhraseError
from evtbdd.values.cells import parse_cell
from evtbdd.values.kinds import is_number
from evtbdd.values.matchers import ValueMatcher
from evtbdd.values.moments import exact, instant, instant_of, relative, seconds_of
from evtbdd.values.render import show, show_with_kind

Comparison = Callable[[Fraction, Fraction], bool]

COMPARISONS: Mapping[str, Comparison] = MappingProxyType(
    {
        "greater than": operator.gt,
        "at least": operator.ge,
        "less than": operator.lt,
        "at most": operator.le,
    }
)

AROUND = re.compile(r"(.+?)\s*(?:±|\+/-|\+-)\s*(.+)", re.DOTALL)
"""How a value with a distance is written."""


class Bound:
    """A number, or a point in time, that values are held against.

    Against a number only numbers count. Against a point in time ISO-8601 texts do, and numbers
    of seconds or milliseconds since 1970.
    """

    def __init__(self, written: str, now: datetime) -> None:
        self.text = relative(written, now) or written
        value = parse_cell(self.text)
        moment = instant(self.text)
        if moment is not None:
            self.is_time, self.size = True, moment
        elif is_number(value):
            self.is_time, self.size = False, exact(value)
        else:
            raise PhraseError(
                f"{show(written)} is neither a number nor a time like 2024-05-01T12:00:00Z; "
                f"a remembered value is written ${{{written}}} in there."
            )

    def size_of(self, value: object) -> Fraction | None:
        """The size of a value in the same measure; None where it has none."""
        if self.is_time:
            return instant_of(value)
        if not is_number(value):
            return None
        try:
            return exact(value)
        except ValueError:  # infinite or not a number, from a database
            return None

    def was(self, value: object) -> str:
        """The value, with its kind where that is what is wrong."""
        return show(value) if self.size_of(value) is not None else show_with_kind(value)


class Compared(ValueMatcher):
    """Matches what is greater or less than a bound; `words` is one of `COMPARISONS`."""

    def __init__(self, words: str, bound: Bound) -> None:
        self.words = words
        self.bound = bound

    def holds(self, value: object) -> bool:
        """Whether it can be compared, and compares so."""
        size = self.bound.size_of(value)
        return size is not None and COMPARISONS[self.words](size, self.bound.size)

    def described(self) -> str:
        """`at least 5`."""
        return f"{self.words} {self.bound.text}"

    def was(self, value: object) -> str:
        """The value, with its kind where that is what is wrong."""
        return self.bound.was(value)


class Around(ValueMatcher):
    """Matches what is no further from a bound than a distance, both ends included."""

    def __init__(self, bound: Bound, distance: str) -> None:
        self.bound = bound
        self.text = f"{bound.text} ± {distance}"
        size = seconds_of(distance) if bound.is_time else _number(distance)
        if size is None or size < 0:
            what = "time like 5 seconds" if bound.is_time else "number from 0 on"
            raise PhraseError(f"{show(distance)} in ${{{self.text}}} is no {what}.")
        self.distance = size

    @classmethod
    def written(cls, text: str, now: datetime) -> Around:
        """The matcher that `5 ± 0.1` writes, also with `+-` or `+/-`; `text` fits `AROUND`."""
        found = AROUND.fullmatch(text)
        if found is None:
            raise PhraseError(f"{show(text)} is no value with a distance, as 5 ± 0.1 is.")
        return cls(Bound(found[1], now), found[2])

    def holds(self, value: object) -> bool:
        """Whether it can be compared, and is near enough."""
        size = self.bound.size_of(value)
        return size is not None and abs(size - self.bound.size) <= self.distance

    def described(self) -> str:
        """`5 ± 0.1`."""
        return self.text

    def was(self, value: object) -> str:
        """The value, with its kind where that is what is wrong."""
        return self.bound.was(value)


def _number(text: str) -> Fraction | None:
    value = parse_cell(text)
    return exact(value) if is_number(value) else None
