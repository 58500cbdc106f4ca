"""How values are shown to people."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from hamcrest.core.matcher import Matcher
from hamcrest.core.string_description import tostring

from evtbdd.events import Unreadable
from evtbdd.values.kinds import NAMED_KINDS, kind


def show(value: object, limit: int = 80) -> str:
    """The value in one line: JSON, compact, where it is JSON.

    Texts stand in double quotes, bytes as `bytes 01 ff`, what is not there as `absent`, an event
    without payload as `a tombstone`, a matcher as what it describes. More than about `limit` signs
    are cut, and end in `…`.
    """
    if isinstance(value, bytes):
        return _show_bytes(value, limit)
    shown = ""
    for piece in _pieces(value):
        shown += piece if len(piece) <= limit + 1 else piece[: limit + 1]
        if len(shown) > limit:
            ending = '…"' if isinstance(value, str) else "…"
            shown = shown[: max(1, limit - len(ending))] + ending
            break
    # A lone surrogate is valid in JSON, and would break whatever prints it.
    return shown.encode("utf-8", "backslashreplace").decode()


def show_with_kind(value: object) -> str:
    """`42 (a number)`, `"42" (a text)`; without a kind where the rendering already tells it."""
    named = NAMED_KINDS.get(kind(value))
    return f"{show(value)} ({named})" if named else show(value)


def _pieces(value: object) -> Iterator[str]:
    if value is None or isinstance(value, (str, bool, int, float)):
        yield json.dumps(value, ensure_ascii=False)
    elif isinstance(value, Mapping):
        yield "{"
        for number, (name, element) in enumerate(value.items()):
            yield ("," if number else "") + json.dumps(str(name), ensure_ascii=False) + ":"
            yield from _pieces(element)
        yield "}"
    elif isinstance(value, (list, tuple)):
        yield "["
        for number, element in enumerate(value):
            if number:
                yield ","
            yield from _pieces(element)
        yield "]"
    elif isinstance(value, bytes):
        yield _show_bytes(value, 24)
    elif isinstance(value, Unreadable):
        yield f"unreadable ({value.reason})"
    elif isinstance(value, Matcher):
        yield tostring(value)
    else:
        yield str(value)


def _show_bytes(value: bytes, limit: int) -> str:
    if not value:
        return "no bytes"
    if 5 + 3 * len(value) <= limit:
        return f"bytes {value.hex(' ')}"
    ending = f" … ({len(value)} bytes)"
    fitting = max(1, (limit - 5 - len(ending)) // 3)
    return f"bytes {value[:fitting].hex(' ')}{ending}"


def show_both(one: object, other: object, limit: int = 80) -> tuple[str, str]:
    """Both values as `show` does, but long texts are cut so that what differs can be seen."""
    shown = show(one, limit), show(other, limit)
    if shown[0] != shown[1] or not (isinstance(one, str) and isinstance(other, str)):
        return shown
    common = next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
    start = max(0, common - limit // 4)
    return _show_from(one, start, limit), _show_from(other, start, limit)


def _show_from(text: str, start: int, limit: int) -> str:
    shown = show(text[start:], limit - 1)
    return f'"…{shown[1:]}'
