"""What comes to something that is no channel is expected by the same machinery, in its own words."""

from __future__ import annotations

import pytest
from expect.support import Scene, event, lines, no_data, text_of

from evtbdd.clock import Deadline
from evtbdd.errors import ExpectationFailed, Unproven
from evtbdd.expect.expect import Expect, Patience
from evtbdd.expect.expectations import Expectations
from evtbdd.expect.pattern import Pattern
from evtbdd.expect.source import Source, SourceWitness
from evtbdd.journal import Acted
from evtbdd.witness import OpenTrigger

CALL = Pattern(thing="call")


class Bell(Source):
    """A source that says why nothing more can come, once it does."""

    noun = "call"
    why: str | None = None
    looked = 0

    def where(self) -> str:
        return "the door"

    def read_up(self, deadline: Deadline) -> None:
        del deadline
        self.looked += 1

    def over(self) -> str | None:
        return self.why


@pytest.fixture
def scene() -> Scene:
    """A scenario that knows sources."""
    scene = Scene()
    witness = SourceWitness(scene.world)
    scene.expect = Expect(scene.journal, witness, Patience(timeout=5.0), scene.clock)
    scene.steps = Expectations(scene.expect, witness, scene.values)
    return scene


@pytest.fixture
def bell() -> Bell:
    """A bell at which nobody has rung."""
    return Bell('the bell "front"')


def test_an_arrival_is_waited_for(scene: Scene, bell: Bell) -> None:
    """What comes to it has no broker that is asked."""
    scene.see_later(2.0, event({"who": "ann"}, channel=bell))
    scene.steps.arrives(bell, CALL, no_data(), 5.0, False)
    assert scene.clock.now() == 1002.0
    scene.steps.remember_its("who", "caller")
    assert scene.values.sent("${caller}") == "ann"


def test_it_is_spoken_of_in_its_own_words(scene: Scene, bell: Bell) -> None:
    """Its noun, its name, and where it is."""
    other = Bell('the bell "back"')
    scene.see(event(channel=other), event({"who": "bob"}, channel="shipments"))
    pattern = Pattern(thing="call", told=" at night")
    assert text_of(
        ExpectationFailed, scene.steps.at_least, bell, 2, pattern, no_data(), 1.0, False
    ) == lines(
        """
        Expected at the bell "front" within 1 second: at least 2 calls at night
        but no call came (waited 1.0 s; the door)
        """
    )
    assert bell.looked == 1


def test_what_came_to_a_channel_is_not_elsewhere(scene: Scene, bell: Bell) -> None:
    """Nor the other way round: an event is no call."""
    scene.see(event({"who": "bob"}, channel="shipments", key="7"))
    pattern = Pattern(key="7", thing="call")
    text = text_of(ExpectationFailed, scene.steps.arrives, bell, pattern, no_data(), 1.0, False)
    assert "elsewhere" not in text
    scene.see(event({"who": "bob"}, channel=Bell('the bell "back"'), key="7"))
    text = text_of(ExpectationFailed, scene.steps.arrives, bell, pattern, no_data(), 1.0, False)
    assert text.endswith('elsewhere: such a call came to the bell "back" at +1.00 s')


def test_blocks_of_acts_move_its_window_with_those_of_channels(scene: Scene, bell: Bell) -> None:
    """Who watches notes its own ends; none takes back those of another."""
    scene.see(event(channel=bell, number=0), event(channel="shipments", number=4))
    scene.act(shipments=5)
    scene.journal.append(Acted({bell: {"0": 1}}))
    scene.steps.counted(bell, 0, 0, CALL, no_data(), 1.0, False)
    scene.steps.counted("shipments", 0, 0, Pattern(), no_data(), 1.0, False)
    scene.steps.counted(bell, 1, 1, CALL, no_data(), 1.0, True)


def test_nobody_waits_where_nothing_more_can_come(scene: Scene, bell: Bell) -> None:
    """The text says why."""
    bell.why = "was torn off"
    assert text_of(
        ExpectationFailed, scene.steps.arrives, bell, CALL, no_data(), 5.0, False
    ) == lines(
        """
        Expected at the bell "front" within 5 seconds: a call
        but no call came (waited 0.0 s; the door)
        meanwhile: the bell "front" was torn off
        """
    )


def test_where_nothing_more_can_come_nothing_is_proven(scene: Scene, bell: Bell) -> None:
    """That nothing came is no wonder."""
    bell.why = "was torn off"
    assert text_of(Unproven, scene.steps.counted, bell, 0, 0, CALL, no_data(), 1.0, False) == (
        'Nothing has contradicted this: at the bell "front" no call. But the bell "front" was torn '
        "off, so nothing more could come."
    )


def test_one_that_lasts_may_be_told_of_by_earlier_scenarios(scene: Scene, bell: Bell) -> None:
    """What a service of a longer scope is still busy with may ring it."""
    bell.lasting = True
    earlier = OpenTrigger(event(channel="orders"), "the one before", "shop")
    scene.left.triggers.append((earlier, None))
    scene.see(event(channel=bell))
    text = text_of(Unproven, scene.steps.arrives, bell, CALL, no_data(), 1.0, False)
    assert text.startswith(
        'Whether this holds cannot be told: at the bell "front" a call. What came as #1 at '
    )
    assert text.endswith("Expect a value that only this scenario's calls hold.")
