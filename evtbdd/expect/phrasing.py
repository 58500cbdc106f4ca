"""How a value is written in a step, so that whoever copies the step means the same value."""

from __future__ import annotations

from base64 import b64encode

from evtbdd.expect.source import Source
from evtbdd.words import quoted


def coming(channel: str, noun: str, verb: str) -> str:
    """`no event arrives on "orders"`, `the webhook "payments" receives no request`."""
    if isinstance(channel, Source):
        return f"{channel} receives {noun}"
    return f"{noun} {verb} on {said(channel)}"


def said(value: str | bytes) -> str:
    """The value in the quotes of a step; what a line of text cannot show, as base64."""
    if isinstance(value, str) and value.isprintable():
        return quoted(value.replace("${", "$${"))
    raw = value if isinstance(value, bytes) else value.encode(errors="surrogatepass")
    return f'"${{base64 {b64encode(raw).decode()}}}"'
