"""Strict comparison of what was expected with what is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from typing import Any

from hamcrest.core.base_matcher import BaseMatcher
from hamcrest.core.description import Description
from hamcrest.core.matcher import Matcher
from hamcrest.core.string_description import StringDescription, tostring

from evtbdd.events import MISSING
from evtbdd.values.address_text import step_below
from evtbdd.values.cells import parse_cell
from evtbdd.values.kinds import is_number, kind
from evtbdd.values.render import show, show_both, show_with_kind

NOT_EXPECTED = "not expected"
"""What a `Difference` expects where nothing more was to be there."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One place that is not as expected; both values as texts for people."""

    address: str
    expected: str
    actual: str

    def line(self) -> str:
        """`status: "pending", expected "shipped"`; `extra: 5, not expected`."""
        expectation = "" if self.expected == NOT_EXPECTED else "expected "
        return f"{self.address}: {self.actual}, {expectation}{self.expected}"


def differences(
    expected: object, actual: object, at: str = "", *, exactly: bool = False
) -> tuple[Difference, ...]:
    """Every place where `actual` is not as `expected`, in the order of `expected`.

    Kinds must be the same (42 is not "42", true is not 1), numbers compare by value. Objects are
    compared as subsets: what `expected` does not name may be anything, unless `exactly`. Lists are
    compared whole, their elements as subsets. Anywhere in `expected` a PyHamcrest matcher may
    stand; only one with `absence_allowed` holds for a field that is not there. Bytes are compared
    with a text's UTF-8. `at` is the address of `actual`; "" is the whole payload, shown as `$`.
    """
    return tuple(
        Difference(reduce(step_below, path, at) or "$", *_shown(wanted, found))
        for path, wanted, found in _mismatches(expected, actual, (), exactly)
    )


def equal(expected: object, actual: object, *, exactly: bool = False) -> bool:
    """Whether there are no `differences`; stops at the first."""
    return next(_mismatches(expected, actual, (), exactly), None) is None


def strictly(expected: object, *, exactly: bool = False) -> Strictly:
    """Matches if a value has no `differences` from `expected`, for use wherever Hamcrest is."""
    return Strictly(expected, exactly)


class Strictly(BaseMatcher[Any]):
    """See `strictly`."""

    def __init__(self, expected: object, exactly: bool) -> None:
        self.expected = expected
        self.exactly = exactly

    def _matches(self, item: object) -> bool:
        return equal(self.expected, item, exactly=self.exactly)

    def describe_to(self, description: Description) -> None:
        """What was expected, as it is shown everywhere."""
        description.append_text(show(self.expected))

    def describe_mismatch(self, item: object, mismatch_description: Description) -> None:
        """The value, if the whole of it is wrong, else every place that is."""
        found = differences(self.expected, item, exactly=self.exactly)
        if [d.address for d in found] == ["$"]:
            mismatch_description.append_text(f"was {found[0].actual}")
        else:
            mismatch_description.append_text("had " + "; ".join(d.line() for d in found))


_Path = tuple[str | int, ...]
_NOTHING_MORE = object()


def _mismatches(
    expected: object, actual: object, path: _Path, exactly: bool
) -> Iterator[tuple[_Path, object, object]]:
    """The places that differ, with what was expected and what is there, not yet shown."""
    if isinstance(expected, Strictly):
        yield from _mismatches(expected.expected, actual, path, expected.exactly)
    elif isinstance(expected, Mapping) and isinstance(actual, Mapping):
        for name, value in expected.items():
            found = actual.get(name, MISSING)
            yield from _mismatches(value, found, (*path, str(name)), exactly)
        if exactly:
            for name, value in actual.items():
                if name not in expected:
                    yield (*path, str(name)), _NOTHING_MORE, value
    elif isinstance(expected, (list, tuple)) and isinstance(actual, (list, tuple)):
        for index, value in enumerate(expected):
            found = actual[index] if index < len(actual) else MISSING
            yield from _mismatches(value, found, (*path, index), exactly)
        for index in range(len(expected), len(actual)):
            yield (*path, index), _NOTHING_MORE, actual[index]
    elif not _same(expected, actual):
        yield path, expected, actual


def _same(expected: object, actual: object) -> bool:
    """Whether two values are the same that are not both objects or both lists."""
    if isinstance(expected, Matcher):
        if actual is MISSING and not getattr(expected, "absence_allowed", False):
            return False
        return expected.matches(actual)
    if isinstance(expected, bytes) and isinstance(actual, str):
        return expected == actual.encode(errors="surrogatepass")
    if is_number(expected) and is_number(actual):
        return _number(expected) == _number(actual)
    return kind(expected) == kind(actual) and expected == actual


def _number(value: object) -> object:
    """The number, so that 0.1 from JSON and Decimal("0.1") from a database are the same."""
    return Decimal(repr(value)) if isinstance(value, float) else value


def _shown(expected: object, actual: object) -> tuple[str, str]:
    """How the two sides of a difference are told apart."""
    if expected is _NOTHING_MORE:
        return NOT_EXPECTED, show(actual)
    if isinstance(expected, Matcher):
        return tostring(expected), _mismatch_of(expected, actual)
    if look_alike(expected, actual):
        return show_with_kind(expected), show_with_kind(actual)
    return show_both(expected, actual)


def look_alike(one: object, other: object) -> bool:
    """Whether two values are of different kinds and could be taken for each other."""
    if kind(one) == kind(other):
        return False
    if isinstance(one, str):
        return equal(parse_cell(one), other, exactly=True)
    if isinstance(other, str):
        return equal(one, parse_cell(other), exactly=True)
    return one == other


def _mismatch_of(matcher: Matcher[object], actual: object) -> str:
    """What a matcher says of a value, as a part of a sentence of ours."""
    said = StringDescription()
    matcher.describe_mismatch(actual, said)
    unsaid = StringDescription()
    BaseMatcher.describe_mismatch(_ANY, actual, unsaid)
    if actual is MISSING or str(said) == str(unsaid):
        return show(actual)
    return str(said).removeprefix("was ")


_ANY: BaseMatcher[object] = BaseMatcher()
