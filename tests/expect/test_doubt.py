"""What earlier scenarios have left open in services that outlive them, and what that makes doubtful."""

from __future__ import annotations

import pytest
from expect.support import Scene, event, lines, no_data, table, text_of

from evtbdd.errors import ExpectationFailed, Unproven
from evtbdd.events import Event
from evtbdd.expect.pattern import Pattern
from evtbdd.journal import Acted
from evtbdd.phrases import Data
from evtbdd.witness import OpenTrigger

BEGAN = 1000.0
"""When a scene begins, on its clock."""
SHIPPED = Pattern("OrderShipped")
GROUPLESS = "it has no group, so nobody can tell what it has acknowledged"


def left_open(done: float | None = None, *, untold: str | None = None, own: str = "ORD-2") -> Scene:
    """An earlier scenario has published ORD-1, this one ORD-2; `shipping` answers both.

    It is known to be done with ORD-1 from `done` on, in seconds after the scenario began.
    """
    scene = Scene()
    scene.world.shared_channels = frozenset({"orders", "shipments"})
    scene.world.types = frozenset({"OrderShipped"})
    trigger = OpenTrigger(
        event({"orderId": "ORD-1"}, key="ORD-1", type="OrderPlaced", channel="orders"),
        "one",
        "shipping",
        untold,
    )
    scene.left.triggers = [(trigger, None if done is None else BEGAN + done)]
    scene.left.marks = frozenset({"ORD-1", "OrderPlaced"})
    scene.publish(event({"orderId": own}, key=own, type="OrderPlaced", channel="orders"))
    scene.run_service()
    return scene


def shipped(order: str, **more: object) -> Event:
    return event({"orderId": order}, key=order, type="OrderShipped", **more)  # type: ignore[arg-type]


def arrives(scene: Scene, pattern: Pattern = SHIPPED, data: Data | None = None) -> None:
    scene.steps.arrives("shipments", pattern, data, 1.0, False)


def counted(scene: Scene, least: int, most: int, pattern: Pattern = SHIPPED) -> None:
    scene.steps.counted("shipments", least, most, pattern, no_data(), 1.0, False)


def test_what_may_be_an_answer_to_an_earlier_scenario_meets_nothing() -> None:
    """The text names the event, its possible cause, and what would tell them apart."""
    scene = left_open()
    scene.see_later(0.4, shipped("ORD-1", number=3))
    assert text_of(Unproven, arrives, scene) == lines("""
        Whether this holds cannot be told: on "shipments" an "OrderShipped" event. What came as #1 (key "ORD-1") at +0.40 s, partition 0 offset 3, may be the answer to an "OrderPlaced" event with key "ORD-1" on "orders", of the scenario "one", which the service "shipping" was not known to have acknowledged when this window began. Declare correlation = ADDRESS in [evtbdd:channel:shipments] and [evtbdd:channel:orders], or expect a key or a value that only this scenario's events hold.
    """)


def test_a_service_without_a_group_is_named_as_the_reason() -> None:
    """Nobody can ever tell when it is done."""
    scene = left_open(untold=GROUPLESS)
    scene.see_later(0.4, shipped("ORD-1", number=3))
    assert text_of(Unproven, arrives, scene) == lines("""
        Whether this holds cannot be told: on "shipments" an "OrderShipped" event. What came as #1 (key "ORD-1") at +0.40 s, partition 0 offset 3, may be the answer to an "OrderPlaced" event with key "ORD-1" on "orders", of the scenario "one", which the service "shipping" may still have been busy with when this window began: it has no group, so nobody can tell what it has acknowledged. Declare correlation = ADDRESS in [evtbdd:channel:shipments] and [evtbdd:channel:orders], or expect a key or a value that only this scenario's events hold.
    """)


def test_of_several_that_are_open_the_likeliest_is_named() -> None:
    """The one that has most in common with what came."""
    scene = left_open()
    (first, _) = scene.left.triggers[0]
    other = OpenTrigger(event({"orderId": "ORD-0"}, channel="orders"), "zero", "shipping")
    scene.left.triggers = [(other, None), (first, None)]
    scene.see(shipped("ORD-1"))
    assert 'may be the answer to an "OrderPlaced" event with key "ORD-1"' in text_of(
        Unproven, arrives, scene
    )


