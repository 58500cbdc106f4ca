"""What services acknowledge of what scenarios have left to them, followed in the background."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field

import pytest
from expect.support import HandClock, event

from evtbdd.clock import MONOTONIC, Clock, Deadline
from evtbdd.errors import BrokerUnavailable
from evtbdd.events import Event
from evtbdd.isolation.asking import PERIOD
from evtbdd.isolation.following import Following
from evtbdd.isolation.inherited import Inherited, Legacy, reaches
from evtbdd.isolation.triggers import NO_GROUP, NOBODY_TELLS, Consumer, ScenarioTriggers
from evtbdd.journal import Journal, Published
from evtbdd.ports import Ends

LONG = 20.0
SHORT = 0.05


@dataclass
class Group:
    """What a broker knows of one group: offsets of the one lane of each channel.

    `asked` counts the questions; while it is `down`, none is answered.
    """

    offsets: dict[str, int] = field(default_factory=dict)
    asked: int = 0
    down: bool = False
    more: threading.Event = field(default_factory=threading.Event)

    def committed(
        self, group: str, lanes: Mapping[str, Collection[str]], deadline: Deadline
    ) -> Mapping[str, Ends]:
        self.asked += 1
        self.more.set()
        if self.down:
            raise BrokerUnavailable("The broker is down.")
        return {name: {"0": self.offsets[name]} for name in lanes if name in self.offsets}

    def wait_for_questions(self, number: int) -> None:
        """Return when so many more have been asked."""
        until = self.asked + number
        deadline = Deadline.after(LONG)
        while self.asked < until and not deadline.expired():
            self.more.clear()
            self.more.wait(deadline.remaining())
        assert self.asked >= until


class Run:
    """A run whose scenarios publish to `orders`, which services consume."""

    def __init__(self, settle: float = 0.0, clock: Clock = MONOTONIC) -> None:
        self.legacy = Legacy(Following(lambda: Deadline.after(LONG), settle, clock))
        self.consumers: list[Consumer] = []
        self.journal = Journal()

    def begin(self, title: str) -> Inherited:
        self.journal = Journal()
        return self.legacy.begin(
            ScenarioTriggers(title, self.journal, lambda: tuple(self.consumers)), lambda _: "run"
        )

    def publish(self, published: Event) -> None:
        position = published.record.position
        self.journal.append(
            Published(published.channel, position, published.type, published.key, event=published)
        )

    def end(self, title: str = "one", marks: Collection[str] = ()) -> None:
        self.legacy.end(["run"], marks, title)


@pytest.fixture
def make() -> Iterator[Callable[..., Run]]:
    """Makes runs; their threads end with the test."""
    before = set(threading.enumerate())
    made: list[Run] = []

    def run(settle: float = 0.0, clock: Clock = MONOTONIC) -> Run:
        made.append(Run(settle, clock))
        return made[-1]

    yield run
    for each in made:
        each.legacy.following.close()
    assert set(threading.enumerate()) - before == set()


def consumer(
    told_by: Group | None,
    group: str | None = "shipping",
    *,
    last: bool = True,
    consumes: str = "orders",
    reaching: frozenset[str] | None = frozenset({"shipments"}),
    scope: str = "run",
) -> Consumer:
    return Consumer(scope, "shipping", group, last, {consumes: f"t-{consumes}"}, reaching, told_by)


def order(number: int, channel: str = "orders") -> Event:
    return event({"orderId": f"ORD-{number}"}, channel=channel, number=number)


def left(inherited: Inherited, channel: str = "shipments", seconds: float = SHORT) -> list[str]:
    """The scenarios whose triggers are open still, after a while."""
    found = inherited.open_after(channel, Deadline.after(seconds))
    return [each.scenario for each in found]


def test_what_is_not_acknowledged_passes_to_the_next_scenario(make: Callable[..., Run]) -> None:
    """And to the one after it, until it is: from behind the event's own offset on."""
    run, group = make(), Group()
    run.consumers.append(consumer(group))
    run.begin("one")
    run.publish(order(4))
    run.end()
    inherited = run.begin("two")
    assert inherited.any_left()
    assert left(inherited) == ["one"]
    group.offsets["t-orders"] = 4
    assert left(inherited) == ["one"]
    run.end("two")
    inherited = run.begin("three")
    assert left(inherited) == ["one"]
    group.offsets["t-orders"] = 5
    assert left(inherited, seconds=LONG) == []
    run.end("three")
    assert not run.begin("four").any_left()


def test_what_was_acknowledged_while_the_scenario_ran_is_left_to_nobody(
    make: Callable[..., Run],
) -> None:
    """It is followed from the beginning, once a service is there."""
    run, group = make(), Group({"t-orders": 5})
    run.consumers.append(consumer(group))
    run.begin("one")
    run.publish(order(4))
    group.wait_for_questions(1)
    run.end()
    run.begin("two")
    run.end("two")
    assert not run.begin("three").any_left()


