"""Scanning and expanding `${…}`."""

from __future__ import annotations

import pytest
from hamcrest import anything
from hypothesis import given, settings
from hypothesis import strategies as st

from evtbdd.errors import PhraseError
from evtbdd.events import MISSING, TOMBSTONE
from evtbdd.values.placeholders import (
    Placeholder,
    expand,
    expand_text,
    expand_to_text,
    expand_to_text_or_bytes,
    scan,
)

KNOWN = {
    "id": "A-1",
    "n": 42,
    "half": 0.5,
    "yes": True,
    "nothing": None,
    "order": {"id": "A-1", "größe": [1, None, True]},
    "raw": b"\x01\xff",
    "any": anything(),
    "gone": MISSING,
    "empty": TOMBSTONE,
    "again": "${id}",
}


def resolve(placeholder: Placeholder) -> object:
    return KNOWN[placeholder.inside]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", ()),
        ("plain $ {} $x", ("plain $ {} $x",)),
        ("${id}", (Placeholder("id"),)),
        ("${ id }", (Placeholder("id"),)),
        ("a${id}b${n}c", ("a", Placeholder("id"), "b", Placeholder("n"), "c")),
        ("${id}${n}", (Placeholder("id"), Placeholder("n"))),
        ("$${id}", ("${id}",)),
        ("a $${id} ${n}", ("a ${id} ", Placeholder("n"))),
        ("$$${id}", ("$${id}",)),
        ("${id}$${n}", (Placeholder("id"), "${n}")),
        ("${matching [a-z]{3}$}", (Placeholder("matching [a-z]{3}$"),)),
        (r"${matching ^\{x}", (Placeholder(r"matching ^\{x"),)),
        ('${one of {"a": 1}, "b"}', (Placeholder('one of {"a": 1}, "b"'),)),
        ("${not ${id}}!", (Placeholder("not ${id}"), "!")),
        ("${}", (Placeholder(""),)),
        ("tail $", ("tail $",)),
    ],
)
def test_a_text_is_made_of_literals_and_placeholders(
    text: str, parts: tuple[str | Placeholder, ...]
) -> None:
    """Placeholders end at the brace that closes them; `$${` is a literal `${`."""
    assert scan(text) == parts


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "a ${id",
            "The placeholder ${id is never closed by a }; a literal ${ is written $${.",
        ),
        (
            "${matching {}\nand more",
            "The placeholder ${matching {} is never closed by a }; a literal ${ is written $${.",
        ),
        (
            "${" + "x" * 60,
            "The placeholder ${xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx… is never closed by a }; "
            "a literal ${ is written $${.",
        ),
    ],
)
def test_a_placeholder_that_is_never_closed_is_an_error(text: str, message: str) -> None:
    """What begins like a placeholder must end like one."""
    with pytest.raises(PhraseError) as raised:
        scan(text)
    assert str(raised.value) == message


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_a_text_that_is_one_placeholder_takes_its_value_with_its_kind(name: str) -> None:
    """A lone placeholder is its value, and is not expanded again."""
    assert expand_text(f"${{{name}}}", resolve) is KNOWN[name]


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("ORD-${id}", "ORD-A-1"),
        ("${n}${n}", "4242"),
        (" ${n}", " 42"),
        ("${half} ${yes} ${nothing}", "0.5 true null"),
        ("=${order}", '={"id":"A-1","größe":[1,null,true]}'),
        ("${again}.", "${id}."),
        ("$${id} is ${id}", "${id} is A-1"),
    ],
)
def test_inside_a_longer_text_a_value_becomes_text(text: str, expanded: str) -> None:
    """Texts stay as they are, everything else becomes compact JSON."""
    assert expand_text(text, resolve) == expanded
    assert expand_to_text(text, resolve) == expanded


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a${raw}", "${raw} stands for bytes, which cannot be a part of a text."),
        (
            "a${any}",
            "${any} stands for a whole value, so it cannot be a part of a longer text.",
        ),
        ("a${gone}", "${gone} stands for absent, which cannot be a part of a text."),
        ("a${empty}", "${empty} stands for a tombstone, which cannot be a part of a text."),
    ],
)
def test_what_has_no_text_cannot_stand_inside_one(text: str, message: str) -> None:
    """Bytes, matchers and what is not there are no part of a text."""
    with pytest.raises(PhraseError) as raised:
        expand_text(text, resolve)
    assert str(raised.value) == message


def test_lists_and_objects_are_expanded_all_the_way_down() -> None:
    """Elements keep the kind of what they name; names of an object become text."""
    value = {"${n}": ["${n}", {"x": "${order}"}, 1, None], "plain": "n=${n}"}
    assert expand(value, resolve) == {
        "42": [42, {"x": KNOWN["order"]}, 1, None],
        "plain": "n=42",
    }
    assert value == {"${n}": ["${n}", {"x": "${order}"}, 1, None], "plain": "n=${n}"}


def test_a_lone_placeholder_becomes_text_where_text_is_wanted() -> None:
    """A name or a word of a step is text, whatever kind of value it names."""
    assert expand_to_text("${n}", resolve) == "42"
    assert expand_to_text("${order}", resolve) == '{"id":"A-1","größe":[1,null,true]}'


@pytest.mark.parametrize(
    ("text", "key"), [("${raw}", b"\x01\xff"), ("${n}", "42"), ("k-${n}", "k-42"), ("k", "k")]
)
def test_a_key_may_be_bytes(text: str, key: str | bytes) -> None:
    """Where a key is wanted, bytes stay bytes and everything else becomes text."""
    assert expand_to_text_or_bytes(text, resolve) == key


@settings(deadline=None)
@given(st.text().filter(lambda text: "${" not in text))
def test_a_text_without_placeholders_stays_as_it_is(text: str) -> None:
    """Expansion changes nothing where there is nothing to expand."""
    assert scan(text) == ((text,) if text else ())
    assert expand_text(text, resolve) == text


@settings(deadline=None)
@given(st.text())
def test_every_text_can_be_written_literally(text: str) -> None:
    """With `$${` for `${`, any text comes back as it was meant."""
    assert expand_text(text.replace("${", "$${"), resolve) == text


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["a", " ", "$", "é"]) | st.sampled_from(["id", "n"]).map(Placeholder))
)
def test_parts_come_back_from_the_text_that_they_make(parts: list[str | Placeholder]) -> None:
    """The scanner finds just the placeholders that were written."""
    text = ""
    for part in parts:
        text += "." + str(part)  # the dot keeps a `$` from touching what follows
    found = [part for part in scan(text) if isinstance(part, Placeholder)]
    assert found == [part for part in parts if isinstance(part, Placeholder)]
