"""How long an expectation waits, and what ends it: by a clock that is moved by hand."""

from __future__ import annotations

import pytest
from expect.support import Scene, event, text_of

from evtbdd.clock import Deadline
from evtbdd.errors import BrokerUnavailable, ExpectationFailed, ServiceError, Unproven
from evtbdd.events import Position
from evtbdd.expect.count import Absent, Counted
from evtbdd.expect.expect import Expect, Patience
from evtbdd.expect.pattern import Pattern
from evtbdd.expect.presence import Arrives
from evtbdd.expect.question import Answer
from evtbdd.expect.rows import TheseArrive
from evtbdd.journal import (
    Acted,
    Arrived,
    Entry,
    Published,
    ScenarioBegan,
    ServiceEnded,
    ServiceReady,
    ServiceStarted,
)
from evtbdd.values.addresses import Address

ANY = Pattern()


def arrive(scene: Scene, pattern: Pattern = ANY, within: float | None = 2.0) -> None:
    scene.expect.arrival(Arrives("shipments", pattern), within=within, in_all=False)


def watch_none(scene: Scene, during: float | None = 2.0, pattern: Pattern = ANY) -> None:
    scene.expect.claim(Absent("shipments", pattern), during=during, in_all=False)


def passed(scene: Scene) -> float:
    return round(scene.clock.now() - 1000.0, 3)


# Arrivals


def test_what_is_already_there_meets_it_at_once() -> None:
    """No time passes, and nobody asks the broker."""
    scene = Scene()
    scene.see(event())
    arrive(scene)
    assert passed(scene) == 0.0
    assert scene.world.readings == []


def test_it_ends_when_it_is_met() -> None:
    """Not at the deadline."""
    scene = Scene()
    scene.see_later(0.3, event(key="a"))
    scene.see_later(0.7, event(key="b"))
    arrive(scene, Pattern(key="b"))
    assert passed(scene) == 0.7


def test_the_patience_counts_from_the_beginning_of_the_step() -> None:
    """What the steps before took of the clock does not shorten it."""
    scene = Scene()
    scene.wait(30)
    scene.see_later(1.9, event())
    arrive(scene, within=2.0)
    assert passed(scene) == 31.9


def test_without_a_time_the_setting_holds_and_every_patience_is_scaled() -> None:
    """The scale is for slow machines; the text tells the author's own time."""
    scene = Scene()
    patient = Expect(scene.journal, scene.world, Patience(timeout=3.0, scale=4.0), scene.clock)
    text = text_of(
        ExpectationFailed, patient.arrival, Arrives("shipments", ANY), within=None, in_all=False
    )
    assert passed(scene) == 12.0
    assert text.startswith('Expected on "shipments" within 3 seconds: an event\nbut no event came')
    assert "(waited 12.0 s; " in text


def test_at_the_deadline_the_channel_is_read_to_its_end() -> None:
    """An event that was stored in time but not handed over yet meets it."""
    scene = Scene()
    scene.world.stored.append(event())
    arrive(scene)
    assert passed(scene) == 2.0
    assert scene.world.readings == [["shipments"]]


def test_a_broker_that_cannot_be_read_is_an_error() -> None:
    """Neither met nor failed."""
    scene = Scene()
    scene.world.unavailable = BrokerUnavailable("The broker does not answer.")
    assert text_of(BrokerUnavailable, arrive, scene) == "The broker does not answer."
    assert text_of(BrokerUnavailable, watch_none, scene) == "The broker does not answer."


def test_an_event_outside_of_the_window_does_not_meet_it() -> None:
    """On another channel, or before the last act."""
    scene = Scene()
    scene.see(event(number=3), event(channel="orders", number=9))
    scene.act(shipments=4, orders=0)
    with pytest.raises(ExpectationFailed):
        arrive(scene)


