"""Matchers of a project's own, declared in its settings: `[evtbdd:matcher:WORD]`."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points

from evtbdd.settings import kinds
from evtbdd.settings.load import Settings
from evtbdd.settings.schema import Key, Section
from evtbdd.values.matcher_words import GROUP, MatcherWords

SECTION = Section(
    "matcher",
    named=True,
    help="A PyHamcrest matcher of the project's own, for ${WORD} and ${WORD rest} in expected data.",
    keys=(
        Key(
            "factory",
            kinds.text,
            None,
            "package.module:object; called with what stands behind the word, it makes the matcher",
        ),
    ),
)


def matcher_words(settings: Settings) -> MatcherWords:
    """The words of the vocabulary, of installed packages, and of the settings.

    SettingsError for a word that has a meaning already; a factory is imported when first used.
    """
    declared = [
        EntryPoint(word, settings.section("matcher", word)["factory"] or "", GROUP)
        for word in settings.names("matcher")
    ]
    return MatcherWords([*entry_points(group=GROUP), *declared])
