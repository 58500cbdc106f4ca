"""The table of what the adapters keep is what the pages show; it is drawn when the suite has run.

By its name this file comes behind those of the adapters.
"""

from __future__ import annotations

import pytest
from brokers.promises import EXTENDING, README, compact, of_lines

from evtbdd.conformance import BrokerConformance
from evtbdd.conformance.table import Shown, shown, table

ELSEWHERE = {"Redis"}
"""Those with tests of their own, which compare their column (tests/examples)."""


def whole(session: pytest.Session) -> set[str]:
    """The adapters of which every test of their class is among those that are run."""
    kinds: dict[type[BrokerConformance], set[str]] = {}
    for item in session.items:
        kind = getattr(item, "cls", None)
        if kind is not None and issubclass(kind, BrokerConformance):
            kinds.setdefault(kind, set()).add(getattr(item, "originalname", item.name))
    return {
        kind.adapter
        for kind, tests in kinds.items()
        if {name for name in dir(kind) if name.startswith("test")} <= tests
    }


def test_the_pages_show_what_the_suite_prints(request: pytest.FixtureRequest) -> None:
    """Where every adapter was asked for every promise; else nothing can be compared."""
    on_page = of_lines(EXTENDING.text)
    wanted = set(on_page) - ELSEWHERE
    assert len(wanted) > 5
    if not wanted <= whole(request.session):
        pytest.skip("This compares what all adapters of tests/brokers have shown; run them all.")
    found = [
        each
        for each in shown(request.config.pluginmanager.get_plugin("terminalreporter"))
        if each.adapter in wanted
    ]
    printed = table(found)
    assert of_lines(printed) == {name: on_page[name] for name in on_page if name in wanted}, (
        f"docs/extending.md should show\n{printed}"
    )


def test_the_readme_shows_the_same_in_short() -> None:
    """The same adapters and promises; what is refused stands on the page that it links."""
    on_page = of_lines(EXTENDING.text)
    assert on_page.keys() > ELSEWHERE
    assert of_lines(README.text) == compact(on_page)


def test_a_promise_that_is_not_kept_is_seen_in_the_table() -> None:
    """However many others of its row are; what nobody was asked is neither kept nor refused."""
    drawn = table(
        [
            Shown("b", "publishing", held=True),
            Shown("b", "publishing", held=False),
            Shown("b", "publishing", held=True),
            Shown("a", "contents", held=True, lacks=["tombstones", "headers"]),
            Shown("a", "contents", held=True),
            Shown("a", "order", held=True, lacks=["partitions"]),
        ]
    )
    assert drawn.split("\n") == [
        "| promise | a | b |",
        "| --- | --- | --- |",
        "| What an event holds comes through unchanged | ✓, refused: headers, tombstones | – |",
        "| The order of events within a lane | –, refused: partitions | – |",
        "| Publishing | – | ✗ 1 of 3 |",
    ]
