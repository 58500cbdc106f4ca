"""The words that `${…}` understands by itself; nothing else may be called like them."""

from __future__ import annotations

from collections.abc import Iterable

FRESH = ("uuid", "now", "today", "counter", "base64", "bytes from", "env")
"""Words in data that is sent or expected."""

EXPECTED = (
    "any",
    "absent",
    "one of",
    "not",
    "not same as",
    "same as",
    "matching",
    "containing",
    "greater than",
    "at least",
    "less than",
    "at most",
)
"""Words in data that is expected."""


def begins_with(text: str, word: str) -> bool:
    """Whether a text is the word, or goes on behind it after a space."""
    return text.startswith(word) and text[len(word) : len(word) + 1] in ("", " ", "\n", "\t")


def taken(name: str, words: Iterable[str]) -> str | None:
    """The word that `${name}` would be taken for, None if there is none."""
    return next((word for word in words if begins_with(name, word)), None)
