"""Patterns and what they match."""

from __future__ import annotations

import pytest

from evtbdd.phrases.compile import Phrase
from evtbdd.phrases.spelling import printed, spellings


def said(pattern: str, text: str) -> dict[str, object] | None:
    found = Phrase(pattern).match(text)
    return None if found is None else {each.name: each.value for each in found}


def test_a_quoted_value_is_handed_over_without_its_quotes() -> None:
    """A quoted value is handed over without its quotes."""
    assert said('to "{channel}"', 'to "orders"') == {"channel": "orders"}


def test_empty_quotes_are_the_empty_text() -> None:
    """Empty quotes are the empty text."""
    assert said('"{name}" is "{value}"', '"a" is ""') == {"name": "a", "value": ""}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"say \"hi\"", 'say "hi"'),
        (r"a\\b", r"a\b"),
        (r"^[0-9]\d+$", r"^[0-9]\d+$"),
        (r"ends in \\", "ends in \\"),
        ('${matching ^"x"$}', '${matching ^"x"$}'),
        (r"${matching \"[0-9]{2}$} \"so\"", r'${matching \"[0-9]{2}$} "so"'),
        ("5 $", "5 $"),
        ("$$", "$$"),
        ("$${ is not closed", "$${ is not closed"),
        ("$$${x}", "$$${x}"),
    ],
)
def test_escapes_and_placeholders_inside_quotes(written: str, meant: str) -> None:
    """Inside quotes, only an escaped quote or backslash is unescaped, and placeholders stay whole."""
    assert said('"{value}"', f'"{written}"') == {"value": meant}


@pytest.mark.parametrize("written", ['a"b', "${open", "ends in \\", "${a {b {c} d} e}"])
def test_what_cannot_stand_inside_quotes(written: str) -> None:
    """A bare quote, an unclosed placeholder and braces two levels deep do not fit."""
    assert said('"{value}"', f'"{written}"') is None


def test_two_values_never_run_into_one_another() -> None:
    """A quoted value ends at its quote, whatever else would fit behind it."""
    assert said('"{a}" is "{b}"', '"x" is "y" is "z"') is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("500 ms", 0.5),
        ("1 second", 1.0),
        ("1.5 seconds", 1.5),
        ("2 minutes", 120.0),
        ("1 minute", 60.0),
        ("0 seconds", 0.0),
    ],
)
def test_times_become_seconds(text: str, seconds: float) -> None:
    """Times of every unit become seconds; zero is read, to be refused when the step runs."""
    assert said("within {time:Duration}", f"within {text}") == {"time": seconds}


@pytest.mark.parametrize(
    "text", ["5", "5s", "5 sec", "-5 seconds", "5  seconds", ".5 seconds", "٥ ms"]
)
def test_what_is_no_time(text: str) -> None:
    """A time has plain digits, one space and its unit."""
    assert said("within {time:Duration}", f"within {text}") is None


def test_numbers_are_whole() -> None:
    """A number is made of digits alone."""
    assert said("exactly {n:Number}", "exactly 12") == {"n": 12}
    assert said("exactly {n:Number}", "exactly 1.5") is None
    assert said("exactly {n:Number}", "exactly -1") is None


def test_a_choice_of_words_is_handed_over_as_written() -> None:
    """A choice hands over the words that were said."""
    pattern = "{how=exactly|at least} {n:Number} time[s]"
    assert said(pattern, "at least 2 times") == {"how": "at least", "n": 2}
    assert said(pattern, "at most 2 times") is None


def test_a_choice_of_one_says_whether_it_was_said() -> None:
    """A choice of one is True or False."""
    assert said("rows [{in_order=in order}]", "rows in order") == {"in_order": True}
    assert said("rows [{in_order=in order}]", "rows") == {"in_order": False}


def test_what_is_left_out_is_none() -> None:
    """A value that is left out is None."""
    pattern = 'an event [with key "{key}"] [within {time:Duration}]'
    assert said(pattern, "an event") == {"key": None, "time": None}
    assert said(pattern, "an event within 5 ms") == {"key": None, "time": 0.005}


def test_the_order_of_clauses_is_fixed() -> None:
    """Clauses come in the order of the phrase."""
    pattern = 'an event [with key "{key}"] [within {time:Duration}]'
    assert said(pattern, 'an event within 5 ms with key "1"') is None


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        ("a[n] event", ["an event", "a event"]),
        ("event[s] come", ["events come", "event come"]),
        ("x [:]", ["x:", "x"]),
        ("x [with:|equal to:]", ["x with:", "x equal to:", "x"]),
        ("x [now]:", ["x now:", "x:"]),
        ("(event arrives|events arrive)", ["event arrives", "events arrive"]),
        ("[please] go [away]", ["please go away", "please go", "go away", "go"]),
        ("[please] [now] go", ["please now go", "please go", "now go", "go"]),
        ("do [un]tie", ["do untie", "do tie"]),
        ("go [there [and back]|away]", ["go there and back", "go there", "go away", "go"]),
        ("go [[very] fast]", ["go very fast", "go fast", "go"]),
        ("again [twice [a|per] day]", ["again twice a day", "again twice per day", "again twice day", "again"]),
        ("many   words\n  on lines", ["many words on lines"]),
        ("costs 5.0+ (a|b)", ["costs 5.0+ a", "costs 5.0+ b"]),
    ],
)  # fmt: skip
def test_a_phrase_matches_each_of_its_spellings(pattern: str, texts: list[str]) -> None:
    """The spellings of a phrase are all that it matches."""
    assert list(spellings(pattern)) == texts
    assert all(said(pattern, text) is not None for text in texts)
    for text in texts:
        for changed in (text + " ", " " + text, text.replace(" ", "  "), text + "x", text[1:]):
            assert said(pattern, changed) is None or changed in texts


