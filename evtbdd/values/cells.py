"""What is written in one cell of a table."""

from __future__ import annotations

from evtbdd.values.documents import DocumentError, parse_document


def parse_cell(text: str) -> object:
    """The value that a cell stands for: JSON where it is JSON, else its text as written.

    `42` is a number, `"42"` and `forty-two` are texts, an empty cell is the empty text. NaN and
    numbers beyond the reach of a double are no JSON here, so they are text. A list or an object
    may hold bare placeholders, as a document may; they are still there in what is returned.
    """
    try:
        return parse_document(text)
    except DocumentError:
        return text
