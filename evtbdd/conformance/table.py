"""A table of adapters and promises at the end of a test run.

In a conftest.py beside the adapters' tests::

    from evtbdd.conformance.table import pytest_runtest_makereport, pytest_terminal_summary

    __all__ = ["pytest_runtest_makereport", "pytest_terminal_summary"]

A row is a module of this package, a column an adapter for which `BrokerConformance` was run.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from evtbdd.conformance.broker import BrokerConformance
from evtbdd.conformance.rig import LACKS, Rig
from evtbdd.ports import Capability

PROMISE = "evtbdd promise"
"""The user property of a test report: adapter, row, whether it held, what the broker lacks."""

KEPT, NOT_ASKED = "✓", "–"


@dataclass(frozen=True, slots=True)
class Shown:
    """What one test has shown; `lacks` are capabilities, and that asking for them is refused."""

    adapter: str
    row: str
    held: bool
    lacks: Sequence[str] = ()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note with the report of a test which promise of which adapter it has shown."""
    report = yield
    kind = getattr(item, "cls", None)
    tells = (call.when == "call" or report.failed) and not report.skipped
    if kind is not None and issubclass(kind, BrokerConformance) and tells:
        row = _row(kind, getattr(item, "originalname", item.name))
        lacks = [str(value) for name, value in item.user_properties if name == LACKS]
        if row is not None:
            told = [_adapter(kind), row, not report.failed, lacks]
            report.user_properties.append((PROMISE, told))
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the table."""
    found = shown(terminalreporter)
    if found:
        terminalreporter.section("what the adapters promise, and keep")
        terminalreporter.write_line(table(found))


def shown(terminalreporter: Any) -> Sequence[Shown]:
    """What the tests that have run so far have shown."""
    return [
        Shown(*value)
        for reports in terminalreporter.stats.values()
        for report in reports
        for name, value in getattr(report, "user_properties", ())
        if name == PROMISE
    ]


def cells(found: Iterable[Shown]) -> Mapping[str, Mapping[str, str]]:
    """For each adapter, for each row what stands there."""
    tests: dict[str, dict[str, list[Shown]]] = {}
    for each in found:
        tests.setdefault(each.adapter, {}).setdefault(each.row, []).append(each)
    return {
        adapter: {row: _cell(of_row) for row, of_row in rows.items()}
        for adapter, rows in sorted(tests.items(), key=lambda of: of[0].lower())
    }


def table(found: Iterable[Shown]) -> str:
    """In Markdown: ✓ where all was kept, and what is refused as the capabilities say."""
    return drawn(cells(found))


def drawn(adapters: Mapping[str, Mapping[str, str]]) -> str:
    """The table of such cells; a row for each that any of them has."""
    rows = sorted({row for of_it in adapters.values() for row in of_it})
    lines = [["promise", *adapters], ["---"] * (len(adapters) + 1)]
    lines += [
        [_title(row), *(of_it.get(row, NOT_ASKED) for of_it in adapters.values())] for row in rows
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(tests: Sequence[Shown]) -> str:
    failed = sum(not each.held for each in tests)
    if failed:
        return f"✗ {failed} of {len(tests)}"
    lacking = {capability for each in tests for capability in each.lacks}
    if not lacking:
        return KEPT
    refused = [each.value for each in Capability if each.value in lacking]
    kept = NOT_ASKED if all(each.lacks for each in tests) else KEPT
    return f"{kept}, refused: {', '.join(refused)}"


def _adapter(kind: type[Rig]) -> str:
    return kind.adapter or kind.__name__.removeprefix("Test")


def _row(kind: type[Rig], test: str) -> str | None:
    """The module of this package that has the test; None for one of the adapter's own."""
    for each in kind.__mro__:
        if test in vars(each) and each.__module__.startswith(f"{__package__}."):
            return each.__module__.rpartition(".")[2]
    return None


def _title(row: str) -> str:
    """What a module of this package is about, by its first words."""
    told = sys.modules[f"{__package__}.{row}"].__doc__ or row
    return re.split(r"[:;.]", told, maxsplit=1)[0]
