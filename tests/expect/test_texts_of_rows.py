"""What a person reads when the events of a table do not come as they should, word for word."""

from __future__ import annotations

from expect.support import Scene, event, lines, table, text_of

from evtbdd.errors import ExpectationFailed, Unproven
from evtbdd.expect.pattern import Pattern


def test_rows_that_are_missing_each_with_the_nearest() -> None:
    """A row that is met is not told again."""
    scene = Scene()
    scene.see(event({"orderId": "A", "status": "x"}, key="A", number=0))
    scene.see(event({"orderId": "B", "status": "y"}, key="B", number=1))
    scene.see(event({"orderId": "D", "status": "x"}, key="D", number=2))
    assert text_of(
        ExpectationFailed,
        scene.steps.these,
        "shipments",
        Pattern(),
        table("| orderId | status |\n| A | x |\n| B | x |\n| C | z |"),
        2.0,
        False,
        False,
    ) == lines("""
        Expected on "shipments" within 2 seconds: these 3 events
        but 2 of 3 events did not come (waited 2.0 s; memory, channel t-shipments)
          row 2: orderId = "B", status = "x"
          nearest  #2 at +0.00 s, key "B", partition 0 offset 1
                   status: "y", expected "x"
          row 3: orderId = "C", status = "z"
          nearest  #3 at +0.00 s, key "D", partition 0 offset 2
                   orderId: "D", expected "C"
                   status: "x", expected "z"
          matched  #1 key "A"
    """)


def test_one_row_is_told_as_one_event() -> None:
    """Its fields stand in the lines below."""
    scene = Scene()
    scene.see(event({"orderId": "B"}, key="B", number=0))
    assert text_of(
        ExpectationFailed,
        scene.steps.these,
        "shipments",
        Pattern(),
        table("| orderId | status |\n| A | x |"),
        2.0,
        False,
        False,
    ) == lines("""
        Expected on "shipments" within 2 seconds: this event
          with  orderId = "A"
                status = "x"
        but the one event in its window did not match (waited 2.0 s; memory, channel t-shipments)
          nearest  #1 at +0.00 s, key "B", partition 0 offset 0
                   orderId: "B", expected "A"
                   status: absent, expected "x"
    """)


def test_rows_without_any_event() -> None:
    """The first three, and how many more."""
    scene = Scene()
    assert text_of(
        ExpectationFailed,
        scene.steps.these,
        "shipments",
        Pattern("T"),
        table("| orderId |\n| A |\n| B |\n| C |\n| D |\n| E |"),
        2.0,
        False,
        False,
    ) == lines("""
        Expected on "shipments" within 2 seconds: these 5 events
        but no event came (waited 2.0 s; memory, channel t-shipments)
          row 1: orderId = "A"
          row 2: orderId = "B"
          row 3: orderId = "C"
          rows 4 and 5 did not come either
    """)


def test_a_row_whose_event_meets_another() -> None:
    """Two were expected, one came."""
    scene = Scene()
    scene.see(event({"orderId": "A"}, key="A", number=0))
    assert text_of(
        ExpectationFailed,
        scene.steps.these,
        "shipments",
        Pattern(),
        table("| orderId |\n| A |\n| A |"),
        2.0,
        False,
        False,
    ) == lines("""
        Expected on "shipments" within 2 seconds: these 2 events
        but 1 of 2 events did not come (waited 2.0 s; memory, channel t-shipments)
          row 2: orderId = "A" (#1 fits, but meets another row)
          matched  #1 key "A"
    """)


def test_rows_in_another_order() -> None:
    """Which row came as which event."""
    scene = Scene()
    scene.see(
        *(event({"n": value}, key="A", number=number) for number, value in enumerate((3, 1, 2)))
    )
    assert text_of(
        ExpectationFailed,
        scene.steps.these,
        "shipments",
        Pattern(),
        table("| n |\n| 1 |\n| 2 |\n| 3 |"),
        2.0,
        False,
        True,
    ) == lines("""
        Expected on "shipments" within 2 seconds: these 3 events in order
        but they came in another order: row 3 (#1), row 1 (#2), row 2 (#3) (waited 2.0 s; memory, channel t-shipments)
          matched  #1 key "A"; #2 key "A"; #3 key "A"
    """)


