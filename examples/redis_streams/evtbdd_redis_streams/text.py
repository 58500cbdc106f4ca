"""Names are bytes to Redis; whatever they are, they come back as they were."""

from __future__ import annotations


def encoded(name: str) -> bytes:
    """What Redis calls it."""
    return name.encode("utf-8", "surrogateescape")


def decoded(raw: bytes) -> str:
    """What evtbdd calls it; bytes that are no UTF-8 become what `encoded` makes them of again."""
    return raw.decode("utf-8", "surrogateescape")
