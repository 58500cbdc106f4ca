"""Reads the parsed steps of a scenario before it begins: Background and Outline rows are in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evtbdd.phrases.data import Row, Table
from evtbdd.plan import Plan

NAMING = {"channel": "channel", "queue": "channel", "service": "service"}


def look_ahead(scenario: Any, registry: Any, plan: Plan) -> Plan:
    """Fill a plan with what the steps of behave's scenario name, as behave's registry reads them."""
    plan.title = scenario.name or str(scenario.location)
    for step in scenario.all_steps:
        match = registry.find_match(step)
        if match is None:
            continue
        found = {a.name: a.value for a in match.arguments or ()}
        values = {name: str(value) for name, value in found.items() if isinstance(value, str | int)}
        for value, kind in NAMING.items():
            if value in values:
                plan.names(kind, values[value])
        plan.vague |= _is_vague(step, values)
        tell = getattr(match.func, "tells_ahead", None)
        told = len(plan.together[-1])
        if tell is not None:
            tell(plan, values, _table(step.table))
        if len(plan.together[-1]) == told:
            plan.parts()
    return plan


def _is_vague(step: Any, values: Mapping[str, str]) -> bool:
    """Whether it looks at a channel, and only the time tells which of its events are meant."""
    below = step.table is not None or step.text is not None
    return step.step_type == "then" and "channel" in values and "key" not in values and not below


def _table(table: Any) -> Table | None:
    if table is None:
        return None
    rows = tuple(Row(tuple(row.cells), row.line) for row in table.rows)
    return Table(tuple(table.headings), rows)
