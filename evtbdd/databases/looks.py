"""One look at the rows of a table, or at those that a query returns: whether it fits, and if not, why."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from evtbdd.databases.described import sightings
from evtbdd.databases.told import Missing, told
from evtbdd.expect.assignment import Assignment
from evtbdd.expect.pattern import Pattern
from evtbdd.expect.sighting import Sighting
from evtbdd.expect.states import Look
from evtbdd.values.addresses import Address
from evtbdd.values.kinds import is_number, kind
from evtbdd.values.moments import exact
from evtbdd.values.render import show
from evtbdd.words import counted

Rows = Sequence[Sighting]
Judge = Callable[[Rows], Look[Rows]]
"""Judges the rows that one look has found; what it has found is the rows that fit."""

LONG = 100_000


def counts(pattern: Pattern, least: int, most: int | None, where: str) -> Judge:
    """Between so many and so many rows fit; `most` is None where more may be there."""

    def judge(rows: Rows) -> Look[Rows]:
        fitting = [each for each in rows if pattern.fits(each.event)]
        number = len(fitting)
        if least <= number and (most is None or number <= most):
            return Look(True, "", fitting)
        if number < least:
            missing: Missing = [("", pattern)] if pattern.details() else ()
            text = told(_too_few(rows, fitting, pattern), where, rows, missing=missing, met=fitting)
        else:
            text = told(_there_are(rows, fitting, pattern), where, rows, culprits=fitting)
        return Look(False, text, fitting)

    return judge


def holds_these(patterns: Sequence[Pattern], where: str) -> Judge:
    """Each of these rows is there, one for each; others may be."""

    def judge(rows: Rows) -> Look[Rows]:
        assignment, candidates = _assigned(patterns, rows)
        met = [candidates[event] for event in assignment.event_of if event is not None]
        if assignment.complete:
            return Look(True, "", met)
        missing = _unmet(assignment, patterns)
        but = f"{len(missing)} of these {len(patterns)} rows {_is(len(missing))} not there"
        if len(patterns) == 1:
            but = _too_few(rows, met, patterns[0])
        return Look(False, told(but, where, rows, missing=missing, met=met), met)

    return judge


def is_exactly(patterns: Sequence[Pattern], where: str, *, in_order: bool) -> Judge:
    """These rows are there, and no others; in order, one after the other."""

    def judge(rows: Rows) -> Look[Rows]:
        assignment, candidates = _assigned(patterns, rows)
        met = [candidates[event] for event in assignment.event_of if event is not None]
        numbers = {each.number for each in met}
        surplus = [each for each in rows if each.number not in numbers]
        missing = _unmet(assignment, patterns)
        ordered = all(pattern.fits(row.event) for pattern, row in zip(patterns, rows, strict=False))
        if not missing and not surplus and (ordered or not in_order):
            return Look(True, "", list(rows))
        if missing:
            but = f"it returns {_number(rows)}, and {len(missing)} of the {len(patterns)} expected "
            but += f"{_is(len(missing))} not among them"
            return Look(False, told(but, where, rows, missing=missing, met=met), met)
        if surplus:
            but = f"it returns {_number(rows)}, {len(surplus)} more than expected"
            return Look(False, told(but, where, rows, met=met, culprits=surplus), met)
        order = ", ".join(
            f"row {patterns_at + 1} (#{row.number})" for patterns_at, row in _order(patterns, rows)
        )
        return Look(False, told(f"they come in another order: {order}", where, rows, met=rows), met)

    return judge


def one_per(address: Address, where: str) -> Judge:
    """There are rows, and no two of them have the same value there."""

    def judge(rows: Rows) -> Look[Rows]:
        by_value: dict[object, list[Sighting]] = {}
        for each in rows:
            by_value.setdefault(_identity(address.find(each.event)), []).append(each)
        twice = [several for several in by_value.values() if len(several) > 1]
        if rows and not twice:
            return Look(True, "", list(rows))
        if not rows:
            return Look(False, told("it has no row", where, rows), rows)
        first = twice[0]
        value = show(address.find(first[0].event))
        but = f"{len(first)} rows have {address.text} = {value}"
        if len(twice) > 1:
            but += (
                f", and {counted(len(twice) - 1, 'value')} more {_is(len(twice) - 1)} there twice"
            )
        culprits = [each for several in twice for each in several]
        return Look(False, told(but, where, rows, culprits=culprits), rows)

    return judge


def found_in(table: str, rows: Sequence[dict[str, object]]) -> Rows:
    """Rows as they are judged."""
    return sightings(table, rows)


def _assigned(patterns: Sequence[Pattern], rows: Rows) -> tuple[Assignment, Rows]:
    """Which rows meet which patterns, and the rows that fit any."""
    assignment = Assignment(len(patterns))
    candidates = []
    for row in rows:
        fitting = [at for at, pattern in enumerate(patterns) if pattern.fits(row.event)]
        if fitting:
            candidates.append(row)
            assignment.add(fitting)
    return assignment, candidates


def _unmet(assignment: Assignment, patterns: Sequence[Pattern]) -> Missing:
    named = len(patterns) > 1
    return [
        (f"row {at + 1}" if named else "", patterns[at])
        for at, event in enumerate(assignment.event_of)
        if event is None
    ]


def _order(patterns: Sequence[Pattern], rows: Rows) -> list[tuple[int, Sighting]]:
    """For the rows, as they come, the pattern that each meets."""
    assignment, candidates = _assigned(patterns, rows)
    pairs = [(at, candidates[e]) for at, e in enumerate(assignment.event_of) if e is not None]
    return sorted(pairs, key=lambda pair: pair[1].number)[:12]


def _too_few(rows: Rows, fitting: Rows, pattern: Pattern) -> str:
    if not rows:
        return "it has no row"
    if not pattern.details():
        return f"it has only {counted(len(rows), 'row')}"
    if not fitting:
        return (
            "its one row does not fit" if len(rows) == 1 else f"of its {len(rows)} rows none fits"
        )
    return f"only {_fit(rows, fitting)}"


def _there_are(rows: Rows, fitting: Rows, pattern: Pattern) -> str:
    if not pattern.details():
        return f"it has {counted(len(rows), 'row')}"
    return "its one row fits" if len(rows) == 1 else _fit(rows, fitting)


def _fit(rows: Rows, fitting: Rows) -> str:
    fit = "fits" if len(fitting) == 1 else "fit"
    return f"{len(fitting)} of its {counted(len(rows), 'row')} {fit}"


def _number(rows: Rows) -> str:
    return counted(len(rows), "row") if rows else "no row"


def _is(number: int) -> str:
    return "is" if number == 1 else "are"


def _identity(value: object) -> object:
    """What is the same for equal values: of numbers their size, of others their kind and rendering."""
    if is_number(value):
        try:
            return exact(value)
        except ValueError:  # infinite or not a number
            return str(value)
    return kind(value), show(value, LONG)
