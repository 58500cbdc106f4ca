"""What stands below a step, as tests write it; and what a scenario finds in its database."""

from __future__ import annotations

from typing import cast

from evtbdd.databases import expectations
from evtbdd.databases.scenario import ScenarioDatabases
from evtbdd.phrases import Data
from evtbdd.phrases.data import Row, Table
from evtbdd.scenario import Scenario


def table(headings: str, *rows: str) -> Data:
    """A table below a step, its cells parted by `|`."""
    cells = [tuple(map(str.strip, row.split("|"))) for row in (headings, *rows)]
    lines = tuple(Row(row, number) for number, row in enumerate(cells[1:], 11))
    return Data(Table(cells[0], lines), None, ("orders.feature", 10), "with")


def text(document: str) -> Data:
    """A text below a step."""
    return Data(None, document, ("orders.feature", 10), "")


NOTHING = Data(None, None, ("orders.feature", 9), None)


def databases(scenario: Scenario) -> ScenarioDatabases:
    return cast(ScenarioDatabases, scenario.facilities.get("databases"))


def number(scenario: Scenario) -> int:
    """How many orders the scenario finds."""
    return len(databases(scenario).get("shop").rows("orders"))


def put(scenario: Scenario) -> None:
    expectations.holds(scenario, None, "orders", table("id", "ORD-1"))
