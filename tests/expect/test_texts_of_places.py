"""What a person reads of where an event went that did not arrive, word for word."""

from __future__ import annotations

from expect.support import Scene, event, lines, text_of

from evtbdd.errors import ExpectationFailed
from evtbdd.expect.pattern import Pattern


def test_it_may_have_gone_elsewhere() -> None:
    """Another channel that had it is named."""
    scene = Scene()
    scene.see_later(1.2, event(type="OrderShipped", channel="rejected", number=0))
    assert text_of(
        ExpectationFailed,
        scene.steps.arrives,
        "shipments",
        Pattern("OrderShipped"),
        None,
        2.0,
        False,
    ) == lines("""
        Expected on "shipments" within 2 seconds: an "OrderShipped" event
        but no event came (waited 2.0 s; memory, channel t-shipments)
        elsewhere: such an event arrived on "rejected" at +1.20 s
    """)


def test_it_may_have_gone_to_many_places() -> None:
    """Each channel is named once."""
    scene = Scene()
    scene.see_later(1.2, *(event(type="T", channel="rejected", number=n) for n in range(5)))
    assert text_of(
        ExpectationFailed, scene.steps.arrives, "shipments", Pattern("T"), None, 2.0, False
    ) == lines("""
        Expected on "shipments" within 2 seconds: a "T" event
        but no event came (waited 2.0 s; memory, channel t-shipments)
        elsewhere: such an event arrived on "rejected" 5 times since +1.20 s
    """)


def test_a_tombstone_may_have_gone_elsewhere() -> None:
    """What says no type, key or field can be missed on another channel too."""
    scene = Scene()
    scene.see_later(1.2, event(raw=None, key="k", channel="rejected", number=0))
    assert text_of(
        ExpectationFailed,
        scene.steps.arrives,
        "shipments",
        Pattern(tombstone=True),
        None,
        2.0,
        False,
    ) == lines("""
        Expected on "shipments" within 2 seconds: a tombstone
        but no event came (waited 2.0 s; memory, channel t-shipments)
        elsewhere: such an event arrived on "rejected" at +1.20 s
    """)


def test_any_event_is_not_looked_for_elsewhere() -> None:
    """Every event of every channel would fit."""
    scene = Scene()
    scene.see_later(1.2, event(key="k", channel="rejected", number=0))
    assert text_of(
        ExpectationFailed, scene.steps.arrives, "shipments", Pattern(), None, 2.0, False
    ) == lines("""
        Expected on "shipments" within 2 seconds: an event
        but no event came (waited 2.0 s; memory, channel t-shipments)
    """)


def test_it_may_have_come_too_early() -> None:
    """`in all` is named, which would find it."""
    scene = Scene()
    scene.see(event(type="OrderShipped", number=0))
    scene.wait(1.0)
    scene.act(shipments=1)
    assert text_of(
        ExpectationFailed,
        scene.steps.arrives,
        "shipments",
        Pattern("OrderShipped"),
        None,
        2.0,
        False,
    ) == lines("""
        Expected on "shipments" within 2 seconds: an "OrderShipped" event
        but no event came (waited 2.0 s; memory, channel t-shipments)
        too early: such an event came at -1.00 s, before the last act under When; `in all` looks at the whole scenario
    """)


def test_it_may_be_the_scenarios_own() -> None:
    """Where a service runs, that does not count; nor is it too early."""
    scene = Scene()
    scene.run_service()
    scene.publish(event(type="OrderPlaced", channel="orders", number=0))
    scene.act(orders=1)
    assert text_of(
        ExpectationFailed, scene.steps.arrives, "orders", Pattern(), None, 2.0, False
    ) == lines("""
        Expected on "orders" within 2 seconds: an event
        but no event came (waited 2.0 s; memory, channel t-orders)
        its own: such an event was published by the scenario itself, which does not count where a service runs
    """)


def test_it_may_be_a_stray() -> None:
    """What came from before the scenario is not its own."""
    scene = Scene({"shipments": {"0": 5}})
    scene.see(event(type="OrderShipped", number=4))
    assert text_of(
        ExpectationFailed,
        scene.steps.arrives,
        "shipments",
        Pattern("OrderShipped"),
        None,
        2.0,
        True,
    ) == lines("""
        Expected on "shipments" within 2 seconds in all: an "OrderShipped" event
        but no event came (waited 2.0 s; memory, channel t-shipments)
        stray: such an event came from before this scenario
    """)


def test_it_may_be_history() -> None:
    """What the channel already held never counts."""
    scene = Scene()
    scene.publish(event(type="OrderShipped", number=4), history=True)
    assert text_of(
        ExpectationFailed,
        scene.steps.arrives,
        "shipments",
        Pattern("OrderShipped"),
        None,
        2.0,
        True,
    ) == lines("""
        Expected on "shipments" within 2 seconds in all: an "OrderShipped" event
        but no event came (waited 2.0 s; memory, channel t-shipments)
        history: the channel already held such an event when the scenario began, which never counts
    """)


def test_what_came_elsewhere_too_early_is_not_told() -> None:
    """It belongs to an earlier act."""
    scene = Scene()
    scene.see(event(type="T", channel="rejected", number=0))
    scene.act(rejected=1)
    text = text_of(
        ExpectationFailed,
        scene.steps.arrives,
        "shipments",
        Pattern("T"),
        None,
        2.0,
        False,
    )
    assert "elsewhere" not in text