def test_a_journal_that_never_rests_does_not_keep_the_deadline_from_coming() -> None:
    """Each look brings one more event of no interest; it ends all the same."""
    scene = Scene()

    class Restless(Arrives):
        def answer(self) -> Answer:
            assert passed(scene) < 1.0, "it goes on after its deadline"
            scene.wait(0.001)
            scene.see(event(channel="orders"))
            return super().answer()

    with pytest.raises(ExpectationFailed):
        scene.expect.arrival(Restless("shipments", ANY), within=0.1, in_all=False)
    assert 0.1 <= passed(scene) <= 0.11


def test_once_all_services_have_ended_nothing_is_waited_for() -> None:
    """What they left is read once more; then it is an error."""
    scene = Scene()
    scene.run_service()

    def crash() -> None:
        scene.lose_service()
        scene.journal.append(ServiceEnded("shipping", "ended with exit code 1", asked=False))

    scene.journal.later(0.3, crash)
    with pytest.raises(ServiceError):
        arrive(scene)
    assert passed(scene) == 0.3
    assert scene.world.readings == [["shipments"]]


def test_what_a_service_left_behind_when_it_ended_still_meets_it() -> None:
    """The event had been stored."""
    scene = Scene()
    scene.lose_service()
    scene.world.stored.append(event())
    arrive(scene)
    assert passed(scene) == 0.0


def test_while_another_service_lives_it_is_waited_for() -> None:
    """And is an error only when it is not met in time."""
    scene = Scene()
    scene.lose_service("billing")
    scene.run_service("shipping")
    scene.see_later(1.5, event())
    arrive(scene)
    assert passed(scene) == 1.5
    scene.act(shipments=999_999)
    with pytest.raises(ServiceError):
        arrive(scene)
    assert passed(scene) == 3.5


def test_the_health_of_services_is_asked_when_one_ends_and_not_at_every_event() -> None:
    """It may be expensive to know."""
    scene = Scene()
    asked = 0
    health = scene.world.health

    def counting() -> object:
        nonlocal asked
        asked += 1
        return health()

    scene.world.health = counting  # type: ignore[method-assign, assignment]
    for number in range(100):
        scene.see_later(number / 100, event(key="other"))
    scene.see_later(1.5, event(key="k"))
    arrive(scene, Pattern(key="k"))
    assert asked <= 2


def test_rows_across_partitions_may_still_come_in_one() -> None:
    """It is not unproven before the deadline has come."""
    scene = Scene()
    rows = [Pattern(fields=((Address.parse("n"), n),)) for n in (1, 2)]
    scene.see(event({"n": 1}), event({"n": 2}, lane="1"))
    scene.see_later(0.5, event({"n": 2}))
    question = TheseArrive("shipments", rows, in_order=True)
    scene.expect.arrival(question, within=2.0, in_all=False)
    assert passed(scene) == 0.5


# Claims


def test_a_claim_is_watched_until_its_time_is_over() -> None:
    """Then the channel is read to its end."""
    scene = Scene()
    watch_none(scene)
    assert passed(scene) == 2.0
    assert scene.world.readings == [["shipments"]]


def test_a_contradiction_fails_at_once() -> None:
    """Whatever time is left, and whatever services have ended."""
    scene = Scene()
    scene.see_later(0.4, event())
    with pytest.raises(ExpectationFailed):
        watch_none(scene)
    assert passed(scene) == 0.4


def test_what_only_the_last_look_finds_contradicts_too() -> None:
    """It was stored, and not handed over."""
    scene = Scene()
    scene.world.stored.append(event())
    with pytest.raises(ExpectationFailed):
        watch_none(scene)
    assert passed(scene) == 2.0


def test_without_a_time_a_contradiction_fails_all_the_same() -> None:
    """And what was stored is looked at before it is called unproven."""
    scene = Scene()
    scene.world.stored.append(event())
    with pytest.raises(ExpectationFailed):
        watch_none(scene, during=None)
    with pytest.raises(Unproven):
        watch_none(Scene(), during=None)