def test_without_services_nobody_is_asked_and_no_thread_runs(make: Callable[..., Run]) -> None:
    """Scenarios that leave nothing cost nothing."""
    run = make()
    run.begin("one")
    run.publish(order(1))
    run.end()
    assert not run.begin("two").any_left()
    assert run.legacy.following._asking._thread is None


def test_scenarios_do_not_ask(make: Callable[..., Run]) -> None:
    """However many there are, the broker is asked at its own pace, in the background."""
    run, group = make(), Group()
    run.consumers.append(consumer(group))
    began = run.legacy.following.clock.now()
    for number in range(200):
        run.begin(str(number))
        run.publish(order(number))
        run.end(str(number))
    assert group.asked <= 1 + (run.legacy.following.clock.now() - began) / PERIOD
    assert len(run.begin("last").open_at("shipments", 0.0)) == 200


def test_who_acknowledges_first_is_done_a_little_later(make: Callable[..., Run]) -> None:
    """For as long as `settle` says; and only from then on a window is clear of it."""
    run, group = make(0.3), Group({"t-orders": 5})
    run.consumers.append(consumer(group, last=False))
    run.begin("one")
    run.publish(order(4))
    run.end()
    inherited = run.begin("two")
    assert left(inherited, seconds=LONG) == []
    done = inherited.done_at("shipments")
    assert [each.scenario for each in inherited.open_at("shipments", done - 0.01)] == ["one"]
    assert inherited.open_at("shipments", done) == []


def test_a_look_anew_knows_what_is_acknowledged_by_now(make: Callable[..., Run]) -> None:
    """A window that begins then is clear of it."""
    run, group = make(), Group()
    run.consumers.append(consumer(group))
    run.begin("one")
    run.publish(order(4))
    run.end()
    inherited = run.begin("two")
    group.wait_for_questions(1)
    group.offsets["t-orders"] = 5
    run.legacy.following.look(anew=True)
    assert inherited.open_at("shipments", run.legacy.following.clock.now()) == []


def test_looks_that_need_not_be_new_cost_a_question_now_and_then(
    make: Callable[..., Run],
) -> None:
    """However many windows begin in a tenth of a second; here time stands still."""
    run, group = make(clock=HandClock()), Group()
    run.consumers.append(consumer(group))
    run.begin("one")
    run.publish(order(4))
    run.end()
    run.begin("two")
    run.legacy.following.look(anew=True)
    for _ in range(100):
        run.legacy.following.look(anew=False)
    asked = group.asked
    run.legacy.following.look(anew=True)
    assert asked < 100
    assert group.asked > asked


def test_of_who_may_not_be_done_when_it_acknowledges_a_look_tells_nothing(
    make: Callable[..., Run],
) -> None:
    """So nobody waits for it; nor for one without a group, nor where nothing was left."""
    run = make()
    run.consumers += [consumer(Group(), last=False), consumer(None)]
    run.begin("one")
    run.legacy.following.look(anew=True)
    run.publish(order(4))
    run.end()
    run.begin("two")
    run.legacy.following.look(anew=True)
    assert run.legacy.following._asking._wanted == 0


def test_a_group_without_a_position_has_acknowledged_nothing(make: Callable[..., Run]) -> None:
    """As long as the broker does not tell, it is open."""
    run = make()
    run.consumers.append(consumer(Group({"t-other": 99})))
    run.begin("one")
    run.publish(order(0))
    run.end()
    assert left(run.begin("two")) == ["one"]


@pytest.mark.parametrize(("group", "why"), [(None, NO_GROUP), ("shipping", NOBODY_TELLS)])
def test_of_some_services_nobody_can_tell(
    make: Callable[..., Run], group: str | None, why: str
) -> None:
    """Without a group, or where the broker knows of none; it is said why."""
    run = make()
    run.consumers.append(consumer(None, group))
    run.begin("one")
    run.publish(order(0))
    run.end()
    (told,) = run.begin("two").open_at("shipments", 0.0)
    assert (told.scenario, told.service, told.untold) == ("one", "shipping", why)


def test_only_channels_that_can_be_reached_are_concerned(make: Callable[..., Run]) -> None:
    """A service that may publish anywhere reaches all of them."""
    run = make()
    run.consumers += [consumer(Group()), consumer(Group(), reaching=None)]
    run.begin("one")
    run.publish(order(0))
    run.end()
    inherited = run.begin("two")
    assert len(inherited.open_at("shipments", 0.0)) == 2
    assert len(inherited.open_at("rejected", 0.0)) == 1


def test_what_nobody_consumes_is_no_trigger(make: Callable[..., Run]) -> None:
    """Only what is published to a channel of a service's."""
    run = make()
    run.consumers.append(consumer(Group()))
    run.begin("one")
    run.publish(order(0, channel="audit"))
    run.end()
    assert not run.begin("two").any_left()


def test_a_service_that_starts_later_consumes_what_was_published_before(
    make: Callable[..., Run],
) -> None:
    """It begins where the channel stood as the scenario began."""
    run = make()
    run.begin("one")
    run.publish(order(0))
    run.consumers.append(consumer(Group()))
    run.end()
    assert left(run.begin("two")) == ["one"]


