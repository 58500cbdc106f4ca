"""All phrases that are registered, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from textwrap import indent
from typing import Literal

from evtbdd.phrases.compile import Phrase
from evtbdd.phrases.spelling import printed, spellings

READING_IT = (
    "",
    "`[ ]` may be left out, `( )` is one of them, `|` stands between alternatives; CAPITALS are "
    "values, in quotes where a person names something, bare where they are numbers and times "
    "(`500 ms`, `1.5 seconds`, `2 minutes`). A phrase that ends in a colon is followed by a table "
    "or a text.",
)

Keyword = Literal["Given", "When", "Then"]


@dataclass(frozen=True, slots=True)
class Registered:
    """A phrase as a step file registered it; `names` says how its values are printed."""

    phrase: Phrase
    section: str
    keyword: Keyword
    example: str | None
    names: Mapping[str, str]
    help: str

    @property
    def printed(self) -> str:
        """Keyword and phrase, as the vocabulary prints them."""
        return f"{self.keyword} {printed(self.phrase.items, self.names)}"


def registered() -> tuple[Registered, ...]:
    """Every phrase that the runner of behave knows, in the order of registration."""
    from behave.runner import the_step_registry  # the one that steps are registered in

    definitions = the_step_registry.steps["step"]
    entries = (getattr(definition.func, "registered", None) for definition in definitions)
    return tuple(entry for entry in entries if isinstance(entry, Registered))


def text(catalogue: Iterable[Registered]) -> str:
    """The catalogue to be read: a block for each section, a phrase a line, help and example below."""
    lines: list[str] = []
    for section, entries in _by_section(catalogue).items():
        lines += ["", section]
        for entry in entries:
            lines.append(f"  {entry.printed}")
            lines += [f"      {entry.help}"] * bool(entry.help)
            if entry.example:
                lines.append(indent(f"{entry.keyword} {entry.example}", " " * 6))
    return "\n".join(lines[1:]) + "\n" if lines else ""


def markdown(catalogue: Iterable[Registered]) -> str:
    """The catalogue as a page: a section for each, a phrase with its help and its example."""
    lines = ["# The phrases", "", "Printed by `evtbdd steps --markdown`.", *READING_IT]
    for section, entries in _by_section(catalogue).items():
        lines += ["", f"## {section}"]
        for entry in entries:
            lines += ["", f"**`{entry.printed}`**", "", entry.help]
            if entry.example:
                example = f"{entry.keyword} {entry.example}"
                lines += ["", "```gherkin", example, "```"]
    return "\n".join(lines) + "\n"


def as_json(catalogue: Iterable[Registered]) -> str:
    """The catalogue as a JSON list of objects: section, keyword, phrase, example, help, data."""
    rows = [
        {
            "section": entry.section,
            "keyword": entry.keyword,
            "phrase": printed(entry.phrase.items, entry.names),
            "pattern": entry.phrase.pattern,
            "data": entry.phrase.data,
            "values": [value.name for value in entry.phrase.values],
            "example": entry.example,
            "help": entry.help,
        }
        for entries in _by_section(catalogue).values()
        for entry in entries
    ]
    return json.dumps(rows, indent=2, ensure_ascii=False) + "\n"


def ambiguities(catalogue: Iterable[Registered]) -> list[str]:
    """A sentence for each way to say a phrase that another phrase fits too; none is as it should be.

    behave itself compares a new phrase with the others by its pattern only.
    """
    entries = tuple(catalogue)
    return [
        f"{spelling}\n    is both: {entry.printed}\n    and:     {other.printed}"
        for entry in entries
        for spelling in spellings(entry.phrase.pattern)
        for other in entries
        if other is not entry and other.phrase.match(spelling) is not None
    ]


def _by_section(catalogue: Iterable[Registered]) -> dict[str, list[Registered]]:
    sections: dict[str, list[Registered]] = {}
    for entry in catalogue:
        sections.setdefault(entry.section, []).append(entry)
    return sections
