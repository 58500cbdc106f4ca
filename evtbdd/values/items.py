"""Lists of values within a placeholder, as in `${one of created, "on hold", [1, 2]}`."""

from __future__ import annotations


def split_items(text: str) -> list[str]:
    """The parts between commas, trimmed; a comma in quotes or brackets does not part.

    A quote counts where an item begins with it, and within brackets: `5" pipe` is an item.
    """
    items: list[str] = []
    item = ""
    depth = 0
    in_quotes = False
    escaped = False
    for sign in text:
        if in_quotes:
            in_quotes = escaped or sign != '"'
            escaped = sign == "\\" and not escaped
        elif sign == '"' and (depth > 0 or not item.strip()):
            in_quotes = True
        elif sign in "[{":
            depth += 1
        elif sign in "]}":
            depth -= 1
        elif sign == "," and depth <= 0:
            items.append(item.strip())
            item = ""
            continue
        item += sign
    return [*items, item.strip()]
