"""What a person reads when nothing contradicts a claim and nothing proves it, word for word."""

from __future__ import annotations

from expect.support import Scene, event, lines, no_data, table, text_of

from evtbdd.errors import Unproven
from evtbdd.expect.pattern import Pattern


def test_a_claim_without_a_time() -> None:
    """The step to write instead stands on a line of its own."""
    scene = Scene()
    scene.world.types = frozenset({"T"})
    assert text_of(
        Unproven, scene.steps.counted, "shipments", 0, 0, Pattern("T", "42"), no_data(), None, False
    ) == lines("""
        Nothing has contradicted this so far: on "shipments" no "T" event with key "42". But nothing proves it either. Say how long to watch:
          Then no "T" event arrives on "shipments" with key "42" during 2 seconds
    """)


def test_a_claim_without_a_time_with_a_table() -> None:
    """The table has to stand below the new step too."""
    scene = Scene()
    assert text_of(
        Unproven,
        scene.steps.counted,
        "shipments",
        1,
        1,
        Pattern(),
        table("| field | value |\n| n | 1 |"),
        None,
        True,
    ) == lines("""
        Nothing has contradicted this so far: on "shipments" exactly 1 event with n = 1. But nothing proves it either. Say how long to watch:
          Then exactly 1 event arrives on "shipments" during 2 seconds in all with:
        with the same table or text below it.
    """)


def test_a_claim_with_what_cannot_be_read() -> None:
    """Which event it is, why, and how many more."""
    scene = Scene()
    scene.see_later(0.4, event(raw=b"x", key="7", number=3), event(raw=b"y", key="8", number=4))
    assert text_of(
        Unproven,
        scene.steps.counted,
        "shipments",
        0,
        0,
        Pattern(),
        table("| field | value |\n| n | 1 |"),
        2.0,
        False,
    ) == lines("""
        Nothing has contradicted this: on "shipments" no event with n = 1. But an event in its window cannot be read, and could be one that counts: #1 (key "7") at +0.40 s, partition 0 offset 3: no JSON: Expecting value at line 1 column 1. 1 more cannot be read either.
    """)


def test_a_claim_that_only_what_cannot_be_read_could_meet() -> None:
    """Unproven, not failed: the one that is missing may be there."""
    scene = Scene()
    scene.see_later(0.4, event(raw=b"oops", key="7", number=3))
    assert text_of(
        Unproven,
        scene.steps.counted,
        "shipments",
        1,
        1,
        Pattern(),
        table("| field | value |\n| n | 1 |"),
        2.0,
        False,
    ) == lines("""
        Whether this holds cannot be told: an event in its window cannot be read, and could be one that counts: #1 (key "7") at +0.40 s, partition 0 offset 3: no JSON: Expecting value at line 1 column 1.
        Expected on "shipments" during 2 seconds: exactly 1 event
          with  n = 1
        but the one event in its window did not match (watched 2.0 s; memory, channel t-shipments)
          nearest  #1 at +0.40 s, key "7" unreadable, partition 0 offset 3
                   $: unreadable (no JSON: Expecting value at line 1 column 1), expected a payload that can be read
    """)


def test_a_claim_about_a_misspelt_type() -> None:
    """The near one is named."""
    scene = Scene()
    scene.see(event(type="OrderShipped"))
    assert text_of(
        Unproven,
        scene.steps.counted,
        "shipments",
        0,
        0,
        Pattern("OrderShiped"),
        no_data(),
        2.0,
        False,
    ) == lines("""
        Nothing has contradicted this: on "shipments" no "OrderShiped" event. But no event of the type "OrderShiped" was ever seen, so it may be misspelt. Did you mean "OrderShipped"? If it is right, declare it: types = OrderShiped in [evtbdd:channel:shipments].
    """)


def test_a_claim_about_a_type_that_was_never_seen() -> None:
    """And how to declare it beside those that are declared."""
    scene = Scene()
    scene.world.types = frozenset({"A", "B"})
    assert text_of(
        Unproven, scene.steps.counted, "shipments", 0, 0, Pattern("C"), no_data(), 2.0, False
    ) == lines("""
        Nothing has contradicted this: on "shipments" no "C" event. But no event of the type "C" was ever seen, so it may be misspelt. Known types: "A", "B". If it is right, declare it: types = A, B, C in [evtbdd:channel:shipments].
    """)


def test_a_claim_about_a_dead_service() -> None:
    """It proves nothing; the end of its log is told."""
    scene = Scene()
    scene.world.types = frozenset({"T"})
    scene.lose_service(log=["boom"])
    assert text_of(
        Unproven, scene.steps.counted, "shipments", 0, 0, Pattern("T"), no_data(), 2.0, False
    ) == lines("""
        Nothing has contradicted this: on "shipments" no "T" event. But the service "shipping" ended with exit code 1 at +0.30 s, and a dead service proves nothing.
        The log of the service "shipping" ends:
            boom
    """)
