"""The writing of addresses: from a text to steps, and from steps to a text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from evtbdd.errors import PhraseError
from evtbdd.words import quoted


@dataclass(frozen=True, slots=True)
class Every:
    """The step `[*]` or `.*`: every element of a list, every value of an object."""


@dataclass(frozen=True, slots=True)
class Span:
    """The step `[start:stop:step]`: the elements that a slice of a list takes."""

    start: int | None
    stop: int | None
    step: int | None


@dataclass(frozen=True, slots=True)
class Query:
    """What only a JSONPath library reads: filters, `..`, unions; with all that follows it.

    `text` is JSONPath from `$` on, where `$` is what the steps before have found.
    """

    text: str


Step = str | int | Every | Span | Query
"""A name in an object, an index in a list, or one of the steps that may find several values."""


def steps_of(text: str) -> tuple[Step, ...]:
    """The steps of a payload address; none for `$`. Raises PhraseError for what is no address."""
    if text.startswith("$"):
        rest = text[1:]
        if rest and rest[0] not in ".[":
            raise _wrong(text, f"a name that begins with $ is written {_bracketed(text)}")
    elif text.startswith(("[", "..")):
        rest = text
    elif text.startswith("."):
        raise _wrong(text, "a name is missing before the first dot")
    else:
        rest = f".{text}"
    steps: list[Step] = []
    position = 0
    while position < len(rest):
        if rest.startswith("..", position):
            return *steps, Query("$" + _as_jsonpath(text, rest[position:]))
        step, end = (_bracket if rest[position] == "[" else _dotted)(text, rest, position)
        if step is None:
            return *steps, Query("$" + _as_jsonpath(text, rest[position:]))
        steps.append(step)
        position = end
    return tuple(steps)


def step_below(address: str, step: str | int) -> str:
    """The address of what stands at `step` within what `address` finds; "" is the payload."""
    if isinstance(step, int):
        return f"{address}[{step}]"
    if not _BARE.fullmatch(step):
        return address + _bracketed(step)
    return f"{address}.{step}" if address else step


_BARE = re.compile(r"""(?![@$*'"`\s])[^.\[\]]+(?<!\s)""")
_NAME = re.compile(r"[^.\[\]]+")
_SLICE = re.compile(r"\s*(-?\d+)?\s*:\s*(-?\d+)?\s*(?::\s*(-?\d+)?\s*)?")
_QUOTED = re.compile(r"""\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*""", re.DOTALL)


def _wrong(text: str, reason: str) -> PhraseError:
    return PhraseError(f"{quoted(text)} is no address: {reason}.")


def _bracketed(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace("'", "\\'")
    return f"['{escaped}']"


def _dotted(text: str, rest: str, position: int) -> tuple[Step | None, int]:
    """The step behind a dot, and where it ends; None for a query."""
    if rest[position] != ".":
        raise _wrong(text, "after ] comes a dot, another [, or nothing")
    found = _NAME.match(rest, position + 1)
    if found is None:
        if rest.startswith("[", position + 1):
            return _bracket(text, rest, position + 1)
        if rest.startswith("]", position + 1):
            raise _wrong(text, "it closes a bracket that was not opened")
        raise _wrong(text, "a name is missing after a dot")
    name = found[0]
    if rest[found.end() : found.end() + 1] == "]":
        raise _wrong(text, "it closes a bracket that was not opened")
    if name == "*":
        return Every(), found.end()
    if name.startswith("`"):
        return None, found.end()
    if name[0] in "@$":
        raise _wrong(text, f"a name that begins with {name[0]} is written {_bracketed(name)}")
    if name[0] in "'\"":
        raise _wrong(text, "a name in quotes stands in brackets, like ['like.this']")
    return name, found.end()


def _bracket(text: str, rest: str, position: int) -> tuple[Step | None, int]:
    """The step in brackets, and where it ends; None for a query."""
    end = _end_of_bracket(rest, position)
    if end is None:
        raise _wrong(text, "a bracket is never closed")
    content = rest[position + 1 : end - 1].strip()
    if name := _QUOTED.fullmatch(content):
        return re.sub(r"\\(.)", r"\1", name[1] or name[2] or "", flags=re.DOTALL), end
    if re.fullmatch(r"-?\d{1,9}", content):
        return int(content), end
    if content == "*":
        return Every(), end
    if span := _SLICE.fullmatch(content):
        start, stop, step = (None if part is None else int(part) for part in span.groups())
        if step == 0:
            raise _wrong(text, "a slice cannot have steps of 0")
        return Span(start, stop, step), end
    if content.startswith("?") or "," in content:
        return None, end
    raise _wrong(
        text, f"[{content}] is neither an index like [0] nor a name in quotes like ['like.this']"
    )


def _end_of_bracket(rest: str, position: int) -> int | None:
    depth = 0
    quote = ""
    while position < len(rest):
        sign = rest[position]
        if quote:
            if sign == "\\":
                position += 1
            elif sign == quote:
                quote = ""
        elif sign in "'\"":
            quote = sign
        elif sign == "[":
            depth += 1
        elif sign == "]":
            depth -= 1
            if depth == 0:
                return position + 1
        position += 1
    return None


def _as_jsonpath(text: str, rest: str) -> str:
    """The rest of an address with its bare names in quotes, as JSONPath grammars want them."""
    pieces: list[str] = []
    position = 0
    while position < len(rest):
        if rest[position] == "[":
            end = _end_of_bracket(rest, position)
            if end is None:
                raise _wrong(text, "a bracket is never closed")
        else:
            dots = 2 if rest.startswith("..", position) else 1
            pieces.append(rest[position : position + dots])
            position += dots
            if rest.startswith("[", position):
                continue
            found = _NAME.match(rest, position)
            if found is None:
                raise _wrong(text, "a name is missing after a dot")
            bare = found[0] != "*" and not found[0].startswith("`")
            pieces.append(_bracketed(found[0])[1:-1] if bare else found[0])
            position = found.end()
            continue
        pieces.append(rest[position:end])
        position = end
    return "".join(pieces)
