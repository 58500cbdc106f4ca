"""The codecs json, text and bytes."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evtbdd.codecs.builtin import BytesCodec, JsonCodec, TextCodec
from evtbdd.codecs.protocol import Codec
from evtbdd.errors import PhraseError

JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None)
@given(JSON_VALUES)
def test_every_json_value_comes_back(value: object) -> None:
    """What json encodes it decodes to the same value."""
    assert JsonCodec().decode(JsonCodec().encode(value), ()) == value


@settings(deadline=None)
@given(st.text())
def test_every_text_comes_back(text: str) -> None:
    """What text encodes it decodes to the same text."""
    assert TextCodec().decode(TextCodec().encode(text), ()) == text


@settings(deadline=None)
@given(st.binary())
def test_bytes_are_left_alone(data: bytes) -> None:
    """bytes changes nothing, and nothing is undecodable to it."""
    assert BytesCodec().decode(BytesCodec().encode(data), ()) == data


def trouble(codec: Codec, data: bytes) -> tuple[type[Exception], str] | None:
    try:
        codec.decode(data, ())
    except Exception as error:  # noqa: BLE001 - which one it is, is the question
        return type(error), str(error)
    return None


@settings(deadline=None)
@given(st.binary())
def test_no_bytes_raise_anything_but_a_value_error(data: bytes) -> None:
    """Whatever poison a channel holds, a codec says what is wrong in the one agreed way."""
    for codec, beginning in ((JsonCodec(), "no JSON: "), (TextCodec(), "no text: ")):
        kind, text = trouble(codec, data) or (ValueError, beginning)
        assert kind is ValueError
        assert text.startswith(beginning)


@pytest.mark.parametrize(
    ("codec", "value", "data"),
    [
        (JsonCodec(), {"b": [1, 2.5, None], "a": "ü"}, '{"b":[1,2.5,null],"a":"ü"}'.encode()),
        (JsonCodec(), "text", b'"text"'),
        (JsonCodec(), {"n": Decimal("20.00"), "m": Decimal("0.5")}, b'{"n":20,"m":0.5}'),
        (TextCodec(), "grün", "grün".encode()),
        (TextCodec(), "", b""),
        (TextCodec(), 42, b"42"),
        (TextCodec(), 1.5, b"1.5"),
        (BytesCodec(), "grün", "grün".encode()),
    ],
)
def test_values_are_encoded(codec: Codec, value: object, data: bytes) -> None:
    """JSON is compact, in UTF-8, with its names in the order they were given."""
    assert codec.encode(value) == data


@pytest.mark.parametrize(
    ("codec", "value", "message"),
    [
        (
            JsonCodec(),
            {"n": float("nan")},
            "JSON cannot hold this payload: NaN and Infinity are no JSON numbers.",
        ),
        (
            JsonCodec(),
            [float("inf")],
            "JSON cannot hold this payload: NaN and Infinity are no JSON numbers.",
        ),
        (
            JsonCodec(),
            {"raw": b"\x01"},
            "JSON cannot hold bytes, as this payload does; write text, "
            'or set "codec = bytes" for the channel.',
        ),
        (
            JsonCodec(),
            "\ud800",
            r"JSON cannot hold half a surrogate pair, as this payload does: '\ud800'.",
        ),
        (
            TextCodec(),
            {"a": 1},
            "A channel whose codec is text takes text, and not an object; "
            'write the text in quotes, or set "codec = json" for the channel.',
        ),
        (
            TextCodec(),
            True,
            "A channel whose codec is text takes text, and not a boolean; "
            'write the text in quotes, or set "codec = json" for the channel.',
        ),
        (
            TextCodec(),
            None,
            "A channel whose codec is text takes text, and not null; "
            'write the text in quotes, or set "codec = json" for the channel.',
        ),
        (
            BytesCodec(),
            [1],
            "A channel whose codec is bytes takes bytes or text, and not a list; "
            "write ${base64 …} or ${bytes from FILE}.",
        ),
        (
            BytesCodec(),
            5,
            "A channel whose codec is bytes takes bytes or text, and not a number; "
            "write ${base64 …} or ${bytes from FILE}.",
        ),
    ],
)
def test_what_cannot_be_encoded_is_said_in_a_sentence(
    codec: Codec, value: object, message: str
) -> None:
    """A payload that the channel's codec has no bytes for is the author's error."""
    with pytest.raises(PhraseError) as raised:
        codec.encode(value)
    assert str(raised.value) == message


def test_a_payload_that_holds_itself_is_an_error() -> None:
    """What never ends has no bytes."""
    endless: list[object] = []
    endless.append(endless)
    with pytest.raises(PhraseError) as raised:
        JsonCodec().encode(endless)
    assert str(raised.value) == "JSON cannot hold this payload: Circular reference detected."


@pytest.mark.parametrize(
    ("codec", "data", "clause"),
    [
        (JsonCodec(), b"", "no JSON: Expecting value at line 1 column 1"),
        (JsonCodec(), b"hello", "no JSON: Expecting value at line 1 column 1"),
        (JsonCodec(), b'{"a": 1\n "b"}', "no JSON: Expecting ',' delimiter at line 2 column 2"),
        (JsonCodec(), b'"\xff"', "no JSON: byte ff at position 1 is no UTF-8"),
        (JsonCodec(), b"NaN", "no JSON: NaN is no JSON number"),
        (JsonCodec(), b"[1e999]", "no JSON: 1e999 is too large a number"),
        (JsonCodec(), b"[" * 100_000, "no JSON: nested too deeply"),
        (TextCodec(), b"a\xffb", "no text: byte ff at position 1 is no UTF-8"),
    ],
)
def test_what_cannot_be_decoded_is_said_in_a_clause(codec: Codec, data: bytes, clause: str) -> None:
    """The clause says what is wrong and where."""
    with pytest.raises(ValueError) as raised:
        codec.decode(data, ())
    assert str(raised.value) == clause


def test_a_byte_order_mark_is_passed_over() -> None:
    """Services on some platforms write one before their JSON."""
    assert JsonCodec().decode(b'\xef\xbb\xbf{"a":1}', ()) == {"a": 1}
