"""What a person reads of every event, the last one, and their order, word for word."""

from __future__ import annotations

from expect.support import Scene, event, lines, table, text_of

from evtbdd.errors import ExpectationFailed
from evtbdd.expect.pattern import Pattern


def test_every_with_one_that_has_not() -> None:
    """That one, with what differs."""
    scene = Scene()
    scene.see(
        *(
            event({"n": value}, key="A", type="T", number=number)
            for number, value in enumerate((1, 2, 1))
        )
    )
    assert text_of(
        ExpectationFailed,
        scene.steps.every,
        "shipments",
        Pattern("T"),
        table("| field | value |\n| n | 1 |", "has"),
        2.0,
        False,
    ) == lines("""
        Expected on "shipments" during 2 seconds: every "T" event
          has  n = 1
        but 1 of 3 does not (watched 0.0 s; memory, channel t-shipments)
          #2 at +0.00 s, key "A", partition 0 offset 1
             n: 2, expected 1
          matched  #1 key "A"; #3 key "A"
    """)


def test_every_with_none() -> None:
    """The nearest is of another type."""
    scene = Scene()
    scene.see(
        *(
            event({"n": value}, key="A", type="U", number=number)
            for number, value in enumerate((1, 2))
        )
    )
    assert text_of(
        ExpectationFailed,
        scene.steps.every,
        "shipments",
        Pattern("T"),
        table("| field | value |\n| n | 1 |", "has"),
        2.0,
        False,
    ) == lines("""
        Expected on "shipments" during 2 seconds: every "T" event
          has  n = 1
        but of 2 events in its window none is such an event (watched 2.0 s; memory, channel t-shipments)
          nearest  #1 at +0.00 s, key "A", partition 0 offset 0
                   type: "U", expected "T"
          others   #2 key "A" type "U"
    """)


def test_the_last_that_has_not() -> None:
    """It is the last that counts."""
    scene = Scene()
    scene.see(
        *(
            event({"n": value}, key="A", type="T", number=number)
            for number, value in enumerate((1, 2))
        )
    )
    assert text_of(
        ExpectationFailed,
        scene.steps.last,
        "shipments",
        Pattern("T"),
        table("| field | value |\n| n | 1 |", "has"),
        2.0,
    ) == lines("""
        Expected on "shipments" within 2 seconds: the last "T" event
          has  n = 1
        but the last of 2, #2, does not (waited 2.0 s; memory, channel t-shipments)
          #2 at +0.00 s, key "A", partition 0 offset 1
             n: 2, expected 1
          others   #1 key "A"
    """)


def test_the_last_where_there_is_one() -> None:
    """It is called the only one."""
    scene = Scene()
    scene.see(
        *(
            event({"n": value}, key="A", type="T", number=number)
            for number, value in enumerate((2,))
        )
    )
    assert text_of(
        ExpectationFailed,
        scene.steps.last,
        "shipments",
        Pattern("T"),
        table("| field | value |\n| n | 1 |", "has"),
        2.0,
    ) == lines("""
        Expected on "shipments" within 2 seconds: the last "T" event
          has  n = 1
        but the only one, #1, does not (waited 2.0 s; memory, channel t-shipments)
          #1 at +0.00 s, key "A", partition 0 offset 0
             n: 2, expected 1
    """)


def test_the_last_of_none() -> None:
    """The one event is another."""
    scene = Scene()
    scene.see(
        *(
            event({"n": value}, key="A", type="U", number=number)
            for number, value in enumerate((1,))
        )
    )
    assert text_of(
        ExpectationFailed,
        scene.steps.last,
        "shipments",
        Pattern("T"),
        table("| field | value |\n| n | 1 |", "has"),
        2.0,
    ) == lines("""
        Expected on "shipments" within 2 seconds: the last "T" event
          has  n = 1
        but the one event in its window is another (waited 2.0 s; memory, channel t-shipments)
          nearest  #1 at +0.00 s, key "A", partition 0 offset 0
                   type: "U", expected "T"
    """)


