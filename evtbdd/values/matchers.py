"""What `${…}` in expected data holds for, as PyHamcrest matchers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar
from uuid import UUID

from hamcrest.core.base_matcher import BaseMatcher
from hamcrest.core.description import Description

from evtbdd.errors import PhraseError
from evtbdd.events import MISSING
from evtbdd.values.compare import equal, look_alike
from evtbdd.values.kinds import kind
from evtbdd.values.moments import is_timestamp
from evtbdd.values.render import show, show_with_kind


class ValueMatcher(BaseMatcher[object]):
    """A matcher that speaks of values as evtbdd shows them.

    A subclass brings `holds` and `described`. `absence_allowed` says whether it may hold for a
    field that is not there; without it a field must be there, whatever the matcher says.
    """

    absence_allowed: ClassVar[bool] = False

    def holds(self, value: object) -> bool:
        """Whether it holds for a value, which is there unless `absence_allowed`."""
        raise NotImplementedError

    def described(self) -> str:
        """What it expects, to stand after `expected`."""
        raise NotImplementedError

    def was(self, value: object) -> str:
        """What it says of a value that it does not hold for."""
        return show(value)

    def _matches(self, item: object) -> bool:
        return (self.absence_allowed or item is not MISSING) and self.holds(item)

    def describe_to(self, description: Description) -> None:
        """What it expects."""
        description.append_text(self.described())

    def describe_mismatch(self, item: object, mismatch_description: Description) -> None:
        """What the value was."""
        mismatch_description.append_text(f"was {self.was(item)}")


class AnyValue(ValueMatcher):
    """Matches if there is a value; null is one."""

    def holds(self, value: object) -> bool:  # noqa: ARG002 - any will do
        """Whatever it is."""
        return True

    def described(self) -> str:
        """`any value`."""
        return "any value"


class AnyOfKind(ValueMatcher):
    """Matches a value of one kind: `name` is uuid, text, number, boolean, timestamp, list, object."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._holds = KINDS[name]

    def holds(self, value: object) -> bool:
        """Whether the value is of the kind."""
        return self._holds(value)

    def described(self) -> str:
        """`any number`."""
        return f"any {self.name}"

    def was(self, value: object) -> str:
        """The value, with its kind unless that is right: a uuid and a timestamp are texts."""
        if self.name in ("uuid", "timestamp") and isinstance(value, str):
            return show(value)
        return show_with_kind(value)


class Absent(ValueMatcher):
    """Matches if the field is not there; null is there."""

    absence_allowed = True

    def holds(self, value: object) -> bool:
        """Whether nothing is there."""
        return value is MISSING

    def described(self) -> str:
        """`absent`."""
        return "absent"


class OneOf(ValueMatcher):
    """Matches a value that equals one of several, each compared strictly."""

    def __init__(self, values: Sequence[object]) -> None:
        self.values = values

    def holds(self, value: object) -> bool:
        """Whether one of them is equal."""
        return any(equal(candidate, value) for candidate in self.values)

    def described(self) -> str:
        """`one of "created", "packed"`."""
        return "one of " + ", ".join(show(value) for value in self.values)

    def was(self, value: object) -> str:
        """The value, with its kind where one of them differs only in that."""
        alike = any(look_alike(candidate, value) for candidate in self.values)
        return show_with_kind(value) if alike else show(value)


class AnythingBut(ValueMatcher):
    """Matches a value that is there and does not equal another, compared strictly."""

    def __init__(self, value: object) -> None:
        self.value = value

    def holds(self, value: object) -> bool:
        """Whether it is not equal."""
        return not equal(self.value, value)

    def described(self) -> str:
        """`anything but "created"`."""
        return f"anything but {show(self.value)}"


class SameAs(ValueMatcher):
    """Matches a value that equals a remembered one in everything; `name` is what it is called."""

    def __init__(self, name: str, value: object) -> None:
        self.name = name
        self.value = value

    def holds(self, value: object) -> bool:
        """Whether it is equal in everything."""
        return equal(self.value, value, exactly=True)

    def described(self) -> str:
        """`"A-1" (the same as orderId)`."""
        return f"{show(self.value)} (the same as {self.name})"

    def was(self, value: object) -> str:
        """The value, with its kind where it differs only in that."""
        return show_with_kind(value) if look_alike(self.value, value) else show(value)


class NotSameAs(SameAs):
    """Matches a value that is there and differs in something from a remembered one."""

    def holds(self, value: object) -> bool:
        """Whether anything differs."""
        return not super().holds(value)

    def described(self) -> str:
        """`anything but "A-1" (orderId)`."""
        return f"anything but {show(self.value)} ({self.name})"


class Matching(ValueMatcher):
    """Matches a text in which a regular expression (Python's `re`) is found anywhere."""

    def __init__(self, pattern: str) -> None:
        try:
            self._pattern = re.compile(pattern)
        except re.error as error:
            raise PhraseError(
                f"${{matching {pattern}}} is no regular expression: {error}."
            ) from error

    def holds(self, value: object) -> bool:
        """Whether it is found in a text."""
        return isinstance(value, str) and self._pattern.search(value) is not None

    def described(self) -> str:
        """`a text matching ^ORD-[0-9]+$`."""
        return f"a text matching {self._pattern.pattern}"

    def was(self, value: object) -> str:
        """The value, with its kind where it is no text."""
        return show(value) if isinstance(value, str) else show_with_kind(value)


class Containing(ValueMatcher):
    """Matches a text that contains another."""

    def __init__(self, part: str) -> None:
        self.part = part

    def holds(self, value: object) -> bool:
        """Whether it is a text that contains it."""
        return isinstance(value, str) and self.part in value

    def described(self) -> str:
        """`a text containing "late"`."""
        return f"a text containing {show(self.part)}"

    def was(self, value: object) -> str:
        """The value, with its kind where it is no text."""
        return show(value) if isinstance(value, str) else show_with_kind(value)


def _is_uuid(value: object) -> bool:
    if not isinstance(value, str):
        return isinstance(value, UUID)
    return _UUID.fullmatch(value) is not None


_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)

KINDS: Mapping[str, Callable[[object], bool]] = {
    "uuid": _is_uuid,
    "text": lambda value: kind(value) == "text",
    "number": lambda value: kind(value) == "number",
    "boolean": lambda value: kind(value) == "boolean",
    "timestamp": is_timestamp,
    "list": lambda value: kind(value) == "list",
    "object": lambda value: kind(value) == "object",
}
"""The words after `${any …}`."""