def test_what_services_pass_on_late_is_the_earlier_scenarios(make: Callable[..., Run]) -> None:
    """An answer that another service consumes is open in turn, once."""
    run, first, second = make(), Group(), Group()
    both = frozenset({"shipments", "notifications"})
    run.consumers += [
        consumer(first, reaching=both),
        consumer(second, consumes="shipments", reaching=frozenset({"notifications"})),
    ]
    run.begin("one")
    run.publish(order(0))
    run.end()
    inherited = run.begin("two")
    run.legacy.following.came(order(7, channel="shipments"))
    run.legacy.following.came(order(7, channel="shipments"))
    first.offsets["t-orders"] = 1
    assert left(inherited, "notifications") == ["one"]
    assert left(inherited, "shipments", LONG) == []
    second.offsets["t-shipments"] = 8
    assert left(inherited, "notifications", LONG) == []


def test_what_services_pass_on_is_left_by_the_scenario_that_runs(make: Callable[..., Run]) -> None:
    """Where nothing earlier is open that could have led to it."""
    run, group = make(), Group()
    run.consumers.append(
        consumer(group, consumes="shipments", reaching=frozenset({"notifications"}))
    )
    inherited = run.begin("one")
    run.legacy.following.came(order(3, channel="shipments"))
    assert not inherited.any_left()
    run.end()
    assert left(run.begin("two"), "notifications") == ["one"]


def test_the_values_of_what_is_left(make: Callable[..., Run]) -> None:
    """Held until it is done with; those of the scenario that runs are not among them."""
    run, group = make(), Group()
    run.consumers.append(consumer(group))
    run.begin("one")
    run.publish(order(1))
    run.end()
    inherited = run.begin("two")
    run.publish(order(2))
    assert [inherited.holds(f"ORD-{n}") for n in (1, 2)] == [True, False]
    group.offsets["t-orders"] = 2
    assert left(inherited, seconds=LONG) == []
    run.end("two")
    inherited = run.begin("three")
    assert [inherited.holds(f"ORD-{n}") for n in (1, 2)] == [False, True]


def test_a_broker_that_does_not_answer_is_told_to_who_waits(make: Callable[..., Run]) -> None:
    """Nobody else is bothered by it; once it answers again, all is well."""
    run, group = make(), Group({"t-orders": 1}, down=True)
    run.consumers.append(consumer(group))
    run.begin("one")
    run.publish(order(0))
    run.end()
    inherited = run.begin("two")
    group.wait_for_questions(1)
    with pytest.raises(BrokerUnavailable, match="The broker is down"):
        left(inherited, seconds=0.3)
    group.down = False
    assert left(inherited, seconds=LONG) == []


def test_what_services_of_a_scope_had_open_ends_with_them(make: Callable[..., Run]) -> None:
    """And whose values were whose in that scope."""
    run = make()
    run.consumers.append(consumer(Group(), scope="f1"))
    run.begin("one")
    run.publish(order(0))
    run.end(marks=["ORD-0"])
    assert run.begin("two").whose("shipments", "ORD-0") == "one"
    run.end("two")
    run.legacy.drop("f1")
    inherited = run.begin("three")
    assert not inherited.any_left()
    assert inherited.whose("shipments", "ORD-0") == "one"
    run.legacy.drop("run")
    assert inherited.whose("shipments", "ORD-0") is None


def test_a_value_is_that_of_the_last_scenario_that_has_used_it(make: Callable[..., Run]) -> None:
    """Two scenarios with the same id are told apart by their order alone."""
    run = make()
    run.begin("one")
    run.end("one", ["ORD-1"])
    run.begin("two")
    run.end("two", ["ORD-1"])
    assert run.begin("three").whose("shipments", "ORD-1") == "two"


def test_where_answers_can_come() -> None:
    """Where a service publishes itself, and where those do who consume that; or anywhere."""
    consumes = {"shipping": frozenset({"orders"}), "notes": frozenset({"shipments"})}
    told = reaches(
        {**consumes, "sink": frozenset({"notes"}), "wild": frozenset({"audit"})},
        {
            "shipping": frozenset({"shipments", "rejected"}),
            "notes": frozenset({"notes"}),
            "sink": frozenset(),
            "wild": None,
        },
    )
    assert told == {
        "shipping": {"shipments", "rejected", "notes"},
        "notes": {"notes"},
        "sink": set(),
        "wild": None,
    }


def test_services_that_feed_each_other_reach_as_far() -> None:
    """A circle is walked once; one that may publish anywhere makes all of it so."""
    consumes = {"a": frozenset({"x"}), "b": frozenset({"y"})}
    circle = reaches(consumes, {"a": frozenset({"y"}), "b": frozenset({"x"})})
    assert circle == {"a": {"x", "y"}, "b": {"x", "y"}}
    assert reaches(consumes, {"a": frozenset({"y"}), "b": None})["a"] is None
