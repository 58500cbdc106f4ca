"""What stands below a step: a table or a text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: its cells as they are written, and its line in the feature file."""

    cells: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its headings, and the rows below them, each as long as the headings are."""

    headings: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Data:
    """The table or the text below a step; neither where there is none, never both.

    `location` is the feature file and the line in which the data begins (the headings, the opening
    quotes; line n of `text` is n further, from 1), or the step's own where there is none. `form`
    says which ending with a colon was written: its words (`with`, `equal to`, `has`), "" for a bare
    colon, None where there is no data. Placeholders are not replaced yet.
    """

    table: Table | None
    text: str | None
    location: tuple[str, int]
    form: str | None

    def __bool__(self) -> bool:
        """Whether there is any; an empty text is."""
        return self.form is not None
