"""What a person reads when `its` means nothing, word for word."""

from __future__ import annotations

from expect.support import Scene, event, lines, no_data, text_of

from evtbdd.errors import ExpectationFailed, PhraseError
from evtbdd.expect.pattern import Pattern


def test_its_without_what_is_asked_for() -> None:
    """Failed: the event is there, and has it not."""
    scene = Scene()
    scene.see(event({"a": 1}, key="A", number=0))
    scene.steps.arrives("shipments", Pattern(), None, 1.0, False)
    assert text_of(ExpectationFailed, scene.steps.remember_its, "b", "x") == lines("""
        Expected "b" in the event that the step before has met (key "A", partition 0 offset 0 of "shipments")
        but there is none in {"a":1}
    """)


def test_its_after_none() -> None:
    """An error of the scenario."""
    scene = Scene()
    assert text_of(PhraseError, scene.steps.remember_its, "b", "x") == lines("""
        `its` is what the step before has met, and needs one event; that step met no event.
    """)


def test_its_after_several() -> None:
    """An error of the scenario."""
    scene = Scene()
    scene.see(event(key="A", number=0), event(key="B", number=1))
    scene.steps.at_least("shipments", 2, Pattern(), no_data(), 1.0, False)
    assert text_of(PhraseError, scene.steps.remember_its, "b", "x") == lines("""
        `its` is what the step before has met, and needs one event; that step met 2 events.
    """)