def test_a_dot_is_a_dot() -> None:
    """Signs of regular expressions in a phrase are plain text."""
    assert said("costs 5.0", "costs 5x0") is None


@pytest.mark.parametrize(
    ("pattern", "data", "forms"),
    [
        ("the same event", "none", ()),
        ("x [:]", "optional", ("",)),
        ("x:", "required", ("x",)),
        ('to "{x}":', "required", ("",)),
        ("x [with:|equal to:]", "optional", ("equal to", "with")),
        ("x (with:|equal to:)", "required", ("equal to", "with")),
        ("the response has:", "required", ("has",)),
        ("contains [within {t:Duration}]:", "required", ("",)),
        ("x [in all] [with:]", "optional", ("with",)),
    ],
)
def test_the_endings_with_a_colon(pattern: str, data: str, forms: tuple[str, ...]) -> None:
    """Whether data stands below a step, and what its endings are called, follows from the pattern."""
    phrase = Phrase(pattern)
    assert (phrase.data, phrase.forms) == (data, forms)


def test_the_form_is_the_ending_that_was_written() -> None:
    """The form of a step is the words before its colon."""
    phrase = Phrase('on "{channel}" [with:|equal to:]')
    assert phrase.form('on "c" equal to:') == "equal to"
    assert phrase.form('on "c" with:') == "with"
    assert phrase.form('on "c"') is None


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("go [fast", "unpaired '[', at character 4 of the phrase: go [fast"),
        ("go fast]", "unpaired ']', at character 8 of the phrase: go fast]"),
        ("go [fast)", "unpaired ')', at character 9 of the phrase: go [fast)"),
        ("go [a|b] a|b", "'|' outside of brackets, at character 11 of the phrase: go [a|b] a|b"),
        ("go [ fast]", "a space just inside a bracket, at character 5 of the phrase: go [ fast]"),
        ("go [fast ]", "a space just inside a bracket, at character 9 of the phrase: go [fast ]"),
        ("go []", "nothing here that cannot be left out, at character 5 of the phrase: go []"),
        ("go [a|]", "nothing here that cannot be left out, at character 7 of the phrase: go [a|]"),
        ("[a] [b]", "nothing here that cannot be left out, at character 1 of the phrase: [a] [b]"),
        ("", "nothing here that cannot be left out, at character 1 of the phrase: "),
        ("{n}", '{n} needs a kind (Number or Duration), or quotes around it, at character 1 of the phrase: {n}'),
        ("{n:Float}", '{n:Float} needs a kind (Number or Duration), or quotes around it, at character 1 of the phrase: {n:Float}'),
        ("{n=a|}", "nothing to choose in {n=a|}, at character 1 of the phrase: {n=a|}"),
        ('a "b"', 'a stray ": a value is written as "{name}", at character 3 of the phrase: a "b"'),
        ("a }", 'a stray }: a value is written as "{name}", at character 3 of the phrase: a }'),
        ('"{a}" "{a}"', 'the name "a" a second time, at character 7 of the phrase: "{a}" "{a}"'),
        ('"{data}"', 'the name "data" is taken, at character 1 of the phrase: "{data}"'),
        ('"{class}"', '"class" cannot be the name of an argument, at character 1 of the phrase: "{class}"'),
        ("a: b", "a colon that is not the end, at character 2 of the phrase: a: b"),
        ("go [with:] [now]", "a colon that is not the end, at character 9 of the phrase: go [with:] [now]"),
    ],
)  # fmt: skip
def test_a_pattern_that_is_none(pattern: str, message: str) -> None:
    """A bad pattern is refused with what is wrong, and the character."""
    with pytest.raises(ValueError) as raised:
        Phrase(pattern)
    assert str(raised.value) == message


@pytest.mark.parametrize(
    "inside",
    [
        "a" * 200_000,
        "\\" * 200_001,
        "$" * 200_000 + "{",
        "${" * 100_000,
        "$${x}" * 50_000,
        "${a{b}c}" * 30_000,
        "${" + "{b}" * 60_000,
        "${" + "{" * 200_000,
        '\\"' * 100_000,
    ],
)
def test_hostile_text_is_given_up(inside: str) -> None:
    """A text that nearly fits is given up in linear time; otherwise this test would never end."""
    pattern = 'an event [with "{a}"] [with "{b}"] [within {t:Duration}] arrives'
    phrase = Phrase(pattern)
    for text in (f'an event with "{inside}', f'an event with "{inside}" with "{inside}" x arrives'):
        assert phrase.match(text) is None


@pytest.mark.parametrize(
    ("pattern", "names", "expected"),
    [
        ('a[n] "{type}" event [with:|equal to:]', {}, 'a[n] "TYPE" event [with:|equal to:]'),
        ('with routing key "{routing_key}"', {}, 'with routing key "ROUTING KEY"'),
        ('with routing key "{routing_key}"', {"routing_key": "RK"}, 'with routing key "RK"'),
        ("{count:Number}, {k:Number} time[s]", {}, "N, K time[s]"),
        ("{how=exactly|at least} 1 [{in_all=in all}]", {}, "(exactly|at least) 1 [in all]"),
        ("[within {a:Duration}|during {b:Duration}] x", {}, "[within TIME|during TIME] x"),
        ("x [{to=up|down}]", {}, "x [up|down]"),
    ],
)
def test_how_a_phrase_is_printed(pattern: str, names: dict[str, str], expected: str) -> None:
    """A phrase is printed as the vocabulary writes it."""
    assert printed(Phrase(pattern).items, names) == expected
