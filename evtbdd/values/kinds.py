"""The kinds of values, as people name them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

Number = int | float | Decimal


def is_number(value: object) -> bool:
    """Whether the value is a number; true and false are none."""
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


def kind(value: object) -> str:
    """`text`, `number`, `boolean`, `null`, `object`, `list`, `bytes`, or the name of its class."""
    if isinstance(value, str):
        return "text"
    if isinstance(value, bool):
        return "boolean"
    if is_number(value):
        return "number"
    if value is None:
        return "null"
    if isinstance(value, Mapping):
        return "object"
    if isinstance(value, (list, tuple)):
        return "list"
    if isinstance(value, bytes):
        return "bytes"
    return type(value).__name__


NAMED_KINDS = {
    "text": "a text",
    "number": "a number",
    "boolean": "a boolean",
    "object": "an object",
    "list": "a list",
}
"""The kinds that need naming where a rendering alone does not tell them apart."""
