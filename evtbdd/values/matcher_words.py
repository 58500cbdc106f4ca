"""The words of expected data, and which matcher each means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Protocol

from hamcrest.core.matcher import Matcher

from evtbdd.errors import EvtbddError, PhraseError, SettingsError, UnknownName
from evtbdd.values import reserved
from evtbdd.values.items import split_items
from evtbdd.values.magnitude import AROUND, COMPARISONS, Around, Bound, Compared
from evtbdd.values.matchers import (
    KINDS,
    Absent,
    AnyOfKind,
    AnythingBut,
    AnyValue,
    Containing,
    Matching,
    NotSameAs,
    OneOf,
    SameAs,
)
from evtbdd.words import quoted, suggestion

GROUP = "evtbdd.matchers"
"""The entry point group in which packages offer matchers: word = package.module:factory."""

Factory = Callable[[str], Matcher[Any]]
"""Makes a matcher of what stands behind its word; raises ValueError for what cannot be meant."""


class Arguments(Protocol):
    """How what stands behind a word is read."""

    def cell(self, text: str) -> object:
        """A value of its own, as a cell of expected data is read."""

    def text(self, text: str) -> str:
        """A text, with the placeholders in it replaced."""

    def named(self, name: str) -> object:
        """What is remembered, or known otherwise, as `${name}`."""

    def now(self) -> datetime:
        """The time, aware."""


class MatcherWords:
    """The words that may stand in `${…}` where data is expected.

    They are those of the vocabulary, those that installed packages offer as entry points of the
    group `evtbdd.matchers` (`installed` replaces what this Python has), and those a project
    registers. An offered factory is imported when its word is first used.
    """

    def __init__(self, installed: Iterable[EntryPoint] | None = None) -> None:
        self._factories: dict[str, Factory] = {}
        for entry in _installed() if installed is None else installed:
            self.register(entry.name, _Offered(entry))

    def register(self, word: str, factory: Factory) -> None:
        """From now on `${word rest of text}` is `factory("rest of text")`.

        Raises SettingsError for a word that has a meaning already, alone or as its beginning.
        """
        if not word or word != " ".join(word.split()) or set(word) & set(".[]{}$"):
            raise SettingsError(f"{quoted(word)} cannot be a matcher's word: write words only.")
        words = [*reserved.FRESH, *self.words()]
        collision = reserved.taken(word, words) or next(
            (known for known in words if reserved.begins_with(known, word)), None
        )
        if collision is not None:
            raise SettingsError(
                f"The matcher {quoted(word)} cannot be registered: "
                f"${{{collision}}} has a meaning already."
            )
        self._factories[word] = factory

    def words(self) -> tuple[str, ...]:
        """Every word, the vocabulary's first."""
        return (*reserved.EXPECTED, *self._factories)

    def knows(self, inside: str) -> bool:
        """Whether `${inside}` is one that only expected data has."""
        return bool(reserved.taken(inside, self.words()) or AROUND.fullmatch(inside))

    def matcher(self, inside: str, arguments: Arguments) -> Matcher[Any] | None:
        """The matcher that `${inside}` means, None if it begins with none of the words."""
        words = [word for word in self.words() if reserved.begins_with(inside, word)]
        if not words:
            if not AROUND.fullmatch(inside):
                return None
            return Around.written(arguments.text(inside), arguments.now())
        word = max(words, key=len)
        rest = inside[len(word) :].strip()
        if word in self._factories:
            return _made(word, self._factories[word], arguments.text(rest))
        return _BUILT_IN[word](word, rest, arguments)


def _any(word: str, rest: str, _arguments: Arguments) -> Matcher[Any]:
    if not rest:
        return AnyValue()
    if rest not in KINDS:
        raise UnknownName(f"${{{word} {rest}}} is not known. {suggestion(rest, KINDS, 'kinds')}")
    return AnyOfKind(rest)


def _absent(word: str, rest: str, _arguments: Arguments) -> Matcher[Any]:
    if rest:
        raise PhraseError(f"${{{word} {rest}}} cannot be meant: nothing follows {word}.")
    return Absent()


def _one_of(word: str, rest: str, arguments: Arguments) -> Matcher[Any]:
    return OneOf([arguments.cell(item) for item in split_items(_needed(word, rest))])


def _not(word: str, rest: str, arguments: Arguments) -> Matcher[Any]:
    return AnythingBut(arguments.cell(_needed(word, rest)))


def _same_as(word: str, rest: str, arguments: Arguments) -> Matcher[Any]:
    kind = SameAs if word == "same as" else NotSameAs
    return kind(rest, arguments.named(_needed(word, rest)))


def _matching(word: str, rest: str, arguments: Arguments) -> Matcher[Any]:
    return Matching(arguments.text(_needed(word, rest)))


def _containing(word: str, rest: str, arguments: Arguments) -> Matcher[Any]:
    return Containing(arguments.text(_needed(word, rest)))


def _compared(word: str, rest: str, arguments: Arguments) -> Matcher[Any]:
    return Compared(word, Bound(arguments.text(_needed(word, rest)), arguments.now()))


def _needed(word: str, rest: str) -> str:
    if not rest:
        raise PhraseError(f"${{{word}}} is not complete: something must follow {word}.")
    return rest


_BUILT_IN: Mapping[str, Callable[[str, str, Arguments], Matcher[Any]]] = {
    "any": _any,
    "absent": _absent,
    "one of": _one_of,
    "not": _not,
    "same as": _same_as,
    "not same as": _same_as,
    "matching": _matching,
    "containing": _containing,
    **dict.fromkeys(COMPARISONS, _compared),
}


def _made(word: str, factory: Factory, rest: str) -> Matcher[Any]:
    try:
        made: object = factory(rest)
    except EvtbddError:
        raise
    except Exception as error:
        written = f"{word} {rest}".strip()
        raise PhraseError(f"${{{written}}} cannot be meant: {error}.") from error
    if not isinstance(made, Matcher):
        raise SettingsError(
            f"The matcher {quoted(word)} is none: its factory made {type(made).__name__}, "
            "not a PyHamcrest matcher."
        )
    return made


class _Offered:
    """A factory that an installed package offers."""

    def __init__(self, entry: EntryPoint) -> None:
        self._entry = entry

    def __call__(self, rest: str) -> Matcher[Any]:
        try:
            factory: Factory = self._entry.load()
        except Exception as error:
            raise SettingsError(
                f"The matcher {quoted(self._entry.name)} cannot be loaded from "
                f"{self._entry.value}: {type(error).__name__}: {error}."
            ) from error
        return factory(rest)


@lru_cache(maxsize=1)
def _installed() -> tuple[EntryPoint, ...]:
    return tuple(entry_points(group=GROUP))
