"""Which event `the event` is: the last that a step published, else the one that was seen."""

from __future__ import annotations

import pytest
from expect.support import Scene, event, lines, text_of

from evtbdd.errors import PhraseError
from evtbdd.expect.pattern import Pattern
from evtbdd.expect.source import Source
from evtbdd.own_words.the_event import TheEvent, the_event

ANY = Pattern()


def found(scene: Scene, pattern: Pattern = ANY, besides: str | None = None) -> TheEvent:
    own_counts = not scene.world.services
    return the_event(scene.journal, pattern, own_counts=own_counts, besides=besides)


def test_it_is_the_last_that_a_step_published() -> None:
    """With a type or a key the last such one; whatever came since."""
    scene = Scene()
    first = event(key="1", type="A", channel="orders")
    second = event(key="2", type="A", channel="orders")
    third = event(key="1", type="B", channel="rejected")
    for each in (first, second, third):
        scene.publish(each)
    scene.see(event(key="9", type="A"))
    assert found(scene).event is third
    assert found(scene, Pattern("A")).event is second
    assert found(scene, Pattern(key="1")).event is third
    assert found(scene, Pattern("A", "1")).event is first


def test_an_act_since_does_not_matter() -> None:
    """It is followed from when it was published, whatever the window."""
    scene = Scene()
    published = event(channel="orders", number=0)
    scene.publish(published)
    scene.act(orders=1)
    assert found(scene).event is published


def test_what_lay_there_before_the_scenario_is_not_meant() -> None:
    """`already holds` never counts."""
    scene = Scene()
    scene.publish(event(type="A", channel="orders"), history=True)
    with pytest.raises(PhraseError):
        found(scene, Pattern("A"))


def test_where_none_was_published_it_is_the_one_that_was_seen() -> None:
    """In the window, and on another channel than the one that the phrase names."""
    scene = Scene()
    scene.run_service()
    scene.publish(event(type="B", channel="orders", number=0))
    scene.see(event(type="A", channel="orders", number=1), event(type="A", channel="rejected"))
    assert found(scene, Pattern("A"), besides="orders").channel == "rejected"


def test_several_that_were_seen_are_listed() -> None:
    """Nobody knows which is meant."""
    scene = Scene()
    scene.see(event(key="1", type="A"), event(key="2", type="A", channel="rejected"))
    assert text_of(PhraseError, found, scene, Pattern("A")) == lines("""
        No step of this scenario has published an "A" event, and 2 were seen in the window of this step; name a type or a key of which there is one:
            key "1" type "A" on "shipments"
            key "2" type "A" on "rejected"
    """)


def test_none_at_all_is_an_error() -> None:
    """It names what is looked for."""
    scene = Scene()
    scene.publish(event(key="1", type="B"))
    assert text_of(PhraseError, found, scene, Pattern("A", "1")) == (
        'No step of this scenario has published an "A" event with key "1", and none was seen in the '
        "window of this step, so nobody knows which event is meant."
    )


def test_the_same_event_is_known_by_payload_and_key() -> None:
    """Where its broker keeps no id of it."""
    scene = Scene()
    scene.publish(event({"n": 1}, key="1", channel="orders"))
    subject = found(scene)
    assert subject.is_same(event({"n": 1}, key="1", channel="rejected"))
    assert not subject.is_same(event({"n": 1}, key="2", channel="rejected"))
    assert not subject.is_same(event({"n": 2}, key="1", channel="rejected"))


def test_what_comes_to_no_channel_is_no_event() -> None:
    """A request that a webhook received is none, nor a span that a service reported."""
    scene = Scene()
    seen = event(key="1", type="A", channel="orders")
    scene.see(event(key="1", type="A", channel=Source('the webhook "payments"')))
    scene.see(seen)
    assert found(scene).event is seen
