"""What an undefined step may have been meant for."""

from __future__ import annotations

import pytest

from evtbdd.phrases.catalogue import Registered
from evtbdd.phrases.compile import Phrase
from evtbdd.phrases.nearest import explain, nearest
from evtbdd.phrases.spelling import spellings

from .vocabulary_phrases import PHRASES

ALL = [
    Registered(Phrase(e.pattern), e.section, e.keyword, None, e.names, "")  # type: ignore[arg-type]
    for e in PHRASES
]
BY_PATTERN = {entry.phrase.pattern: entry for entry in ALL}


@pytest.mark.parametrize(
    ("said", "spelling", "here", "meant"),
    [
        ('an "A" event is publishd to "orders"',  # a letter missing
         'an "A" event is published to "orders"', "publishd", "published"),
        ('an "A" event arrives on shipments',  # no quotes
         'an "A" event arrives on "shipments"', "shipments", "a text in quotes"),
        ("these channels exist", "these channels exist:", "", ":"),
        ('an event arrives on "c" equal to', 'an event arrives on "c" equal to:', "", ":"),
        ('the service "s" exits:', 'the service "s" exits', ":", ""),
        ('an event arrives on "c" with in 5 seconds',
         'an event arrives on "c" within 5 seconds', "with", "within"),
        ('an event arrives on "c" within 5',  # no unit
         'an event arrives on "c" within 5 seconds', "5", "a time with its unit"),
        ('an event arrives on "c" within 1,5s with:',
         'an event arrives on "c" within 1.5 seconds with:', "1,5s", "a time with its unit"),
        ('the service "s" is killed after 20 mins',
         'the service "s" is killed after 20 minutes', "20 mins", "a time with its unit"),
        ('exactly 1 events arrives on "c"',  # singular and plural
         'exactly 1 event arrives on "c"', "events", "event"),
        ('2 event is published to "c"', '2 events are published to "c"', "event", "events"),
        ('one "A" event arrives on "c"', 'an "A" event arrives on "c"', "one", "an"),
        ('not "A" event follows on "c"', 'no "A" event follows on "c"', "not", "no"),
        ('A "A" event arrives on "c"', 'a "A" event arrives on "c"', "A", "a"),
        ('the response status is "200"', "the response status is 200", '"200"', "a number"),
        ('the service "s" acknowledges event', 'the service "s" acknowledges the event', "event", "the"),
        ('an "A" event arrives in "c" with key 42',  # two mistakes: the first is shown, both are mended
         'an "A" event arrives on "c" with key "42"', "in", "on"),
        ('the webhook "w" receives a post request',
         'the webhook "w" receives a POST request', "post", "POST"),
    ],
)  # fmt: skip
def test_typical_mistakes(said: str, spelling: str, here: str, meant: str) -> None:
    """For a typical mistake, the nearest spelling is what was meant, and the place is exact."""
    best = nearest(said, ALL)[0]
    assert (best.spelling, best.said, best.meant) == (spelling, here, meant)
    assert said[best.position :].startswith(here)
    assert best.entry.phrase.match(spelling) is not None


def test_clauses_in_another_order() -> None:
    """The right words in the wrong order are told to be just that."""
    best = nearest('an "A" event arrives on "c" within 2 minutes with key "42"', ALL)[0]
    assert best.spelling == 'an "A" event arrives on "c" with key "42" within 2 minutes'
    assert (best.said, best.reordered) == ("within", True)


def test_every_spelling_is_nearest_to_its_own_phrase() -> None:
    """A step that fits costs nothing, and no other phrase is as near."""
    for pattern in (PHRASES[4].pattern, PHRASES[15].pattern, PHRASES[90].pattern):
        for text in spellings(pattern):
            first, second = nearest(text, ALL, 2)
            assert (first.entry.phrase.pattern, first.cost) == (pattern, 0)
            assert first.spelling == text
            assert second.cost > 0


def test_the_explanation() -> None:
    """The explanation shows the step, the phrase, the place and the step as it may be meant."""
    assert explain('an "OrderPlaced" event is publishd to "orders"', ALL, "And") == (
        'No phrase fits:  And an "OrderPlaced" event is publishd to "orders"\n'
        'nearest:         When a[n] "TYPE" event is published to "CHANNEL" [with key "KEY"] '
        '[with routing key "RK"] [:]\n'
        "they part at:    publishd (the phrase has: published)\n"
        'so perhaps:      And an "OrderPlaced" event is published to "orders"'
    )


def test_the_explanation_of_a_missing_colon() -> None:
    """Where the step is too short, they part at its end."""
    assert explain("the response has", ALL) == (
        "No phrase fits:  Then the response has\n"
        "nearest:         Then the response has:\n"
        "they part at:    the end (the phrase has: a colon)\n"
        "so perhaps:      Then the response has:"
    )


def test_the_explanation_of_an_order() -> None:
    """Clauses in the wrong order are explained by the order."""
    text = 'the text "x" is published to "c" with routing key "r" with key "k"'
    assert explain(text, ALL) == (
        f"No phrase fits:  When {text}\n"
        'nearest:         When the text "TEXT" is published to "CHANNEL" [with key "KEY"] '
        '[with routing key "RK"]\n'
        "they part at:    routing (its clauses come in another order)\n"
        'so perhaps:      When the text "x" is published to "c" with key "k" with routing key "r"'
    )


@pytest.mark.parametrize("phrases", [ALL, []])
def test_nothing_comes_near(phrases: list[Registered]) -> None:
    """Where no phrase comes near, none is named."""
    assert explain("I make coffee", phrases, "Given") == (
        "No phrase fits:  Given I make coffee\nnearest:         none comes near"
    )


def test_a_very_long_step_is_looked_at_in_part() -> None:
    """A step of thousands of words ends with an answer too."""
    assert explain("word " * 20_000, ALL, "Given").endswith("none comes near")