def test_what_an_event_lacks_that_a_correlation_needs_is_said() -> None:
    """Declaring one once more would not help."""
    scene = left_open()
    scene.world.correlations = {"orders": "orderId", "shipments": "order.id"}
    scene.see(shipped("ORD-1", number=3))
    assert text_of(Unproven, arrives, scene).endswith(
        "when this window began. It holds nothing at order.id, its correlation; expect a key or a "
        "value that only this scenario's events hold."
    )


def test_a_correlation_that_both_have_does_not_tell_them_apart() -> None:
    """Two scenarios that use the same id are one as far as it goes."""
    scene = left_open(own="ORD-1")
    scene.world.correlations = {"orders": "orderId", "shipments": "orderId"}
    scene.left.owners = {"ORD-1": "one"}
    scene.see(shipped("ORD-1", number=3))
    assert text_of(Unproven, arrives, scene).endswith(
        "What it holds at orderId, its correlation, does not tell them apart; expect a key or a "
        "value that only this scenario's events hold."
    )


@pytest.mark.parametrize("done", [-1.0, 0.0])
def test_what_was_done_when_the_window_began_makes_nothing_doubtful(done: float) -> None:
    """Its answers lie before the window."""
    scene = left_open(done)
    scene.see(shipped("ORD-1"))
    arrives(scene)
    counted(scene, 1, 1)


def test_what_is_done_only_since_the_window_began_makes_it_doubtful() -> None:
    """Its answers may lie inside; a later window is clear of them."""
    scene = left_open(0.5)
    scene.see(shipped("ORD-1"))
    text_of(Unproven, arrives, scene)
    scene.wait(1.0)
    scene.act()
    scene.see(shipped("ORD-1"))
    arrives(scene)


@pytest.mark.parametrize(
    ("pattern", "below"),
    [
        (Pattern("OrderShipped", "ORD-2"), None),
        (SHIPPED, "| field | value |\n| orderId | ORD-2 |"),
        (SHIPPED, "| field | value |\n| @key | ORD-2 |"),
    ],
)
def test_what_only_this_scenarios_events_hold_is_demanded(
    pattern: Pattern, below: str | None
) -> None:
    """By key or by data: then an answer to the earlier one would not fit."""
    scene = left_open()
    scene.see(shipped("ORD-1"), shipped("ORD-2"))
    arrives(scene, pattern, None if below is None else table(below))


@pytest.mark.parametrize("value", ["ORD-1", "created"])
def test_what_others_hold_or_nobody_does_tells_nothing(value: str) -> None:
    """A value that the service has made up could stand in any answer."""
    scene = left_open()
    scene.see(event({"state": value}, type="OrderShipped"))
    text_of(Unproven, arrives, scene, SHIPPED, table(f"| field | value |\n| state | {value} |"))


def test_a_fresh_id_is_this_scenarios_alone() -> None:
    """Also where no step has published it: a request may have carried it."""
    scene = left_open()
    scene.world.ids = ["fresh"]
    scene.see(event(key="fresh", type="OrderShipped"))
    arrives(scene, Pattern("OrderShipped", "fresh"))


def test_a_correlated_answer_is_certain() -> None:
    """Whatever is open, and however little the step demands."""
    scene = left_open()
    scene.world.correlations = {"orders": "orderId", "shipments": "orderId"}
    scene.left.owners = {"ORD-1": "one"}
    scene.see(shipped("ORD-1"), shipped("ORD-2"))
    arrives(scene)


def test_a_correlation_is_not_spoilt_by_other_values() -> None:
    """That an open order holds the same number as a quantity makes it no other order."""
    scene = left_open()
    scene.world.correlations = {"orders": "orderId", "shipments": "orderId"}
    scene.left.owners = {"ORD-1": "one"}
    scene.left.marks |= {"ORD-2"}
    scene.see(shipped("ORD-2"))
    arrives(scene)