def test_out_of_order() -> None:
    """Both of the events, and at once."""
    scene = Scene()
    scene.see(
        *(
            event({"n": value}, key="A", type="T", number=number)
            for number, value in enumerate((1, 3, 2))
        )
    )
    assert text_of(
        ExpectationFailed,
        scene.steps.in_order_of,
        "shipments",
        3,
        Pattern("T"),
        "n",
        True,
        2.0,
        False,
    ) == lines("""
        Expected on "shipments" within 2 seconds: 3 "T" events in the order of "n" per key
        but n 2 (#3) came after 3 (#2) (waited 0.0 s; memory, channel t-shipments)
          #2 at +0.00 s, key "A", partition 0 offset 1
          #3 at +0.00 s, key "A", partition 0 offset 2
          matched  #1 key "A"
    """)


def test_in_order_but_too_few() -> None:
    """How many came."""
    scene = Scene()
    scene.see(
        *(
            event({"n": value}, key="A", type="T", number=number)
            for number, value in enumerate((1,))
        )
    )
    assert text_of(
        ExpectationFailed,
        scene.steps.in_order_of,
        "shipments",
        3,
        Pattern("T"),
        "n",
        False,
        2.0,
        False,
    ) == lines("""
        Expected on "shipments" within 2 seconds: 3 "T" events in the order of "n"
        but only 1 came, the last at +0.00 s (waited 2.0 s; memory, channel t-shipments)
          matched  #1 key "A"
    """)


def test_texts_out_of_order() -> None:
    """It says that they are compared as texts."""
    scene = Scene()
    scene.see(
        *(event({"n": value}, key="A", number=number) for number, value in enumerate(("9", "10")))
    )
    assert text_of(
        ExpectationFailed,
        scene.steps.in_order_of,
        "shipments",
        2,
        Pattern(),
        "n",
        False,
        2.0,
        False,
    ) == lines("""
        Expected on "shipments" within 2 seconds: 2 events in the order of "n"
        but n "10" (#2) came after "9" (#1); texts are compared letter by letter (waited 0.0 s; memory, channel t-shipments)
          #1 at +0.00 s, key "A", partition 0 offset 0
          #2 at +0.00 s, key "A", partition 0 offset 1
    """)


def test_values_that_cannot_be_compared() -> None:
    """Neither is the greater one."""
    scene = Scene()
    scene.see(
        *(event({"n": value}, key="A", number=number) for number, value in enumerate((1, "2")))
    )
    assert text_of(
        ExpectationFailed,
        scene.steps.in_order_of,
        "shipments",
        2,
        Pattern(),
        "n",
        False,
        2.0,
        False,
    ) == lines("""
        Expected on "shipments" within 2 seconds: 2 events in the order of "n"
        but n "2" (#2) cannot be compared with 1 (#1) (waited 0.0 s; memory, channel t-shipments)
          #1 at +0.00 s, key "A", partition 0 offset 0
          #2 at +0.00 s, key "A", partition 0 offset 1
    """)


def test_the_same_key_apart() -> None:
    """Where each of the two lies."""
    scene = Scene()
    scene.see(event(key="A", number=0), event(key="A", number=0, lane="1"))
    assert text_of(ExpectationFailed, scene.steps.share_lane, "shipments", 2.0, False) == lines("""
        Expected on "shipments" during 2 seconds: events with the same key share a partition
        but key "A" lies in partition 0 (#1) and in partition 1 (#2) (watched 0.0 s; memory, channel t-shipments)
          #1 at +0.00 s, key "A", partition 0 offset 0
          #2 at +0.00 s, key "A", partition 1 offset 0
    """)


def test_no_key_twice() -> None:
    """Then nothing was shown."""
    scene = Scene()
    scene.see(event(key="A", number=0), event(key="B", number=1))
    assert text_of(ExpectationFailed, scene.steps.share_lane, "shipments", 2.0, False) == lines("""
        Expected on "shipments" during 2 seconds: events with the same key share a partition
        but no key came twice (watched 2.0 s; memory, channel t-shipments)
          others   #1 key "A"; #2 key "B"
    """)
