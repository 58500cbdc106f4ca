"""What a body means is told by its content type."""

from __future__ import annotations

import pytest
from expect.support import text_of

from evtbdd.errors import PhraseError
from evtbdd.http.bodies import decode, encode


@pytest.mark.parametrize(
    ("kind", "body", "meant"),
    [
        ("application/json", b'{"a": 1}', {"a": 1}),
        ("application/json; charset=utf-8", b"42", 42),
        ("Application/Problem+JSON", b"[]", []),
        ("application/x-www-form-urlencoded", b"a=1&b=x+y&b=%C3%A4", {"a": "1", "b": ["x y", "ä"]}),
        ("text/plain", b"42", "42"),
        ("text/plain; charset=latin-1", b"\xe4", "ä"),
        ("application/xml", b"<a/>", "<a/>"),
        ("application/octet-stream", b"42", b"42"),
        (None, b"42", 42),
        (None, b"not json", "not json"),
        (None, b"\xff", b"\xff"),
        ("application/json", b"", ""),
    ],
)
def test_a_body_is_decoded_by_its_content_type(
    kind: str | None, body: bytes, meant: object
) -> None:
    """Without one, JSON where it can be, else text, else bytes; an empty one is the empty text."""
    headers = () if kind is None else (("Content-Type", kind.encode()),)
    assert decode(body, headers) == meant


@pytest.mark.parametrize(
    ("kind", "body", "reason"),
    [
        ("application/json", b"{", "no JSON: Expecting property name enclosed in double quotes"),
        ("application/json", b"\xff", "no JSON: "),
        ("application/x-www-form-urlencoded", b"a", "no form: it is written name=value&name=value"),
        ("text/plain", b"\xff", "no text in utf-8"),
        ("text/plain; charset=klingon", b"a", "no text in klingon"),
    ],
)
def test_what_is_not_what_it_says_cannot_be_read(kind: str, body: bytes, reason: str) -> None:
    """The reason is told."""
    with pytest.raises(ValueError, match=r".+") as caught:
        decode(body, (("content-type", kind.encode()),))
    assert str(caught.value).startswith(reason)


@pytest.mark.parametrize(
    ("payload", "kind", "sent"),
    [
        ({"a": 1}, None, (b'{"a":1}', "application/json")),
        ("hi", None, (b"hi", "text/plain; charset=utf-8")),
        ("hi", "application/json", (b'"hi"', "application/json")),
        ("hi", "text/html", (b"hi", "text/html")),
        (b"\x01", None, (b"\x01", "application/octet-stream")),
        (
            {"a": 1, "b": ["x y", "ä"], "c": None, "d": True},
            "application/x-www-form-urlencoded",
            (b"a=1&b=x+y&b=%C3%A4&c=&d=true", "application/x-www-form-urlencoded"),
        ),
    ],
)
def test_a_payload_is_encoded_by_its_content_type(
    payload: object, kind: str | None, sent: tuple[bytes, str]
) -> None:
    """Without one, what suits the payload is said."""
    assert encode(payload, kind) == sent


def test_a_form_holds_no_objects() -> None:
    """There is no one way to write them."""
    kind = "application/x-www-form-urlencoded"
    assert text_of(PhraseError, encode, {"a": {"b": 1}}, kind) == (
        'A form holds texts, and a is {"b":1}.'
    )
