"""Which codec a name means."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from evtbdd.codecs.builtin import BytesCodec, JsonCodec, TextCodec
from evtbdd.codecs.find import GROUP, codec
from evtbdd.codecs.protocol import Codec
from evtbdd.errors import PhraseError, SettingsError

MODULE = """
class Rot13:
    def encode(self, value):
        if value == "bad":
            raise KeyError("bad")
        if value == "none":
            return None
        return value.encode("rot13") if isinstance(value, bytes) else value[::-1].encode()

    def decode(self, data, headers):
        if data == b"poison":
            raise KeyError("poison")
        if data == b"value":
            raise ValueError("a clause of its own")
        return data.decode()[::-1] + str(len(headers))


reverse = Rot13()


class Inner:
    codec = reverse


def make():
    return Rot13()


number = 5


class Half:
    def encode(self, value):
        return b""


def broken():
    raise OSError("no schema registry")
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A module of a project's own, that can be imported."""
    name = "evtbdd_codecs_under_test"
    (tmp_path / f"{name}.py").write_text(MODULE)
    (tmp_path / f"{name}_failing.py").write_text("import a_driver_that_is_not_installed")
    monkeypatch.syspath_prepend(tmp_path)
    return name


def test_the_built_in_codecs_have_names() -> None:
    """json, text and bytes need no import."""
    assert isinstance(codec("json"), JsonCodec)
    assert isinstance(codec("text"), TextCodec)
    assert isinstance(codec("bytes"), BytesCodec)


@pytest.mark.parametrize("place", ["reverse", "Rot13", "make", "Inner.codec"])
def test_a_codec_of_a_project_is_named_by_where_it_is(own: str, place: str) -> None:
    """An object, a class or a function that makes one: each is a codec."""
    found = codec(f"{own}:{place}")
    assert isinstance(found, Codec)
    assert found.encode("abc") == b"cba"
    assert found.decode(b"abc", (("h", b"1"),)) == "cba1"


def test_an_installed_codec_is_named_by_its_entry_point(own: str) -> None:
    """Packages offer codecs under names; the built-in names stay what they are."""
    offered = [
        EntryPoint("backwards", f"{own}:reverse", GROUP),
        EntryPoint("json", f"{own}:reverse", GROUP),
    ]
    assert codec("backwards", offered).encode("abc") == b"cba"
    assert isinstance(codec("json", offered), JsonCodec)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "jsn",
            'There is no codec "jsn". Did you mean "json"? '
            "One of your own is written package.module:object.",
        ),
        (
            "avro",
            'There is no codec "avro". Known codecs: "backwards", "bytes", "json", "text". '
            "One of your own is written package.module:object.",
        ),
        (
            "no_such_module_of_codecs:x",
            'The codec "no_such_module_of_codecs:x" cannot be loaded: '
            "ModuleNotFoundError: No module named 'no_such_module_of_codecs'.",
        ),
        (
            "OWN_failing:x",
            'The codec "OWN_failing:x" cannot be loaded: '
            "ModuleNotFoundError: No module named 'a_driver_that_is_not_installed'.",
        ),
        (
            "OWN:lost",
            'The codec "OWN:lost" cannot be loaded: '
            "AttributeError: module 'OWN' has no attribute 'lost'.",
        ),
        (
            "OWN:broken",
            'The codec "OWN:broken" cannot be loaded: OSError: no schema registry.',
        ),
        (
            "OWN:number",
            'The codec "OWN:number" is none: it needs encode(value) -> bytes '
            "and decode(bytes, headers) -> value.",
        ),
        (
            "OWN:Half",
            'The codec "OWN:Half" is none: it needs encode(value) -> bytes '
            "and decode(bytes, headers) -> value.",
        ),
        (
            "OWN:",
            'The codec "OWN:" is no place: write package.module:object.',
        ),
        (
            ":x",
            'The codec ":x" is no place: write package.module:object.',
        ),
    ],
)
def test_a_name_that_means_no_codec_is_an_error(own: str, name: str, message: str) -> None:
    """The error suggests what was meant, or names why it could not be loaded."""
    offered = [EntryPoint("backwards", f"{own}:reverse", GROUP)]
    with pytest.raises(SettingsError) as raised:
        codec(name.replace("OWN", own), offered)
    assert str(raised.value) == message.replace("OWN", own)


def test_somebody_elses_codec_is_held_to_the_promise(own: str) -> None:
    """Whatever it raises, decoding raises ValueError and encoding a sentence for the author."""
    name = f"{own}:reverse"
    with pytest.raises(ValueError) as failed:
        codec(name).decode(b"poison", ())
    assert str(failed.value) == f"the codec \"{name}\" failed: KeyError: 'poison'"
    with pytest.raises(ValueError) as clause:
        codec(name).decode(b"value", ())
    assert str(clause.value) == "a clause of its own"
    with pytest.raises(PhraseError) as refused:
        codec(name).encode("bad")
    assert str(refused.value) == (
        f"The codec \"{name}\" cannot encode this payload: KeyError: 'bad'."
    )
    with pytest.raises(SettingsError) as wrong:
        codec(name).encode("none")
    assert str(wrong.value) == f'The codec "{name}" made no bytes, but NoneType.'