def test_a_window_is_clear_of_what_was_done_before_its_positions_were_asked_for() -> None:
    """Not before they were noted: an answer may have come between the two."""
    scene = left_open(0.5)
    scene.wait(1.0)
    scene.journal.append(Acted({"shipments": {"0": 0}}, BEGAN + 0.4))
    scene.see(shipped("ORD-1"))
    text_of(Unproven, arrives, scene)
    scene.journal.append(Acted({"shipments": {"0": 0}}, BEGAN + 0.5))
    arrives(scene)


def test_on_a_channel_of_its_own_nothing_is_doubtful() -> None:
    """No service that outlives the scenario knows it."""
    scene = left_open()
    scene.world.shared_channels = frozenset({"orders"})
    scene.see(shipped("ORD-1"))
    arrives(scene)
    counted(scene, 1, 1)


def test_what_did_not_come_has_not_come_and_what_is_open_is_told() -> None:
    """A miss stays one; that a service was busy with something else is a hint."""
    scene = left_open()
    assert text_of(ExpectationFailed, arrives, scene) == lines("""
        Expected on "shipments" within 1 second: an "OrderShipped" event
        but no event came (waited 1.0 s; memory, channel t-shipments)
        still open: the service "shipping" is not known to have acknowledged an "OrderPlaced" event with key "ORD-1" on "orders", of the scenario "one"
    """)


def test_a_claim_waits_for_what_is_open_and_no_longer() -> None:
    """Then it is watched: a service that was busy until then has not come to this scenario yet."""
    scene = left_open(3.0)
    scene.see_later(3.9, shipped("ORD-2"))
    assert text_of(
        ExpectationFailed, counted, scene, 0, 0, Pattern("OrderShipped", "ORD-2")
    ).startswith(
        'Expected on "shipments" during 1 second: no "OrderShipped" event with key "ORD-2"'
    )
    quiet = left_open(3.0)
    counted(quiet, 0, 0)
    assert quiet.clock.time == BEGAN + 4.0


def test_a_claim_that_waits_in_vain_is_unproven() -> None:
    """What is open is named, and how long it was waited for."""
    scene = left_open()
    assert text_of(Unproven, counted, scene, 0, 0) == lines("""
        Nothing has contradicted this so far: on "shipments" no "OrderShipped" event. But the service "shipping" is not known to have acknowledged an "OrderPlaced" event with key "ORD-1" on "orders", of the scenario "one" (waited 10 seconds, proof timeout), so it may not have come to this scenario's events yet.
    """)
    assert scene.clock.time == BEGAN + 10.0


def test_a_claim_does_not_wait_for_what_nobody_can_tell() -> None:
    """It is unproven at once, and the sentence says what the author can do."""
    scene = left_open(untold=GROUPLESS)
    assert text_of(Unproven, counted, scene, 0, 0) == lines("""
        Nothing has contradicted this so far: on "shipments" no "OrderShipped" event. But the service "shipping" may still be busy with an "OrderPlaced" event with key "ORD-1" on "orders", of the scenario "one": it has no group, so nobody can tell what it has acknowledged. Say its group in [evtbdd:service:shipping], or give it scope = scenario.
    """)
    assert scene.clock.time < BEGAN + 1.0


def test_a_dead_service_is_waited_for_by_nobody() -> None:
    """It acknowledges nothing any more, and that it is dead is the better reason."""
    scene = left_open()
    scene.lose_service()
    assert "a dead service proves nothing" in text_of(Unproven, counted, scene, 0, 0)
    assert scene.clock.time == BEGAN + 1.0


def test_what_contradicts_a_claim_for_certain_does_so_at_once() -> None:
    """Whatever else is open."""
    scene = left_open()
    scene.see(shipped("ORD-2"))
    text_of(ExpectationFailed, counted, scene, 0, 0, Pattern("OrderShipped", "ORD-2"))
    assert scene.clock.time == BEGAN


def test_what_contradicts_a_claim_may_be_an_answer_to_others() -> None:
    """Then the system is not to be blamed for it."""
    scene = left_open()
    scene.see(shipped("ORD-1", number=3))
    text = text_of(Unproven, counted, scene, 0, 0)
    assert text.startswith(
        'Whether this holds cannot be told: on "shipments" no "OrderShipped" event. What came as '
        '#1 (key "ORD-1") at +0.00 s, partition 0 offset 3, may be the answer to '
    )


