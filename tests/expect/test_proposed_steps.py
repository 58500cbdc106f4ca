"""The step that a claim without a time proposes is one, and means the same claim."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from runpy import run_path

import pytest
from behave.runner import the_step_registry
from expect.support import Scene, no_data, table, text_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evtbdd.errors import Unproven
from evtbdd.expect.pattern import Pattern
from evtbdd.expect.phrasing import said
from evtbdd.phrases.catalogue import registered
from evtbdd.phrases.compile import Found, Phrase
from evtbdd.phrases.kinds import QUOTED
from evtbdd.phrases.pattern import Value
from evtbdd.values.store import Values

STEPS = Path(__file__).parents[2] / "steps"
VALUES = Values(folder=Path(), environment={}, now=lambda: datetime.now(timezone.utc))


@pytest.fixture(scope="module")
def expecting() -> Iterator[list[Phrase]]:
    """The phrases of the step libraries, whoever else has registered steps before."""
    kept = {keyword: list(steps) for keyword, steps in the_step_registry.steps.items()}
    for steps in the_step_registry.steps.values():
        steps.clear()
    for library in sorted(STEPS.glob("*_steps.py")):
        run_path(str(library))
    yield [each.phrase for each in registered()]
    the_step_registry.steps.update(kept)


def proposed(text: str) -> str:
    """The step in what an author reads."""
    (line,) = [each for each in text.split("\n") if each.startswith("  Then ")]
    return line.removeprefix("  Then ")


def understood(step: str, phrases: list[Phrase]) -> tuple[str, dict[str, object]]:
    """The pattern that the step is, and its values as a step function gets them."""
    matches = [(phrase, phrase.match(step)) for phrase in phrases]
    ((phrase, found),) = [(p, found) for p, found in matches if found is not None]
    return phrase.pattern, {
        each.name: meant(each, node) for each, node in zip(found, phrase.values, strict=True)
    }


def meant(found: Found, node: object) -> object:
    quoted = isinstance(node, Value) and node.kind is QUOTED and isinstance(found.value, str)
    return VALUES.key(str(found.value)) if quoted else found.value


NAMES = st.text(min_size=1, max_size=12).filter(lambda text: text.isprintable())
KEYS = st.one_of(st.none(), st.text(max_size=12), st.binary(max_size=6))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    type=st.one_of(st.none(), NAMES),
    key=KEYS,
    number=st.integers(0, 3),
    at_most=st.booleans(),
    in_all=st.booleans(),
    described=st.booleans(),
)
def test_counting(
    expecting: list[Phrase],
    type: str | None,
    key: str | bytes | None,
    number: int,
    at_most: bool,
    in_all: bool,
    described: bool,
) -> None:
    """No, exactly, at most; with and without type, key, `in all` and a table."""
    scene = Scene()
    scene.world.types = frozenset({type or ""})
    data = table("| field | value |\n| n | 1 |") if described else no_data()
    least = 0 if at_most else number
    text = text_of(
        Unproven,
        scene.steps.counted,
        "shipments",
        least,
        number,
        Pattern(type, key),
        data,
        None,
        in_all,
    )
    step = proposed(text)
    phrase, values = understood(step, expecting)
    words = "at most" if at_most else "exactly"
    assert phrase.startswith("no [" if number == 0 else f"{words} {{number")
    assert values["type"] == type
    assert equal_bytes(values["key"], key)
    assert values["channel"] == "shipments"
    assert values["during"] == 2.0
    assert values["in_all"] is in_all
    assert values.get("number", 0) == number
    assert step.endswith("with:") == described
    assert text.endswith("with the same table or text below it.") == described


def equal_bytes(one: object, other: object) -> bool:
    """A text, and its UTF-8."""
    raw = [
        each.encode(errors="surrogatepass") if isinstance(each, str) else each
        for each in (one, other)
    ]
    return raw[0] == raw[1]


@pytest.mark.parametrize("type", [None, "OrderShipped"])
@pytest.mark.parametrize("key", [None, "42", b"\x01\xff"])
@pytest.mark.parametrize("in_all", [False, True])
def test_only_these_and_every(
    expecting: list[Phrase], type: str | None, key: str | bytes | None, in_all: bool
) -> None:
    """Both need what stands below them."""
    scene = Scene()
    scene.world.types = frozenset({type or ""})
    pattern = Pattern(type, key)
    rows, one = table("| n |\n| 1 |", ""), table("| field | value |\n| n | 1 |", "has")
    for in_order in (False, True):
        text = text_of(
            Unproven,
            scene.steps.only_these,
            "shipments",
            pattern,
            rows,
            None,
            in_all,
            in_order,
        )
        phrase, values = understood(proposed(text), expecting)
        assert phrase.startswith("only these")
        assert (values["type"], values["key"]) == (type, key)
        assert (values["in_order"], values["in_all"]) == (in_order, in_all)
    text = text_of(Unproven, scene.steps.every, "shipments", pattern, one, None, in_all)
    phrase, values = understood(proposed(text), expecting)
    assert phrase.startswith("every")
    assert (values["type"], values["key"], values["in_all"]) == (type, key, in_all)


@pytest.mark.parametrize("in_all", [False, True])
def test_the_same_key_shares_a_partition(expecting: list[Phrase], in_all: bool) -> None:
    """It takes no data."""
    text = text_of(Unproven, Scene().steps.share_lane, "shipments", None, in_all)
    phrase, values = understood(proposed(text), expecting)
    assert phrase.startswith("the events on")
    assert (values["channel"], values["in_all"]) == ("shipments", in_all)


@settings(deadline=None)
@given(st.one_of(st.text(), st.binary()))
def test_a_value_in_the_quotes_of_a_step_is_meant_again(value: str | bytes) -> None:
    """Quotes, backslashes, placeholders, bytes and what is not printable."""
    written = said(value)
    assert "\n" not in written
    assert written[0] == written[-1] == '"'
    inside = written[1:-1]
    assert equal_bytes(VALUES.key(QUOTED.convert(inside)), value)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("42", '"42"'),
        ('say "hi"', r'"say \"hi\""'),
        ("${uuid}", '"$${uuid}"'),
        ("a\nb", '"${base64 YQpi}"'),
        (b"\x01", '"${base64 AQ==}"'),
        (b"a", '"${base64 YQ==}"'),
    ],
)
def test_how_a_value_is_written(value: str | bytes, written: str) -> None:
    """As it stands, where a line can show it."""
    assert said(value) == written
