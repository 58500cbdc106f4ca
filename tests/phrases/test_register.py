"""The decorator, and what happens before a step function is called."""

from __future__ import annotations

from types import SimpleNamespace

import behave
import pytest
from behave.matchers import get_step_matcher_factory
from behave.model import Table, Text

from evtbdd.errors import PhraseError, SettingsError
from evtbdd.phrases import Data, Row, stage_of, step
from evtbdd.phrases import Table as PlainTable

TABLE = Table(["field", "value"], rows=[["id", "42"], ["status", "new"]], line=8)
TEXT = Text('{"id": 42}', line=8)


def test_values_are_expanded_and_handed_over(play, stage) -> None:
    """Quoted values are unescaped, then expanded; the others are converted; left-out ones None."""
    calls = []

    @step('"{a}" and [again "{b}"] {n:Number} [within {t:Duration}]', section="S")
    def each(stage, **values):
        calls.append((stage, values))

    play(r'"\"${a}\"" and 3 within 500 ms')
    assert calls == [(stage, {"a": '"A"', "b": None, "n": 3, "t": 0.5})]
    assert stage.calls == ['expand "${a}"']


def test_an_act_is_announced_after_the_values_and_before_the_step(play, stage) -> None:
    """The stage hears of an act once the step is known to be well written."""

    @step('do "{it}"', section="S", act=True)
    def do(stage, *, it):
        stage.calls.append(f"do {it}")

    play('do "${a}"')
    assert stage.calls == ["expand ${a}", "act", "do A"]


def test_only_a_key_may_be_bytes(play) -> None:
    """Bytes are kept for a key; anywhere else they are an error."""
    keys = []

    @step('key "{key}" on "{dead_letter}"', section="S")
    def both(stage, *, key, dead_letter):
        keys.append(key)

    play('key "${bytes}" on "c"')
    assert keys == [b"\x01"]
    with pytest.raises(PhraseError) as raised:
        play('key "1" on "${bytes}"')
    assert str(raised.value) == (
        '"${bytes}" stands for bytes, and only a key can be bytes: the dead letter must be text'
    )


def test_a_time_of_zero_is_an_error_when_the_step_runs(play, stage) -> None:
    """A time of zero is a phrase, and an error before anything is done."""

    @step("wait within {time:Duration}", section="S", act=True)
    def wait(stage, *, time):
        raise AssertionError("called")

    for zero in ("0 seconds", "0.0 ms"):
        with pytest.raises(PhraseError) as raised:
            play(f"wait within {zero}")
        assert str(raised.value) == f"within {zero}: a time must be more than zero"
    assert stage.calls == []


@pytest.fixture
def data_steps(play) -> list[Data]:
    received: list[Data] = []

    @step("none is taken", section="S")
    def none(stage):
        pass

    @step("some may follow [with:|equal to:]", section="S")
    def some(stage, *, data):
        received.append(data)

    @step("these follow on {n:Number}:", section="S")
    def these(stage, *, n, data):
        received.append(data)

    return received


def test_a_table_is_handed_over_with_its_lines(play, data_steps) -> None:
    """A table keeps its cells as written, and the line of each row."""
    table = Table(["field", "value"], line=8)
    table.add_row(["id", " 42"], line=9)
    play("some may follow with:", table)
    rows = (Row(("id", " 42"), 9),)
    expected = Data(PlainTable(("field", "value"), rows), None, ("shop.feature", 8), "with")
    assert data_steps == [expected]
    assert data_steps[0]


def test_a_text_is_handed_over_with_its_line(play, data_steps) -> None:
    """A text begins in the line of its opening quotes; an empty one is a text too."""
    play("some may follow equal to:", document=TEXT)
    play("these follow on 2:", document=Text("", line=8))
    assert data_steps == [
        Data(None, '{"id": 42}', ("shop.feature", 8), "equal to"),
        Data(None, "", ("shop.feature", 8), ""),
    ]
    assert all(data_steps)


def test_no_data_is_false_and_has_the_line_of_the_step(play, data_steps) -> None:
    """Where nothing stands below a step, the data is false, and says where the step stands."""
    play("some may follow")
    assert data_steps == [Data(None, None, ("shop.feature", 7), None)]
    assert not data_steps[0]


