"""`${…}` in texts: where placeholders stand, and what a value with placeholders becomes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from hamcrest.core.matcher import Matcher

from evtbdd.errors import PhraseError
from evtbdd.events import MISSING, TOMBSTONE


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One `${…}`: `inside` is what stands between the braces, without the spaces around it."""

    inside: str

    def __str__(self) -> str:
        return f"${{{self.inside}}}"


Resolve = Callable[[Placeholder], object]
"""What a placeholder stands for; raises PhraseError or UnknownName."""


def end_of_placeholder(text: str, start: int) -> int | None:
    r"""Where the placeholder that begins at `start` ends, None if it is never closed.

    Braces within it are counted, so that `${matching [a-z]{3}}` is one placeholder; `\{` and `\}`
    are not counted.
    """
    depth = 0
    position = start + 1
    while position < len(text):
        sign = text[position]
        if sign == "\\":
            position += 1
        elif sign == "{":
            depth += 1
        elif sign == "}":
            depth -= 1
            if depth == 0:
                return position + 1
        position += 1
    return None


def scan(text: str) -> tuple[str | Placeholder, ...]:
    """The literal parts and the placeholders of a text, in order; `$${` is a literal `${`.

    Raises PhraseError for a placeholder that is never closed.
    """
    parts: list[str | Placeholder] = []
    literal: list[str] = []
    position = 0
    while (found := text.find("${", position)) >= 0:
        if found > position and text[found - 1] == "$":
            literal.append(text[position : found - 1] + "${")
            position = found + 2
            continue
        end = end_of_placeholder(text, found)
        if end is None:
            raise PhraseError(
                f"The placeholder {_start_of(text[found:])} is never closed by a }}; "
                "a literal ${ is written $${."
            )
        literal.append(text[position:found])
        if "".join(literal):
            parts.append("".join(literal))
        literal = []
        parts.append(Placeholder(text[found + 2 : end - 1].strip()))
        position = end
    literal.append(text[position:])
    if "".join(literal):
        parts.append("".join(literal))
    return tuple(parts)


def _start_of(text: str) -> str:
    first_line = text.split("\n", 1)[0]
    return first_line if len(first_line) <= 40 else first_line[:40] + "…"


def expand(value: object, resolve: Resolve) -> object:
    """The value with every placeholder in its texts replaced, in lists and objects too.

    A text that is one placeholder takes its value with its kind; inside a longer text, and in the
    names of an object, it becomes text. What a placeholder stands for is not expanded again.
    """
    if isinstance(value, str):
        return expand_text(value, resolve) if "${" in value else value
    if isinstance(value, list):
        return [expand(element, resolve) for element in value]
    if isinstance(value, dict):
        return {
            expand_to_text(name, resolve): expand(element, resolve)
            for name, element in value.items()
        }
    return value


def expand_text(text: str, resolve: Resolve) -> object:
    """What `expand` makes of a text."""
    parts = scan(text)
    if len(parts) == 1 and isinstance(parts[0], Placeholder):
        return resolve(parts[0])
    return _joined(parts, resolve)


def expand_to_text(text: str, resolve: Resolve) -> str:
    """The text with all its placeholders as text, a lone one too."""
    return _joined(scan(text), resolve) if "${" in text else text


def expand_to_text_or_bytes(text: str, resolve: Resolve) -> str | bytes:
    """As `expand_to_text`, but one placeholder alone that stands for bytes gives bytes."""
    parts = scan(text)
    if len(parts) == 1 and isinstance(parts[0], Placeholder):
        value = resolve(parts[0])
        return value if isinstance(value, bytes) else as_text(parts[0], value)
    return _joined(parts, resolve)


def _joined(parts: tuple[str | Placeholder, ...], resolve: Resolve) -> str:
    return "".join(p if isinstance(p, str) else as_text(p, resolve(p)) for p in parts)


def as_text(placeholder: Placeholder, value: object) -> str:
    """The text that a value becomes inside a longer one; PhraseError for one that cannot."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        raise PhraseError(f"{placeholder} stands for bytes, which cannot be a part of a text.")
    if isinstance(value, Matcher):
        raise PhraseError(
            f"{placeholder} stands for a whole value, so it cannot be a part of a longer text."
        )
    if value is MISSING or value is TOMBSTONE:
        raise PhraseError(f"{placeholder} stands for {value!r}, which cannot be a part of a text.")
    if value is None or isinstance(value, (bool, int, float, list, dict)):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_other)
    return str(value)


def _other(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, bytes):
        raise PhraseError("A value that holds bytes cannot be a part of a text.")
    return str(value)
