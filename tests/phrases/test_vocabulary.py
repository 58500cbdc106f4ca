"""The whole vocabulary, written in the language of patterns."""

from __future__ import annotations

from evtbdd.phrases.compile import Phrase
from evtbdd.phrases.register import step
from evtbdd.phrases.spelling import spellings

from .vocabulary_phrases import PHRASES


def test_each_spelling_is_one_phrase() -> None:
    """Each spelling of each phrase is matched by that phrase and by no other one."""
    phrases = [Phrase(entry.pattern) for entry in PHRASES]
    for phrase in phrases:
        for text in spellings(phrase.pattern):
            fits = [other.pattern for other in phrases if other.match(text) is not None]
            assert fits == [phrase.pattern], text


def test_behave_finds_each_spelling_after_every_keyword(registry) -> None:
    """Registered with behave, each spelling has exactly one definition, for every keyword."""
    for entry in PHRASES:
        step(entry.pattern, section=entry.section)(lambda stage, **values: None)
    assert {kind: len(steps) for kind, steps in registry.steps.items()} == {
        "given": 0, "when": 0, "then": 0, "step": len(PHRASES),
    }  # fmt: skip
    for entry in PHRASES:
        for text in spellings(entry.pattern):
            found = [each.pattern for each in registry.steps["step"] if each.match(text)]
            assert found == [entry.pattern], text
