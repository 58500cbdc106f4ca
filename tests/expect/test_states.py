"""What can change again is looked at until it fits, and watched for as long as it has to stay so."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from expect.support import Scene, lines, text_of

from evtbdd.clock import Deadline
from evtbdd.errors import BrokerUnavailable, ExpectationFailed, ServiceError, Unproven
from evtbdd.expect.states import Look, settle

EXPECTED = 'the queue "orders" to hold 2 events'


def depths(scene: Scene, *found: int) -> Callable[[], Look[int]]:
    """Looks that find these depths, one after the other, a second passing after each of them."""
    left = iter(found)

    def look() -> Look[int]:
        depth = next(left)
        scene.wait(1.0)
        return Look(depth == 2, f"it holds {depth}", depth)

    return look


def settled(scene: Scene, found: Iterable[int], stays: float | None = None) -> int:
    return settle(
        EXPECTED,
        depths(scene, *found),
        patience=Deadline.after(5.0, scene.clock),
        stays=stays,
        witness=scene.world,
        every=0.0,
    )


def test_the_first_look_that_fits_is_the_last() -> None:
    """What it found is handed back; nobody looks again."""
    assert settled(Scene(), [0, 1, 2]) == 2


def test_a_state_that_does_not_come_fails_with_what_the_last_look_showed() -> None:
    """There is a last look when the time is over."""
    text = text_of(ExpectationFailed, settled, Scene(), [0, 0, 0, 0, 0, 3])
    assert text == f"Expected {EXPECTED} within 5 seconds\nbut it holds 3"


def test_a_look_when_the_time_is_over_still_counts() -> None:
    """The state was there at the deadline."""
    assert settled(Scene(), [0, 0, 0, 0, 0, 2]) == 2


def test_what_has_to_stay_so_is_watched_to_the_end() -> None:
    """With a last look at the end of the time."""
    scene = Scene()
    assert settled(scene, [0, 2, 2, 2, 2], stays=2.0) == 2
    assert scene.clock.now() == 1005.0


def test_the_first_look_that_no_longer_fits_fails_at_once() -> None:
    """It says when; no later look is taken."""
    text = text_of(ExpectationFailed, settled, Scene(), [2, 2, 2, 1], stays=60.0)
    assert text == lines("""
        Expected the queue "orders" to hold 2 events, and to stay so during 1 minute
        but +3.00 s after it first did it holds 1
    """)


def test_what_changes_in_the_last_moment_did_not_stay_so() -> None:
    """The look at the end of the time counts like every other."""
    text = text_of(ExpectationFailed, settled, Scene(), [2, 2, 2, 3], stays=2.0)
    assert text.endswith("but +3.00 s after it first did it holds 3")


def test_a_state_that_never_came_is_no_verdict_where_a_service_is_dead() -> None:
    """The rig is wrong; what was expected is told all the same."""
    scene = Scene()
    scene.lose_service(log=["out of memory"])
    assert text_of(ServiceError, settled, scene, [0, 0, 0, 0, 0, 0]) == lines("""
        The service "shipping" ended with exit code 1 at +0.30 s, so nothing can be said of what was expected.
        The log of the service "shipping" ends:
            out of memory
        Expected the queue "orders" to hold 2 events within 5 seconds
        but it holds 0
    """)


def test_a_dead_service_does_not_prove_that_a_state_stays() -> None:
    """Nothing changes where nobody works; a state that only has to come needs no proof."""
    scene = Scene()
    scene.lose_service()
    assert settled(scene, [2]) == 2
    assert text_of(Unproven, settled, scene, [2, 2, 2, 2], stays=2.0) == lines("""
        Nothing has contradicted this: expected was the queue "orders" to hold 2 events, and to stay so during 2 seconds. But the service "shipping" ended with exit code 1 at +0.30 s, and a dead service proves nothing.
        The service "shipping" had logged nothing.
    """)


def test_what_contradicts_is_true_whatever_became_of_the_services() -> None:
    """It fails, and tells of the end."""
    scene = Scene()
    scene.lose_service()
    assert text_of(ExpectationFailed, settled, scene, [2, 1], stays=2.0) == lines("""
        Expected the queue "orders" to hold 2 events, and to stay so during 2 seconds
        but +1.00 s after it first did it holds 1
        meanwhile: the service "shipping" ended with exit code 1 at +0.30 s
    """)


def test_what_cannot_be_looked_at_is_an_error() -> None:
    """Whoever looks raises it; it ends the step at once."""

    def look() -> Look[int]:
        raise BrokerUnavailable("RabbitMQ cannot be reached.")

    scene = Scene()
    with pytest.raises(BrokerUnavailable, match="cannot be reached"):
        settle(
            EXPECTED,
            look,
            patience=Deadline.after(5.0, scene.clock),
            stays=None,
            witness=scene.world,
        )
