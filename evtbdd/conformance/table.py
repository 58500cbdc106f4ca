"""A table of adapters and promises at the end of a test run.

In a conftest.py beside the adapters' tests::

    from evtbdd.conformance.table import pytest_runtest_makereport, pytest_terminal_summary

    __all__ = ["pytest_runtest_makereport", "pytest_terminal_summary"]
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from typing import Any

import pytest

from evtbdd.conformance.rig import Rig

PROMISE = "evtbdd promise"
"""The user property of a test report: adapter, promise, verdict."""

PASS, FAIL, NOT_PROMISED = "PASS", "FAIL", "not promised"

Verdicts = Mapping[str, Mapping[str, str]]
"""For each adapter, for each promise its verdict."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note with the report of a test which promise of which adapter it has shown."""
    report = yield
    kind = getattr(item, "cls", None)
    tells = (call.when == "call" or report.failed) and not report.skipped
    if kind is not None and issubclass(kind, Rig) and tells:
        verdict = FAIL if report.failed else PASS
        if verdict == PASS and ("promised", False) in item.user_properties:
            verdict = NOT_PROMISED
        report.user_properties.append((PROMISE, [_adapter(kind), _promise(item), verdict]))
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the table."""
    shown = [
        value
        for reports in terminalreporter.stats.values()
        for report in reports
        for name, value in getattr(report, "user_properties", ())
        if name == PROMISE
    ]
    if shown:
        terminalreporter.section("what the adapters promise, and keep")
        terminalreporter.write_line(table(verdicts(shown)))


def verdicts(shown: Iterable[tuple[str, str, str]]) -> Verdicts:
    """The worst verdict of each promise: one that fails once is not kept, kept once it is promised."""
    found: dict[str, dict[str, str]] = {}
    for adapter, promise, verdict in shown:
        of_adapter = found.setdefault(adapter, {})
        held = of_adapter.get(promise, NOT_PROMISED)
        of_adapter[promise] = min(held, verdict, key=[FAIL, PASS, NOT_PROMISED].index)
    return found


def table(found: Verdicts) -> str:
    """A line for each promise, a column for each adapter; what was not asked is not promised."""
    adapters = list(found)
    promises = list(dict.fromkeys(promise for of in found.values() for promise in of))
    width = max(map(len, ["promise", *promises]))
    columns = [max(len(adapter), len(NOT_PROMISED)) for adapter in adapters]

    def line(first: str, cells: Iterable[str]) -> str:
        padded = [cell.ljust(size) for cell, size in zip(cells, columns, strict=True)]
        return "  ".join([first.ljust(width), *padded]).rstrip()

    return "\n".join(
        [
            line("promise", adapters),
            *(
                line(promise, [found[adapter].get(promise, NOT_PROMISED) for adapter in adapters])
                for promise in promises
            ),
        ]
    )


def _adapter(kind: type[Rig]) -> str:
    return kind.adapter or kind.__name__.removeprefix("Test")


def _promise(item: pytest.Item) -> str:
    told = getattr(getattr(item, "function", None), "__doc__", None) or item.name
    return " ".join(told.split())