def test_rows_in_order_across_partitions() -> None:
    """Unproven: there is no order between them."""
    scene = Scene()
    scene.see(event({"n": 1}, key="A", number=0))
    scene.see(event({"n": 2}, key="B", number=0, lane="1"))
    assert text_of(
        Unproven,
        scene.steps.these,
        "shipments",
        Pattern(),
        table("| n |\n| 1 |\n| 2 |"),
        2.0,
        False,
        True,
    ) == lines("""
        It cannot be told what the order of these events is: #1 (key "A") lies in partition 0 of "shipments", #2 (key "B") in partition 1, and order is kept only within one partition. Key them alike, so that they share a partition, or leave out `in order`.
    """)


def test_only_rows_with_one_too_many() -> None:
    """That one, then those that met rows."""
    scene = Scene()
    scene.see(
        *(
            event({"n": value}, key="A", type="T", number=number)
            for number, value in enumerate((1, 2, 2))
        )
    )
    assert text_of(
        ExpectationFailed,
        scene.steps.only_these,
        "shipments",
        Pattern("T"),
        table("| n |\n| 1 |\n| 2 |"),
        2.0,
        False,
        False,
    ) == lines("""
        Expected on "shipments" during 2 seconds: only these 2 events
        but 1 more came (watched 0.0 s; memory, channel t-shipments)
          #3 at +0.00 s, key "A", partition 0 offset 2
          matched  #1 key "A"; #2 key "A"
    """)


def test_only_rows_with_one_that_fits_none() -> None:
    """Shown beside the row that it comes nearest to."""
    scene = Scene()
    scene.see(
        *(
            event({"n": value}, key="A", type="T", number=number)
            for number, value in enumerate((1, 5))
        )
    )
    assert text_of(
        ExpectationFailed,
        scene.steps.only_these,
        "shipments",
        Pattern("T"),
        table("| n |\n| 1 |\n| 2 |\n| 3 |"),
        2.0,
        False,
        False,
    ) == lines("""
        Expected on "shipments" during 2 seconds: only these 3 events
        but 1 came that fits no row that is left, and rows 2 and 3 have not come (watched 0.0 s; memory, channel t-shipments)
          row 2: n = 2
          nearest  #2 at +0.00 s, key "A", partition 0 offset 1
                   n: 5, expected 2
          row 3: n = 3
          matched  #1 key "A"
    """)


def test_only_rows_with_one_missing() -> None:
    """When the time is over."""
    scene = Scene()
    scene.see(
        *(
            event({"n": value}, key="A", type="T", number=number)
            for number, value in enumerate((1,))
        )
    )
    assert text_of(
        ExpectationFailed,
        scene.steps.only_these,
        "shipments",
        Pattern("T"),
        table("| n |\n| 1 |\n| 2 |"),
        2.0,
        False,
        False,
    ) == lines("""
        Expected on "shipments" during 2 seconds: only these 2 events
        but 1 of 2 events did not come (watched 2.0 s; memory, channel t-shipments)
          row 2: n = 2
          matched  #1 key "A"
    """)


def test_only_rows_in_another_order() -> None:
    """As soon as all are there."""
    scene = Scene()
    scene.see(
        *(
            event({"n": value}, key="A", type="T", number=number)
            for number, value in enumerate((2, 1))
        )
    )
    assert text_of(
        ExpectationFailed,
        scene.steps.only_these,
        "shipments",
        Pattern("T"),
        table("| n |\n| 1 |\n| 2 |"),
        2.0,
        False,
        True,
    ) == lines("""
        Expected on "shipments" during 2 seconds: only these 2 events in order
        but they came in another order: row 2 (#1), row 1 (#2) (watched 0.0 s; memory, channel t-shipments)
          matched  #1 key "A"; #2 key "A"
    """)
