"""What the parsed steps of a scenario tell ahead."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from evtbdd.lookahead import look_ahead
from evtbdd.plan import Plan

TABLE = SimpleNamespace(headings=["field", "value"], rows=[])


class Registry:
    """Finds for a step what its `values` say."""

    def find_match(self, step: Any) -> Any:
        if step.values is None:
            return None
        found = [SimpleNamespace(name=name, value=value) for name, value in step.values.items()]
        return SimpleNamespace(arguments=found, func=None)


def step(kind: str, values: dict[str, object] | None, table: Any = None, text: Any = None) -> Any:
    return SimpleNamespace(step_type=kind, values=values, table=table, text=text)


def planned(*steps: Any, name: str = "it is shipped") -> Plan:
    scenario = SimpleNamespace(name=name, location="a.feature:7", all_steps=steps)
    return look_ahead(scenario, Registry(), Plan())


def test_channels_and_services_are_noted() -> None:
    """Under whatever keyword; a step that is not known tells nothing."""
    plan = planned(
        step("given", {"service": "shipping"}), step("then", {"queue": "q"}), step("then", None)
    )
    assert (plan.channels, plan.services) == (["q"], ["shipping"])


@pytest.mark.parametrize(
    ("name", "title"), [("it is shipped", "it is shipped"), ("", "a.feature:7")]
)
def test_a_scenario_is_called_by_its_name_or_its_place(name: str, title: str) -> None:
    """As a person finds it."""
    assert planned(name=name).title == title


@pytest.mark.parametrize(
    ("vague", "told"),
    [
        (True, step("then", {"channel": "orders"})),
        (False, step("then", {"channel": "orders", "key": "ORD-1"})),
        (False, step("then", {"channel": "orders"}, table=TABLE)),
        (False, step("then", {"channel": "orders"}, text="{}")),
        (False, step("when", {"channel": "orders"})),
        (False, step("then", {"service": "shipping"})),
    ],
)
def test_what_only_the_time_tells_is_vague(vague: bool, told: Any) -> None:
    """A step under Then that names a channel, and neither key nor data."""
    assert planned(told).vague is vague
