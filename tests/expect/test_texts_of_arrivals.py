"""What a person reads when an event does not arrive, word for word."""

from __future__ import annotations

from expect.support import Scene, document, event, lines, table, text_of

from evtbdd.errors import ExpectationFailed, ServiceError
from evtbdd.expect.pattern import Pattern


def test_nothing_came() -> None:
    """An empty window says so, and where was looked."""
    scene = Scene()
    assert text_of(
        ExpectationFailed,
        scene.steps.arrives,
        "shipments",
        Pattern("OrderShipped", "42"),
        None,
        None,
        False,
    ) == lines("""
        Expected on "shipments" within 5 seconds: an "OrderShipped" event with key "42"
        but no event came (waited 5.0 s; memory, channel t-shipments)
    """)


def test_the_nearest_is_told_with_every_difference() -> None:
    """The nearest in full, the others in a few words."""
    scene = Scene()
    scene.see_later(0.20, event({"status": "shipped"}, key="41", type="OrderShipped", number=0))
    scene.see_later(0.41, event({"status": "pending"}, key="42", type="OrderShipped", number=1))
    scene.see_later(0.50, event({"status": "shipped"}, key="42", type="OrderPacked", number=2))
    assert text_of(
        ExpectationFailed,
        scene.steps.arrives,
        "shipments",
        Pattern("OrderShipped", "42"),
        table("| field | value |\n| status | shipped |"),
        5.0,
        False,
    ) == lines("""
        Expected on "shipments" within 5 seconds: an "OrderShipped" event with key "42"
          with  status = "shipped"
        but of 3 events in its window none matched (waited 5.0 s; memory, channel t-shipments)
          nearest  #2 at +0.41 s, key "42", partition 0 offset 1
                   status: "pending", expected "shipped"
          others   #1 key "41"; #3 key "42" type "OrderPacked"
    """)


def test_headers_and_matchers_are_told() -> None:
    """What is around the payload first; the key where there is one, else the payload in short."""
    scene = Scene()
    scene.see(event({"a": 1}, number=0))
    assert text_of(
        ExpectationFailed,
        scene.steps.arrives,
        "shipments",
        Pattern(),
        table("| field | value |\n| a | 2 |\n| b | ${any uuid} |\n| @header.h | x |"),
        1.0,
        False,
    ) == lines("""
        Expected on "shipments" within 1 second: an event
          with  a = 2
                b = any uuid
                @header.h = "x"
        but the one event in its window did not match (waited 1.0 s; memory, channel t-shipments)
          nearest  #1 at +0.00 s, {"a":1}, partition 0 offset 0
                   @header.h: absent, expected "x"
                   a: 1, expected 2
                   b: absent, expected any uuid
    """)


def test_a_text_is_told_as_a_text() -> None:
    """The raw payload, whatever the codec makes of it."""
    scene = Scene()
    scene.see(event(raw=b"done!", number=0), event(raw=None, key="k", number=1))
    assert text_of(
        ExpectationFailed, scene.steps.arrives, "shipments", Pattern(text="done"), None, 2.0, False
    ) == lines("""
        Expected on "shipments" within 2 seconds: the text "done"
        but of 2 events in its window none matched (waited 2.0 s; memory, channel t-shipments)
          nearest  #1 at +0.00 s, unreadable, partition 0 offset 0
                   $: "done!", expected "done"
          others   #2 key "k" a tombstone
    """)


def test_a_tombstone_is_told_as_one() -> None:
    """And what came instead of it."""
    scene = Scene()
    scene.see(event({"a": 1}, key="k", number=0))
    assert text_of(
        ExpectationFailed,
        scene.steps.arrives,
        "shipments",
        Pattern(tombstone=True, key="k"),
        None,
        2.0,
        False,
    ) == lines(r"""
        Expected on "shipments" within 2 seconds: a tombstone with key "k"
        but the one event in its window did not match (waited 2.0 s; memory, channel t-shipments)
          nearest  #1 at +0.00 s, key "k", partition 0 offset 0
                   $: "{\"a\": 1}", expected a tombstone
    """)


def test_equal_to_tells_what_is_there_besides() -> None:
    """A document is told field by field."""
    scene = Scene()
    scene.see(event({"a": 1, "b": {"c": 2}, "d": 3}, number=0))
    assert text_of(
        ExpectationFailed,
        scene.steps.arrives,
        "shipments",
        Pattern(),
        document('{"a": 1, "b": {"c": 3}}', "equal to"),
        2.0,
        False,
    ) == lines("""
        Expected on "shipments" within 2 seconds: an event
          equal to  a = 1
                    b = {"c":3}
        but the one event in its window did not match (waited 2.0 s; memory, channel t-shipments)
          nearest  #1 at +0.00 s, {"a":1,"b":{"c":2},"d":3}, partition 0 offset 0
                   b.c: 2, expected 3
                   d: 3, not expected
    """)


