"""What the expecting phrases refuse before anything is waited for."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from expect.support import Scene, no_data, table, text_of

from evtbdd.errors import PhraseError, UnknownName, UnsupportedCapability
from evtbdd.expect.pattern import Pattern
from evtbdd.ports import Capability

ROUTED = table("| field | value |\n| @routing_key | eu.1 |")
ROUTED_ROWS = table("| @routing_key |\n| eu.1 |")
ROWS = table("| n |\n| 1 |", "")
HAS = table("| field | value |\n| n | 1 |", "has")
ANY = Pattern()


@pytest.mark.parametrize(
    "ask",
    [
        lambda s, c: s.arrives(c, ANY, None, 1.0, False),
        lambda s, c: s.arrives(c, ANY, no_data(), 1.0, False),
        lambda s, c: s.at_least(c, 1, ANY, no_data(), 1.0, False),
        lambda s, c: s.counted(c, 0, 0, ANY, no_data(), 1.0, False),
        lambda s, c: s.these(c, ANY, ROWS, 1.0, False, False),
        lambda s, c: s.only_these(c, ANY, ROWS, 1.0, False, False),
        lambda s, c: s.in_order_of(c, 2, ANY, "n", False, 1.0, False),
        lambda s, c: s.last(c, ANY, HAS, 1.0),
        lambda s, c: s.share_lane(c, 1.0, False),
    ],
)
def test_a_channel_that_nobody_declared(ask: Callable[[object, str], None]) -> None:
    """It is an error at once, not an event that never comes."""
    scene = Scene()
    with pytest.raises(UnknownName):
        ask(scene.steps, "shipmnts")
    assert scene.clock.now() == 1000.0


@pytest.mark.parametrize(
    ("lacking", "ask"),
    [
        (
            Capability.ROUTING_KEYS,
            lambda s: s.arrives("orders", Pattern(routing_key="r"), None, 1.0, False),
        ),
        (Capability.ROUTING_KEYS, lambda s: s.arrives("orders", ANY, ROUTED, 1.0, False)),
        (Capability.ROUTING_KEYS, lambda s: s.at_least("orders", 2, ANY, ROUTED, 1.0, False)),
        (Capability.ROUTING_KEYS, lambda s: s.counted("orders", 0, 0, ANY, ROUTED, 1.0, False)),
        (Capability.ROUTING_KEYS, lambda s: s.these("orders", ANY, ROUTED_ROWS, 1.0, False, False)),
        (
            Capability.ROUTING_KEYS,
            lambda s: s.only_these("orders", ANY, ROUTED_ROWS, 1.0, False, False),
        ),
        (Capability.ROUTING_KEYS, lambda s: s.every("orders", ANY, ROUTED, 1.0, False)),
        (Capability.ROUTING_KEYS, lambda s: s.last("orders", ANY, ROUTED, 1.0)),
        (Capability.ORDER, lambda s: s.these("orders", ANY, ROWS, 1.0, False, True)),
        (Capability.ORDER, lambda s: s.only_these("orders", ANY, ROWS, 1.0, False, True)),
        (Capability.ORDER, lambda s: s.in_order_of("orders", 2, ANY, "n", False, 1.0, False)),
        (Capability.ORDER, lambda s: s.last("orders", ANY, HAS, 1.0)),
        (Capability.PARTITIONS, lambda s: s.share_lane("orders", 1.0, False)),
    ],
)
def test_a_broker_that_cannot_do_it(lacking: Capability, ask: Callable[[object], None]) -> None:
    """It is said at once; nothing is waited for."""
    scene = Scene()
    scene.world.cannot = frozenset({lacking})
    with pytest.raises(UnsupportedCapability):
        ask(scene.steps)
    assert scene.clock.now() == 1000.0


def test_rows_without_order_need_none_of_the_broker() -> None:
    """Only `in order` does."""
    scene = Scene()
    scene.world.cannot = frozenset(Capability)
    with pytest.raises(AssertionError):
        scene.steps.these("orders", ANY, ROWS, 1.0, False, False)


def test_at_least_none() -> None:
    """It would be green whatever happens."""
    scene = Scene()
    assert (
        text_of(PhraseError, scene.steps.at_least, "orders", 0, ANY, no_data(), 1.0, False)
        == "At least 0 events always arrive; the number must be 1 or more."
    )


@pytest.mark.parametrize(("number", "what"), [(0, "0 events"), (1, "1 event")])
def test_an_order_of_fewer_than_two(number: int, what: str) -> None:
    """It would be green whatever order they came in."""
    scene = Scene()
    assert (
        text_of(PhraseError, scene.steps.in_order_of, "orders", number, ANY, "n", False, 1.0, False)
        == f"{what} cannot be out of order; the number must be 2 or more."
    )


def test_a_table_without_rows() -> None:
    """Nothing would be expected, and that would be green."""
    scene = Scene()
    for data in (table("| n |", ""), table("| field | value |", "with")):
        with pytest.raises(PhraseError):
            scene.steps.these("orders", ANY, data, 1.0, False, False)
        with pytest.raises(PhraseError):
            scene.steps.arrives("orders", ANY, data, 1.0, False)


def test_exactly_none_is_none() -> None:
    """It is the same claim, and is told as such."""
    scene = Scene()
    scene.see_later(0.1)
    scene.steps.counted("orders", 0, 0, ANY, no_data(), 1.0, False)
    assert scene.clock.now() == 1001.0
