"""What a person reads when events come too often, or too seldom, word for word."""

from __future__ import annotations

from expect.support import Scene, event, lines, no_data, table, text_of

from evtbdd.errors import ExpectationFailed
from evtbdd.expect.pattern import Pattern


def test_at_least_tells_those_that_came() -> None:
    """And the nearest of the rest."""
    scene = Scene()
    scene.see(event({"a": 1}, key="k", number=0), event({"a": 2}, key="k", number=1))
    scene.see_later(0.3, event({"a": 1}, key="l", number=2))
    assert text_of(
        ExpectationFailed,
        scene.steps.at_least,
        "shipments",
        3,
        Pattern(),
        table("| field | value |\n| a | 1 |"),
        2.0,
        False,
    ) == lines("""
        Expected on "shipments" within 2 seconds: at least 3 events
          with  a = 1
        but only 2 came, the last at +0.30 s (waited 2.0 s; memory, channel t-shipments)
          nearest  #2 at +0.00 s, key "k", partition 0 offset 1
                   a: 2, expected 1
          matched  #1 key "k"; #3 key "l"
    """)


def test_at_least_with_nothing_else() -> None:
    """There is no nearest then."""
    scene = Scene()
    scene.see(event({"a": 1}, key="k", number=0))
    assert text_of(
        ExpectationFailed, scene.steps.at_least, "shipments", 2, Pattern(), no_data(), 2.0, False
    ) == lines("""
        Expected on "shipments" within 2 seconds: at least 2 events
        but only 1 came, the last at +0.00 s (waited 2.0 s; memory, channel t-shipments)
          matched  #1 key "k"
    """)


def test_exactly_with_too_many() -> None:
    """The first three in full, and at once."""
    scene = Scene()
    scene.wait(0.1)
    scene.see(*(event(key=f"k{number}", type="T", number=number) for number in range(5)))
    scene.see(event(key="z", type="U", number=9))
    assert text_of(
        ExpectationFailed,
        scene.steps.counted,
        "shipments",
        1,
        1,
        Pattern("T"),
        no_data(),
        2.0,
        False,
    ) == lines("""
        Expected on "shipments" during 2 seconds: exactly 1 "T" event
        but 5 events came (watched 0.1 s; memory, channel t-shipments)
          #1 at +0.10 s, key "k0", partition 0 offset 0
          #2 at +0.10 s, key "k1", partition 0 offset 1
          #3 at +0.10 s, key "k2", partition 0 offset 2
          also     #4 key "k3"; #5 key "k4"
          others   #6 key "z" type "U"
    """)


def test_exactly_with_too_few() -> None:
    """How many came, when the last, and the nearest of the rest."""
    scene = Scene()
    scene.see_later(0.1, event(key="k", type="T", number=0), event(key="z", type="U", number=9))
    assert text_of(
        ExpectationFailed,
        scene.steps.counted,
        "shipments",
        2,
        2,
        Pattern("T"),
        no_data(),
        2.0,
        False,
    ) == lines("""
        Expected on "shipments" during 2 seconds: exactly 2 "T" events
        but only 1 came, the last at +0.10 s (watched 2.0 s; memory, channel t-shipments)
          nearest  #2 at +0.10 s, key "z", partition 0 offset 9
                   type: "U", expected "T"
          matched  #1 key "k"
    """)


def test_exactly_with_none() -> None:
    """As for an arrival."""
    scene = Scene()
    assert text_of(
        ExpectationFailed,
        scene.steps.counted,
        "shipments",
        2,
        2,
        Pattern("T"),
        no_data(),
        2.0,
        True,
    ) == lines("""
        Expected on "shipments" during 2 seconds in all: exactly 2 "T" events
        but no event came (watched 2.0 s; memory, channel t-shipments)
    """)


def test_at_most_with_too_many() -> None:
    """All of them."""
    scene = Scene()
    scene.see(*(event(key=f"k{number}", type="T", number=number) for number in range(2)))
    assert text_of(
        ExpectationFailed,
        scene.steps.counted,
        "shipments",
        0,
        1,
        Pattern("T"),
        no_data(),
        2.0,
        False,
    ) == lines("""
        Expected on "shipments" during 2 seconds: at most 1 "T" event
        but 2 events came (watched 0.0 s; memory, channel t-shipments)
          #1 at +0.00 s, key "k0", partition 0 offset 0
          #2 at +0.00 s, key "k1", partition 0 offset 1
    """)


def test_none_with_one() -> None:
    """When it came, and which it was."""
    scene = Scene()
    scene.see_later(0.3, event(key="k", type="T", number=0))
    assert text_of(
        ExpectationFailed,
        scene.steps.counted,
        "shipments",
        0,
        0,
        Pattern("T"),
        no_data(),
        2.0,
        False,
    ) == lines("""
        Expected on "shipments" during 2 seconds: no "T" event
        but one came at +0.30 s (watched 0.3 s; memory, channel t-shipments)
          #1 at +0.30 s, key "k", partition 0 offset 0
    """)


def test_none_with_two() -> None:
    """How many, and when the first came."""
    scene = Scene()
    scene.see_later(0.3, event({"a": 1}, key="k", number=0), event({"a": 1}, number=1))
    assert text_of(
        ExpectationFailed,
        scene.steps.counted,
        "shipments",
        0,
        0,
        Pattern(),
        table("| field | value |\n| a | 1 |"),
        2.0,
        False,
    ) == lines("""
        Expected on "shipments" during 2 seconds: no event
          with  a = 1
        but 2 came, the first at +0.30 s (watched 0.3 s; memory, channel t-shipments)
          #1 at +0.30 s, key "k", partition 0 offset 0
          #2 at +0.30 s, {"a":1}, partition 0 offset 1
    """)


def test_what_contradicts_fails_whatever_became_of_the_services() -> None:
    """The dead service is told too."""
    scene = Scene()
    scene.lose_service(log=["boom"])
    scene.see(event(type="T", key="k", number=0))
    assert text_of(
        ExpectationFailed,
        scene.steps.counted,
        "shipments",
        0,
        0,
        Pattern("T"),
        no_data(),
        2.0,
        False,
    ) == lines("""
        Expected on "shipments" during 2 seconds: no "T" event
        but one came at +0.00 s (watched 0.0 s; memory, channel t-shipments)
          #1 at +0.00 s, key "k", partition 0 offset 0
        meanwhile: the service "shipping" ended with exit code 1 at +0.30 s
    """)
