"""Whose an event is, told by its correlation alone; and what a person reads of those of others."""

from __future__ import annotations

import pytest
from expect.support import Scene, event, lines, no_data, table, text_of

from evtbdd.errors import ExpectationFailed
from evtbdd.events import Event
from evtbdd.expect.pattern import Pattern
from evtbdd.expect.whose import Correlation, Whose
from evtbdd.values.addresses import Address

ONE = "one"


def correlated(own: str = "ORD-2") -> Scene:
    """`shipments` outlives the scenario, which has published an order; ORD-1 was an earlier one's."""
    scene = Scene()
    scene.world.shared_channels = frozenset({"orders", "shipments"})
    scene.world.correlations = {"orders": "orderId", "shipments": "order.id"}
    scene.left.owners = {"ORD-1": ONE}
    if own:
        scene.publish(event({"orderId": own}, channel="orders"))
    scene.run_service()
    return scene


def shipped(order: object, **more: object) -> Event:
    return event({"order": {"id": order}}, type="OrderShipped", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("own", "order", "whose"),
    [
        ({"2"}, 2, Whose.OURS),
        ({"2"}, "1", Whose.STRAY),
        ({"2", "1"}, "1", Whose.OURS),
        ({"2"}, "3", Whose.FOREIGN),
        ({"2"}, None, Whose.UNTOLD),
        (set(), "1", Whose.STRAY),
        (set(), "3", Whose.UNTOLD),
    ],
)
def test_a_correlation_tells_whose_an_event_is(own: set[str], order: object, whose: Whose) -> None:
    """Ours goes first; without any of our own, only what is an earlier one's is not ours."""
    known = Correlation(
        lambda _: Address.parse("order.id"),
        lambda: frozenset(own),
        lambda _, mark: {"1": ONE}.get(mark),
    )
    assert known.of(shipped(order)) is whose


def test_a_channel_without_a_correlation_tells_nothing() -> None:
    """Positions alone count there."""
    known = Correlation(lambda _: None, lambda: frozenset({"2"}), lambda *_: ONE)
    assert known.of(shipped("1")) is Whose.UNTOLD


def test_what_is_of_others_meets_nothing_and_is_told() -> None:
    """A stray with the scenario that caused it, what is somebody else's as a number."""
    scene = correlated()
    scene.see_later(0.2, shipped("ORD-1", key="1", number=3), shipped("ORD-9"), shipped("ORD-8"))
    assert text_of(
        ExpectationFailed,
        scene.steps.arrives,
        "shipments",
        Pattern("OrderShipped"),
        None,
        1.0,
        False,
    ) == lines("""
        Expected on "shipments" within 1 second: an "OrderShipped" event
        but no event came (waited 1.0 s; memory, channel t-shipments)
        stray: key "1" type "OrderShipped" at +0.20 s, of the scenario "one"
        ignored: 2 events of somebody else's, by correlation
    """)


def test_many_strays_are_told_in_short() -> None:
    """Three of them; the text stays one that a person reads."""
    scene = correlated()
    scene.see(*(shipped("ORD-1", key=str(number)) for number in range(30)))
    told = text_of(
        ExpectationFailed,
        scene.steps.arrives,
        "shipments",
        Pattern("OrderShipped"),
        None,
        1.0,
        False,
    ).splitlines()
    assert len(told) == 3
    assert told[-1] == (
        'stray: key "0" type "OrderShipped" at +0.00 s, of the scenario "one"; '
        'key "1" type "OrderShipped" at +0.00 s, of the scenario "one"; '
        'key "2" type "OrderShipped" at +0.00 s, of the scenario "one"; and 27 more'
    )


def test_what_is_of_others_contradicts_nothing() -> None:
    """One of this scenario does, and then the others are told beside it."""
    scene = correlated()
    scene.see(shipped("ORD-1"), shipped("ORD-9"))
    scene.steps.counted("shipments", 0, 0, Pattern("OrderShipped"), no_data(), 1.0, False)
    scene.see(shipped("ORD-2", key="2", number=5))
    assert text_of(
        ExpectationFailed,
        scene.steps.counted,
        "shipments",
        0,
        0,
        Pattern("OrderShipped"),
        no_data(),
        2.0,
        False,
    ) == lines("""
        Expected on "shipments" during 2 seconds: no "OrderShipped" event
        but one came at +1.00 s (watched 1.0 s; memory, channel t-shipments)
          #1 at +1.00 s, key "2", partition 0 offset 5
        stray: type "OrderShipped" at +0.00 s, of the scenario "one"
        ignored: 1 event of somebody else's, by correlation
    """)


def test_ours_meets_however_many_others_came_before() -> None:
    """By a published value, or by an id that was made for this scenario."""
    scene = correlated()
    scene.world.ids = ["fresh"]
    scene.see(shipped("ORD-1"), shipped("ORD-9"), shipped("ORD-2"), shipped("fresh"))
    scene.steps.counted("shipments", 2, 2, Pattern("OrderShipped"), no_data(), 0.5, False)


def test_what_holds_nothing_at_the_address_counts_by_its_position() -> None:
    """As without a correlation."""
    scene = correlated()
    scene.see(event({"other": 1}, type="OrderShipped"))
    scene.steps.arrives("shipments", Pattern("OrderShipped"), None, 1.0, False)


def test_on_a_channel_of_its_own_everything_is_the_scenarios() -> None:
    """Nobody else can have caused it, so a value that a service has spoilt is not overlooked."""
    scene = correlated()
    scene.world.shared_channels = frozenset()
    scene.see(shipped("spoilt"))
    scene.steps.arrives("shipments", Pattern("OrderShipped"), None, 1.0, False)


def test_a_stray_on_another_channel_is_no_hint() -> None:
    """Where else an event may have gone is told of this scenario's alone."""
    scene = correlated()
    scene.world.correlations["rejected"] = "order.id"
    scene.world.shared_channels |= {"rejected"}
    scene.see(shipped("ORD-1", channel="rejected"))
    told = text_of(
        ExpectationFailed,
        scene.steps.arrives,
        "shipments",
        Pattern("OrderShipped"),
        table("| field | value |\n| order.id | ORD-1 |"),
        1.0,
        False,
    )
    assert "elsewhere" not in told