@pytest.mark.parametrize(
    "entry",
    [
        Acted({}),
        Published("orders", Position("0", 0), None, None),
        Arrived("an event"),
        ServiceReady("shipping", "its log"),
        ServiceEnded("shipping", "was ended by signal SIGTERM", asked=True),
    ],
)
def test_the_watch_counts_from_the_last_act_or_arrival(entry: Entry) -> None:
    """Stopping a service is an act, and may take long."""
    scene = Scene()
    scene.wait(10)
    scene.journal.append(entry)
    scene.wait(0.5)
    watch_none(scene)
    assert passed(scene) == 12.0


@pytest.mark.parametrize(
    "entry",
    [ServiceEnded("x", "ended with exit code 0", asked=False), ServiceStarted("x", 1)],
)
def test_what_happens_by_itself_does_not_lengthen_the_watch(entry: Entry) -> None:
    """Nor does an event that is seen."""
    scene = Scene()
    scene.wait(1.5)
    scene.journal.append(entry)
    scene.see(event(channel="orders"))
    watch_none(scene)
    assert passed(scene) == 2.0


def test_steps_that_watch_one_after_another_share_their_time() -> None:
    """The second begins where the first did, so it is over at once, or after the rest."""
    scene = Scene()
    watch_none(scene, during=2.0)
    watch_none(scene, during=1.0)
    assert passed(scene) == 2.0
    watch_none(scene, during=3.0)
    assert passed(scene) == 3.0


def test_an_arrival_begins_a_new_watch() -> None:
    """A step that waited and was met counts; one that failed ends the scenario anyway."""
    scene = Scene()
    watch_none(scene, during=2.0, pattern=Pattern(key="x"))
    scene.see_later(0.5, event(key="k"))
    arrive(scene)
    watch_none(scene, during=2.0, pattern=Pattern(key="x"))
    assert passed(scene) == 4.5


def test_the_watch_is_never_scaled() -> None:
    """An author's `during` means what it says."""
    scene = Scene()
    slow = Expect(scene.journal, scene.world, Patience(scale=10.0), scene.clock)
    slow.claim(Absent("shipments", ANY), during=2.0, in_all=False)
    assert passed(scene) == 2.0


def test_too_few_at_the_end_is_a_failure() -> None:
    """And enough is none."""
    scene = Scene()
    scene.see(event())
    scene.expect.claim(Counted("shipments", 1, 1, ANY), during=1.0, in_all=False)
    with pytest.raises(ExpectationFailed):
        scene.expect.claim(Counted("shipments", 2, 2, ANY), during=1.0, in_all=False)


def test_a_service_that_was_lost_makes_a_claim_unproven_and_a_missing_event_an_error() -> None:
    """A dead service proves nothing."""
    scene = Scene()
    scene.lose_service()
    with pytest.raises(Unproven):
        watch_none(scene)
    with pytest.raises(ServiceError):
        scene.expect.claim(Counted("shipments", 1, 1, ANY), during=1.0, in_all=False)


# Own events


def test_a_round_trip_counts_without_a_service() -> None:
    """With one it does not."""
    scene = Scene()
    scene.publish(event())
    arrive(scene)
    scene.run_service()
    with pytest.raises(ExpectationFailed):
        arrive(scene, within=0.5)
    watch_none(scene, 0.5)


def test_patience_and_watch_can_be_asked_for_by_others() -> None:
    """Phrases about logs and processes keep the same time."""
    scene = Scene()
    scene.wait(1.0)
    assert scene.steps.patience(None).remaining() == 5.0
    assert scene.steps.until(3.0).remaining() == 2.0
    assert isinstance(scene.steps.until(3.0), Deadline)


def test_the_scenario_begins_a_watch_too() -> None:
    """Where nothing else did."""
    scene = Scene()
    scene.wait(1.0)
    scene.journal.append(ScenarioBegan({}))
    watch_none(scene, 2.0)
    assert passed(scene) == 3.0