def with_correlation(scene: Scene) -> Scene:
    """ORD-2 is this scenario's for certain; what holds no order may be anybody's."""
    scene.world.correlations = {"orders": "orderId", "shipments": "orderId"}
    scene.left.owners = {"ORD-1": "one"}
    return scene


def anybodys(**more: object) -> Event:
    return event({"state": "late"}, type="OrderShipped", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("least", "most", "certain", "doubtful", "outcome"),
    [
        (0, 0, 1, 1, ExpectationFailed),
        (0, 0, 0, 1, Unproven),
        (1, 1, 2, 1, ExpectationFailed),
        (1, 1, 1, 1, Unproven),
        (1, 1, 0, 1, Unproven),
        (1, 1, 1, 0, None),
        (2, 2, 0, 1, ExpectationFailed),
        (0, 2, 1, 1, None),
        (0, 1, 1, 1, Unproven),
        (0, 1, 2, 1, ExpectationFailed),
    ],
)
def test_a_count_rests_on_what_is_certain(
    least: int, most: int, certain: int, doubtful: int, outcome: type[Exception] | None
) -> None:
    """It is doubtful only where it would be another one without what is."""
    scene = with_correlation(left_open(0.5))
    scene.see(*(shipped("ORD-2") for _ in range(certain)), *(anybodys() for _ in range(doubtful)))
    if outcome is None:
        counted(scene, least, most)
    else:
        text_of(outcome, counted, scene, least, most)


@pytest.mark.parametrize(
    ("certain", "doubtful", "outcome"),
    [
        (["late"], ["late"], None),
        ([], ["late"], Unproven),
        (["early"], ["late"], ExpectationFailed),
        (["late"], ["early"], Unproven),
    ],
)
def test_every_rests_on_what_is_certain(
    certain: list[str], doubtful: list[str], outcome: type[Exception] | None
) -> None:
    """One that is ours is enough for it, and one that is ours against it."""
    scene = with_correlation(left_open(0.5))
    for state in certain:
        scene.see(event({"orderId": "ORD-2", "state": state}, type="OrderShipped"))
    for state in doubtful:
        scene.see(event({"state": state}, type="OrderShipped"))
    data = table("| field | value |\n| state | late |", "has")

    def claim() -> None:
        scene.steps.every("shipments", SHIPPED, data, 1.0, False)

    if outcome is None:
        claim()
    else:
        text_of(outcome, claim)


@pytest.mark.parametrize(
    ("orders", "extra", "outcome"),
    [
        (["ORD-2"], [], None),
        (["ORD-2"], [anybodys()], Unproven),
        (["ORD-2", "ORD-2"], [], ExpectationFailed),
        ([], [], ExpectationFailed),
        ([], [anybodys()], Unproven),
    ],
)
def test_only_these_rests_on_what_is_certain(
    orders: list[str], extra: list[Event], outcome: type[Exception] | None
) -> None:
    """Of one that is not, nobody can say whether it is one too many, or the one that is missing."""
    scene = with_correlation(left_open(0.5))
    scene.see(*map(shipped, orders), *extra)
    data = table("| @type |\n| OrderShipped |")

    def claim() -> None:
        scene.steps.only_these("shipments", SHIPPED, data, 1.0, False, False)

    if outcome is None:
        claim()
    else:
        text_of(outcome, claim)


def test_the_last_event_may_be_somebody_elses() -> None:
    """Then neither that it fits nor that it does not is the system's doing."""
    data = table("| field | value |\n| state | late |", "has")
    for state in ("late", "early"):
        scene = left_open()
        scene.see(event({"state": state}, type="OrderShipped"))
        text_of(Unproven, scene.steps.last, "shipments", SHIPPED, data, 1.0)


def test_an_order_may_be_due_to_somebody_else() -> None:
    """Met or contradicted by events of which one may not be this scenario's."""
    for numbers in ((1, 2), (2, 1)):
        scene = left_open()
        scene.see(*(event({"n": number}, type="OrderShipped") for number in numbers))
        text_of(Unproven, scene.steps.in_order_of, "shipments", 2, SHIPPED, "n", False, 1.0, False)
