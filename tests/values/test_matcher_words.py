"""The words of expected data, the vocabulary's own and a project's."""

from __future__ import annotations

from datetime import datetime, timezone
from importlib.metadata import EntryPoint
from typing import Any

import pytest
from hamcrest import equal_to_ignoring_case, has_length
from hamcrest.core.matcher import Matcher
from hamcrest.core.string_description import tostring

from evtbdd.errors import PhraseError, SettingsError, UnknownName
from evtbdd.values import reserved
from evtbdd.values.cells import parse_cell
from evtbdd.values.matcher_words import GROUP, MatcherWords


class Plain:
    """Arguments without placeholders; `${order}` is the one known name."""

    def cell(self, text: str) -> object:
        return parse_cell(text)

    def text(self, text: str) -> str:
        return text

    def named(self, name: str) -> object:
        return {"order": "A-1"}[name]

    def now(self) -> datetime:
        return datetime(2024, 5, 1, 12, tzinfo=timezone.utc)


def words() -> MatcherWords:
    return MatcherWords(installed=())


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("any", "any value"),
        ("any uuid", "any uuid"),
        ("any  list", "any list"),
        ("absent", "absent"),
        ("one of created, 5", 'one of "created", 5'),
        ("one of [1, 2], null", "one of [1,2], null"),
        ("not created", 'anything but "created"'),
        ("not 5", "anything but 5"),
        ("not same as order", 'anything but "A-1" (order)'),
        ("same as order", '"A-1" (the same as order)'),
        ("matching ^ORD-[0-9]+$", "a text matching ^ORD-[0-9]+$"),
        ("containing too late", 'a text containing "too late"'),
        ("greater than 5", "greater than 5"),
        ("at least 5", "at least 5"),
        ("less than 5", "less than 5"),
        ("at most now", "at most 2024-05-01T12:00:00.000Z"),
        ("5 ± 0.1", "5 ± 0.1"),
        ("5 +- 0.1", "5 ± 0.1"),
    ],
)
def test_every_word_of_the_vocabulary_is_a_matcher(inside: str, expected: str) -> None:
    """What stands in the braces says which matcher it is."""
    matcher = words().matcher(inside, Plain())
    assert matcher is not None
    assert tostring(matcher) == expected
    assert words().knows(inside) is True


@pytest.mark.parametrize("inside", ["anyone", "order", "uuid", "now", "notes", "5", "absentee", ""])
def test_other_words_are_none(inside: str) -> None:
    """A name that only begins like a word is not taken for it."""
    assert words().matcher(inside, Plain()) is None
    assert words().knows(inside) is False


@pytest.mark.parametrize("word", sorted(set(reserved.EXPECTED) - {"any", "absent"}))
def test_a_word_that_needs_something_says_so(word: str) -> None:
    """A word without what must follow it is an error."""
    with pytest.raises(PhraseError) as raised:
        words().matcher(word, Plain())
    assert str(raised.value) == f"${{{word}}} is not complete: something must follow {word}."


def test_what_cannot_follow_a_word_is_an_error() -> None:
    """An unknown kind is named with the near ones; nothing follows `absent`."""
    with pytest.raises(UnknownName) as unknown:
        words().matcher("any uid", Plain())
    assert str(unknown.value) == '${any uid} is not known. Did you mean "uuid"?'
    with pytest.raises(PhraseError) as raised:
        words().matcher("absent x", Plain())
    assert str(raised.value) == "${absent x} cannot be meant: nothing follows absent."


def test_a_project_registers_matchers_of_its_own() -> None:
    """A registered word gets what stands behind it."""
    own = words()
    own.register("ignoring case", equal_to_ignoring_case)
    own.register("length", lambda text: has_length(int(text)))
    matcher = own.matcher("length 2", Plain())
    assert matcher is not None
    assert matcher.matches([1, 2]) is True
    matcher = own.matcher("ignoring case ABC", Plain())
    assert matcher is not None
    assert matcher.matches("abc") is True
    assert words().matcher("length 2", Plain()) is None


def test_an_argument_that_its_factory_refuses_is_an_error() -> None:
    """The factory's own reason is told; a factory that makes no matcher is named."""
    own = words()
    own.register("length", lambda text: has_length(int(text)))
    own.register("broken", lambda text: text)  # type: ignore[arg-type,return-value]
    with pytest.raises(PhraseError) as refused:
        own.matcher("length two", Plain())
    assert str(refused.value) == (
        "${length two} cannot be meant: invalid literal for int() with base 10: 'two'."
    )
    with pytest.raises(SettingsError) as broken:
        own.matcher("broken", Plain())
    assert str(broken.value) == (
        'The matcher "broken" is none: its factory made str, not a PyHamcrest matcher.'
    )


@pytest.mark.parametrize(
    ("word", "collision"),
    [
        ("any", "any"),
        ("any colour", "any"),
        ("not", "not"),
        ("one", "one of"),
        ("uuid", "uuid"),
        ("now or never", "now"),
        ("length", "length"),
        ("length of", "length"),
    ],
)
def test_a_word_that_has_a_meaning_cannot_be_registered(word: str, collision: str) -> None:
    """Words collide if one of them begins the other."""
    own = words()
    own.register("length", lambda text: has_length(int(text)))
    with pytest.raises(SettingsError) as raised:
        own.register(word, equal_to_ignoring_case)
    assert str(raised.value) == (
        f'The matcher "{word}" cannot be registered: ${{{collision}}} has a meaning already.'
    )


@pytest.mark.parametrize("word", ["", " x", "a  b", "a.b", "a{b", "x[0]"])
def test_a_word_is_made_of_words(word: str) -> None:
    """What would not be read as a word cannot be registered."""
    with pytest.raises(SettingsError) as raised:
        words().register(word, equal_to_ignoring_case)
    assert str(raised.value) == f'"{word}" cannot be a matcher\'s word: write words only.'


def plus_one(text: str) -> Matcher[Any]:
    """A factory that an installed package could offer."""
    return has_length(int(text) + 1)


def test_installed_packages_offer_matchers() -> None:
    """An entry point's factory is imported when its word is first used."""
    good = EntryPoint("ignoring case", "hamcrest:equal_to_ignoring_case", GROUP)
    bad = EntryPoint("lost", "no_such_module_of_matchers:x", GROUP)
    own = MatcherWords(installed=[good, bad])
    matcher = own.matcher("ignoring case ABC", Plain())
    assert matcher is not None
    assert matcher.matches("abc") is True
    with pytest.raises(SettingsError) as raised:
        own.matcher("lost", Plain())
    assert str(raised.value) == (
        'The matcher "lost" cannot be loaded from no_such_module_of_matchers:x: '
        "ModuleNotFoundError: No module named 'no_such_module_of_matchers'."
    )


def test_what_is_installed_is_known_without_being_named() -> None:
    """Without arguments the entry points of this Python are offered: here none."""
    assert MatcherWords().words() == reserved.EXPECTED
