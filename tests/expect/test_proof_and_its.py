"""What keeps a claim from being proven, and what `its` means: rules 6 and 8 of the language."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from expect.support import Scene, event, no_data, table, text_of

from evtbdd.errors import ExpectationFailed, Unproven
from evtbdd.events import Position
from evtbdd.expect.count import Absent, Counted
from evtbdd.expect.pattern import Pattern
from evtbdd.expect.presence import Arrives
from evtbdd.journal import (
    Published,
)
from evtbdd.values.addresses import Address

ANY = Pattern()


def arrive(scene: Scene, pattern: Pattern = ANY, within: float | None = 2.0) -> None:
    scene.expect.arrival(Arrives("shipments", pattern), within=within, in_all=False)


def watch_none(scene: Scene, during: float | None = 2.0, pattern: Pattern = ANY) -> None:
    scene.expect.claim(Absent("shipments", pattern), during=during, in_all=False)


# What a claim is unproven by: rule 6


TYPED = Pattern("T", fields=((Address.parse("a"), 1),))


@pytest.mark.parametrize(
    ("garbage", "unproven"),
    [
        (event(raw=b"x", type="T"), True),
        (event(raw=b"x"), True),
        (event(raw=b"x", type="U"), False),
        (event(raw=b"x", type="T", channel="orders"), False),
        (event(raw=None, type="T"), False),
        (event(None, type="T"), False),
    ],
)
def test_an_unreadable_event_in_the_window_makes_a_claim_unproven(
    garbage: object, unproven: bool
) -> None:
    """If it could be one of those that are spoken of."""
    scene = Scene()
    scene.world.types = frozenset({"T"})
    scene.see(garbage)  # type: ignore[arg-type]
    if unproven:
        assert "cannot be read" in text_of(Unproven, watch_none, scene, 1.0, TYPED)
    else:
        watch_none(scene, 1.0, TYPED)


def test_an_unreadable_event_outside_of_the_window_does_no_harm() -> None:
    """It came before the last act."""
    scene = Scene()
    scene.see(event(raw=b"x", number=3))
    scene.act(shipments=4)
    watch_none(scene, 1.0, Pattern(fields=((Address.parse("a"), 1),)))


def test_an_unreadable_event_does_not_hide_what_contradicts() -> None:
    """The other event is enough to fail."""
    scene = Scene()
    scene.see(event(raw=b"x"), event({"a": 1}, type="T"))
    with pytest.raises(ExpectationFailed):
        watch_none(scene, 1.0, TYPED)


def test_an_unreadable_event_is_no_arrival_and_no_doubt_about_one() -> None:
    """An arrival is met by another, or fails."""
    scene = Scene()
    scene.see(event(raw=b"x"))
    with pytest.raises(ExpectationFailed):
        arrive(scene, TYPED, within=0.5)
    scene.see(event({"a": 1}, type="T"))
    arrive(scene, TYPED, within=0.5)


@pytest.mark.parametrize(
    "know",
    [
        lambda scene: setattr(scene.world, "types", frozenset({"T"})),
        lambda scene: scene.see(event(type="T", channel="orders")),
        lambda scene: scene.journal.append(Published("orders", Position("0", 0), "T", None)),
    ],
)
def test_a_type_is_known_if_it_is_declared_or_was_seen_or_published(
    know: Callable[[Scene], object],
) -> None:
    """On whatever channel, in the window or not; else the claim is unproven."""
    scene = Scene()
    with pytest.raises(Unproven):
        watch_none(scene, 1.0, Pattern("T"))
    know(scene)
    watch_none(scene, 1.0, Pattern("T"))


def test_a_claim_without_a_type_needs_none_to_be_known() -> None:
    """Nothing can be misspelt."""
    watch_none(Scene(), 1.0, Pattern(key="k"))


# Its


def test_its_is_what_the_last_expectation_was_met_by() -> None:
    """One after an arrival, none after none, several after several."""
    scene = Scene()
    scene.see(event(key="a"), event(key="b"))
    arrive(scene, Pattern(key="b"))
    assert [each.event.key for each in scene.expect.its] == ["b"]
    scene.expect.claim(Counted("shipments", 2, 2, ANY), during=0.5, in_all=False)
    assert len(scene.expect.its) == 2
    watch_none(scene, 0.5, Pattern(key="x"))
    assert scene.expect.its == ()


def test_its_may_be_remembered_more_than_once() -> None:
    """By address, with its kind."""
    scene = Scene()
    scene.see(event({"id": 7, "items": [{"sku": "tea"}]}, key="a"))
    scene.steps.arrives("shipments", ANY, None, 1.0, False)
    for address, name in (("id", "number"), ("items[*].sku", "goods"), ("@key", "key")):
        scene.steps.remember_its(address, name)
    assert scene.values.sent("${number}") == 7
    assert scene.values.sent("${goods}") == ["tea"]
    assert scene.values.sent("${key}") == "a"


def test_its_after_at_least_one_is_the_first() -> None:
    """However many more had come when one looked."""
    scene = Scene()
    scene.see(event({"n": 1}), event({"n": 2}))
    scene.steps.at_least("shipments", 1, ANY, no_data(), 1.0, False)
    scene.steps.remember_its("n", "n")
    assert scene.values.sent("${n}") == 1


def test_its_after_one_row_is_its_event() -> None:
    """In order as well."""
    scene = Scene()
    scene.see(event({"n": 1}), event({"n": 2}))
    scene.steps.these("shipments", ANY, table("| n |\n| 2 |"), 1.0, False, True)
    scene.steps.remember_its("n", "n")
    assert scene.values.sent("${n}") == 2