@pytest.mark.parametrize(
    ("text", "table", "document", "message"),
    [
        (
            "some may follow", TABLE, None,
            "There is a table below this step, and no colon at its end: "
            "write a colon at its end, or remove the table.",
        ),
        (
            "some may follow", None, TEXT,
            "There is a text below this step, and no colon at its end: "
            "write a colon at its end, or remove the text.",
        ),
        (
            "none is taken", TABLE, None,
            "There is a table below this step, which takes no data: remove the table.",
        ),
        (
            "some may follow with:", None, None,
            "The step ends in a colon, and nothing stands below it: "
            "add the table or the text, or write the step without data.",
        ),
        (
            "these follow on 2:", None, None,
            "The step ends in a colon, and nothing stands below it: add the table or the text.",
        ),
    ],
)  # fmt: skip
def test_data_and_colon_go_together(
    play, stage, data_steps, text, table, document, message
) -> None:
    """Data without a colon, and a colon without data, are errors that say where and what instead."""
    with pytest.raises(PhraseError) as raised:
        play(text, table, document)
    assert str(raised.value) == f"shop.feature:7: {text}\n  {message}"
    assert data_steps == []
    assert stage.calls == []


def test_a_run_without_evtbdd_names_the_missing_line() -> None:
    """Without a stage, the error says what environment.py must contain."""
    with pytest.raises(SettingsError) as raised:
        stage_of(SimpleNamespace())
    assert str(raised.value) == (
        "evtbdd was never started for this run, so its steps cannot work.\n"
        "environment.py must contain the line\n"
        "    from evtbdd.environment import *\n"
        "and where it defines a before_all of its own, which replaces evtbdd's, that one must call\n"
        "    evtbdd.environment.before_all(context)\n"
        "before anything else."
    )


@pytest.mark.parametrize("matcher", ["parse", "cfparse", "re"])
def test_whatever_matcher_is_chosen_stays_chosen(play, matcher) -> None:
    """A phrase is read by evtbdd's matcher, and the step file's own choice is left as it was."""
    behave.use_step_matcher(matcher)
    try:

        @step("go [{far=far}]", section="S")
        def go(stage, *, far):
            stage.calls.append(far)

        chosen = get_step_matcher_factory().current_matcher.NAME
    finally:
        behave.use_step_matcher("parse")
    play("go far")
    assert play.stage.calls == [True]
    assert chosen == matcher


def test_the_chosen_matcher_survives_a_phrase_that_is_refused(play) -> None:
    """After an ambiguous phrase, too, the step file's own matcher is in use."""

    def register(pattern):
        @step(pattern, section="S")
        def anything(stage, **values):
            pass

    register('go to "{place}"')
    with pytest.raises(behave.step_registry.AmbiguousStep):
        step('go to "{place}"', section="S")(lambda stage, *, place: None)
    assert get_step_matcher_factory().current_matcher.NAME == "parse"


def test_importing_a_step_file_twice_registers_once(play, registry) -> None:
    """The same phrase from the same line is registered once."""
    for _ in range(2):

        @step("go", section="S")
        def go(stage):
            pass

    assert len(registry.steps["step"]) == 1


def test_several_phrases_may_share_a_function(play, stage) -> None:
    """The decorator gives the function back, so that it can be decorated again."""

    @step("go", section="S")
    @step("walk", section="S")
    def go(stage):
        stage.calls.append("went")

    play("walk")
    play("go")
    assert stage.calls == ["went", "went"]


def test_a_step_is_shown_where_its_function_stands(registry) -> None:
    """behave shows the step file, not evtbdd, as the place of a step."""

    @step("go", section="S")
    def go(stage):
        pass

    assert registry.steps["step"][0].location.filename.endswith("test_register.py")


def test_a_function_that_does_not_fit_its_phrase_is_refused(registry) -> None:
    """The function must take just what the phrase hands over; nothing is registered else."""

    def go(stage, *, place):
        pass

    with pytest.raises(ValueError) as raised:
        step('go to "{town}" [with:]', section="S")(go)
    assert str(raised.value) == (
        "go(stage, *, place) does not fit its phrase, which hands over "
        'the stage, "town" and "data": go to "{town}" [with:]'
    )
    assert registry.steps["step"] == []
