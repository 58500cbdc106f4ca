"""How sections are declared."""

from __future__ import annotations

import pytest

from evtbdd.settings import kinds
from evtbdd.settings.schema import Key, Section, merged


def key(name: str, default: str | None = None) -> Key:
    return Key(name, kinds.text, default, "")


def test_several_parts_declare_keys_of_one_section() -> None:
    """Declarations of one kind of section are put together; the same key may come twice."""
    sections = [
        Section("channel", True, (key("broker"),), "a channel"),
        Section("channel", True, (key("broker"), key("partitions"))),
    ]
    channel = merged(sections)["channel"]
    assert [each.name for each in channel.keys] == ["broker", "partitions"]
    assert channel.help == "a channel"


def test_declarations_must_not_contradict() -> None:
    """Two keys of one name, and a kind both with and without names, are refused."""
    with pytest.raises(ValueError) as raised:
        merged([Section("a", True, (key("x", "1"),)), Section("a", True, (key("x", "2"),))])
    assert str(raised.value) == "[evtbdd:a:NAME] has two keys 'x'"
    with pytest.raises(ValueError) as raised:
        merged([Section("a", True, ()), Section("a", False, ())])
    assert str(raised.value) == "[evtbdd:a] is declared with names, and without"
    with pytest.raises(ValueError) as raised:
        merged([Section("profile", True, ())])
    assert str(raised.value) == "[evtbdd:profile:NAME] is taken: the settings themselves use it"


def test_a_default_must_be_of_its_kind() -> None:
    """A key whose default is not of its kind cannot be declared."""
    with pytest.raises(ValueError, match="is not a whole number"):
        Key("partitions", kinds.count, "one", "")


def test_an_exact_key_goes_before_an_open_one() -> None:
    """A name that fits two keys means the one that is written out."""
    section = Section("channel", True, (key("config.NAME"), key("config.x")))
    assert [
        getattr(section.key(name), "name", None) for name in ("config.x", "config.y", "config.")
    ] == [
        "config.x",
        "config.NAME",
        None,
    ]