def test_what_cannot_be_read_says_why() -> None:
    """Once, not field by field."""
    scene = Scene()
    scene.see(event(raw=b"oops", key="k", type="T", number=0))
    assert text_of(
        ExpectationFailed,
        scene.steps.arrives,
        "shipments",
        Pattern("T"),
        table("| field | value |\n| a | 1 |\n| b | 2 |"),
        2.0,
        False,
    ) == lines("""
        Expected on "shipments" within 2 seconds: a "T" event
          with  a = 1
                b = 2
        but the one event in its window did not match (waited 2.0 s; memory, channel t-shipments)
          nearest  #1 at +0.00 s, key "k" unreadable, partition 0 offset 0
                   $: unreadable (no JSON: Expecting value at line 1 column 1), expected a payload that can be read
    """)


def test_a_key_of_bytes_is_told_in_bytes() -> None:
    """Two digits a byte."""
    scene = Scene()
    scene.see(event({"a": 1}, key=b"\xff\x02", type="T", number=0))
    assert text_of(
        ExpectationFailed,
        scene.steps.arrives,
        "shipments",
        Pattern("T", b"\xff\x01"),
        None,
        2.0,
        False,
    ) == lines("""
        Expected on "shipments" within 2 seconds: a "T" event with key bytes ff 01
        but the one event in its window did not match (waited 2.0 s; memory, channel t-shipments)
          nearest  #1 at +0.00 s, key bytes ff 02, partition 0 offset 0
                   key: bytes ff 02, expected bytes ff 01
    """)


def test_a_missing_type_is_absent() -> None:
    """As a missing key is."""
    scene = Scene()
    scene.see(event({"a": 1}, number=0))
    assert text_of(
        ExpectationFailed, scene.steps.arrives, "shipments", Pattern("T", "k"), None, 2.0, False
    ) == lines("""
        Expected on "shipments" within 2 seconds: a "T" event with key "k"
        but the one event in its window did not match (waited 2.0 s; memory, channel t-shipments)
          nearest  #1 at +0.00 s, {"a":1}, partition 0 offset 0
                   type: absent, expected "T"
                   key: absent, expected "k"
    """)


def test_long_texts_are_cut_where_they_differ() -> None:
    """So that the difference can be seen."""
    scene = Scene()
    scene.see(event({"note": "x" * 200 + "B" + "y" * 50}, number=0))
    assert text_of(
        ExpectationFailed,
        scene.steps.arrives,
        "shipments",
        Pattern(),
        table(f"| field | value |\n| note | {'x' * 200}A |"),
        2.0,
        False,
    ) == lines("""
        Expected on "shipments" within 2 seconds: an event
          with  note = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…"
        but the one event in its window did not match (waited 2.0 s; memory, channel t-shipments)
          nearest  #1 at +0.00 s, {"note":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…, partition 0 offset 0
                   note: "…xxxxxxxxxxxxxxxxxxxxByyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy", expected "…xxxxxxxxxxxxxxxxxxxxA"
    """)


def test_a_lost_service_makes_it_an_error() -> None:
    """With the end of its log before what was expected, and without waiting."""
    scene = Scene()
    scene.lose_service(log=["Traceback:", "  boom"])
    assert text_of(
        ServiceError, scene.steps.arrives, "shipments", Pattern("T"), None, 2.0, False
    ) == lines("""
        The service "shipping" ended with exit code 1 at +0.30 s, so nothing can be said of what was expected.
        The log of the service "shipping" ends:
            Traceback:
              boom
        Expected on "shipments" within 2 seconds: a "T" event
        but no event came (waited 0.0 s; memory, channel t-shipments)
    """)


def test_two_lost_services_are_both_named() -> None:
    """One of them had logged nothing."""
    scene = Scene()
    scene.lose_service("shipping")
    scene.lose_service("billing", log=["boom"])
    assert text_of(
        ServiceError, scene.steps.arrives, "shipments", Pattern("T"), None, 2.0, False
    ) == lines("""
        The service "shipping" ended with exit code 1 at +0.30 s and the service "billing" ended with exit code 1 at +0.30 s, so nothing can be said of what was expected.
        The service "shipping" had logged nothing.
        The log of the service "billing" ends:
            boom
        Expected on "shipments" within 2 seconds: a "T" event
        but no event came (waited 0.0 s; memory, channel t-shipments)
    """)
