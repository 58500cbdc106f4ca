"""From a step that behave found to the call of its function: the checks and the values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evtbdd.errors import PhraseError
from evtbdd.phrases.compile import Found, Phrase
from evtbdd.phrases.data import Data, Row, Table
from evtbdd.phrases.pattern import Value, Which
from evtbdd.phrases.stage import Stage
from evtbdd.words import quoted


def location(context: Any, text: str) -> tuple[str, int, bool]:
    """The feature file and line of the step that runs; and whether the step is that one itself.

    behave does not say it: it is the first step of the scenario that has no result yet. A step
    that another one runs (`context.execute_steps`) is found where that one stands.
    """
    scenario = getattr(context, "scenario", None)
    for step in scenario.all_steps if scenario is not None else ():
        if step.status.name == "untested":
            return step.filename, step.line, step.name == text
    return getattr(getattr(context, "feature", None), "filename", "a step"), 0, False


def data_below(phrase: Phrase, text: str, context: Any) -> Data:
    """What stands below the step; PhraseError, if that and the colon do not go together."""
    filename, line, itself = location(context, text)
    table, document, form = context.table, context.text, phrase.form(text)
    there = table is not None or document is not None
    if there != (form is not None):
        wrong = _misplaced(phrase, "the table" if table is not None else "the text", there)
        raise PhraseError(f"{filename}:{line}: {text}\n  {wrong}")
    if there and itself:
        line = table.line if table is not None else document.line
    return Data(
        None if table is None else _table(table),
        None if document is None else str(document),
        (filename, line),
        form,
    )


def _table(table: Any) -> Table:
    rows = (Row(tuple(row.cells), row.line) for row in table.rows)
    return Table(tuple(table.headings), tuple(rows))


def _misplaced(phrase: Phrase, what: str, there: bool) -> str:
    """What is wrong, and what would be right, where data and colon do not go together."""
    if not there:
        instead = ", or write the step without data" if phrase.data == "optional" else ""
        return (
            "The step ends in a colon, and nothing stands below it: "
            f"add the table or the text{instead}."
        )
    below = f"There is {what.replace('the', 'a', 1)} below this step"
    if phrase.data == "none":
        return f"{below}, which takes no data: remove {what}."
    return f"{below}, and no colon at its end: write a colon at its end, or remove {what}."


def arguments(phrase: Phrase, text: str, found: list[Found], stage: Stage) -> Mapping[str, object]:
    """The values as the step function takes them; PhraseError for one that cannot be meant."""
    for each, node in zip(found, phrase.values, strict=True):
        if _kind(node) == "Duration" and each.value == 0:
            before = text[: each.start].split()[-1:]
            said = " ".join([*before, str(each.text)])
            raise PhraseError(f"{said}: a time must be more than zero")
    return {
        each.name: _expanded(each, stage) if _kind(node) == "Quoted" else each.value
        for each, node in zip(found, phrase.values, strict=True)
    }


def _kind(node: Value | Which) -> str:
    return node.kind.name if isinstance(node, Value) else ""


def _expanded(found: Found, stage: Stage) -> str | bytes | None:
    if not isinstance(found.value, str):
        return None
    value = stage.expand(found.value)
    if isinstance(value, bytes) and found.name != "key":
        name = found.name.replace("_", " ")
        raise PhraseError(
            f"{quoted(found.value)} stands for bytes, and only a key can be bytes: "
            f"the {name} must be text"
        )
    return value
