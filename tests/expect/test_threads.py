"""Expectations on the machine's own clock, while other threads append to the journal."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from expect.support import World, event

from evtbdd.errors import ExpectationFailed
from evtbdd.events import Event
from evtbdd.expect.count import Absent, Counted
from evtbdd.expect.expect import Expect, Patience
from evtbdd.expect.pattern import Pattern
from evtbdd.expect.presence import Arrives, ArrivesAtLeast
from evtbdd.journal import Journal, Seen

LONG = 60.0


class AnnouncedJournal(Journal):
    """A journal that tells when somebody has begun to wait for more."""

    def __init__(self) -> None:
        super().__init__()
        self.someone_waits = Barrier(2)
        self.announced = False

    def wait(self, number: int, deadline: object) -> bool:
        if not self.announced:
            self.announced = True
            self.someone_waits.wait(LONG)
        return super().wait(number, deadline)  # type: ignore[arg-type]


def test_an_event_from_another_thread_meets_an_arrival_that_waits() -> None:
    """It was not there when the wait began, and the deadline is far away."""
    journal = AnnouncedJournal()
    expect = Expect(journal, World(journal), Patience())

    def reader() -> None:
        journal.someone_waits.wait(LONG)
        journal.append(Seen(event(key="other")))
        journal.append(Seen(event(key="k")))

    thread = Thread(target=reader)
    thread.start()
    expect.arrival(Arrives("shipments", Pattern(key="k")), within=LONG, in_all=False)
    thread.join(LONG)
    assert [each.event.key for each in expect.its] == ["k"]


def test_an_event_from_another_thread_contradicts_a_claim_that_is_watched() -> None:
    """At once: the time that is watched would be far longer than any test may take."""
    journal = AnnouncedJournal()
    expect = Expect(journal, World(journal), Patience())

    def reader() -> None:
        journal.someone_waits.wait(LONG)
        journal.append(Seen(event(key="k")))

    thread = Thread(target=reader)
    thread.start()
    with pytest.raises(ExpectationFailed):
        expect.claim(Absent("shipments", Pattern(key="k")), during=LONG, in_all=False)
    thread.join(LONG)


def test_many_threads_append_and_nothing_is_lost_or_counted_twice() -> None:
    """Four readers, a thousand events each."""
    journal = Journal()
    expect = Expect(journal, World(journal), Patience())

    def reader(lane: int) -> None:
        for number in range(1000):
            journal.append(Seen(event(lane=str(lane), number=number)))

    threads = [Thread(target=reader, args=(lane,)) for lane in range(4)]
    for thread in threads:
        thread.start()
    expect.arrival(ArrivesAtLeast("shipments", 4000, Pattern()), within=LONG, in_all=False)
    for thread in threads:
        thread.join(LONG)
    expect.claim(Counted("shipments", 4000, 4000, Pattern()), during=0.001, in_all=False)
    assert [each.number for each in expect.its] == list(range(1, 4001))


def test_a_deadline_ends_a_wait_for_nothing() -> None:
    """On the machine's own clock."""
    journal = Journal()
    expect = Expect(journal, World(journal), Patience())
    with pytest.raises(ExpectationFailed):
        expect.arrival(Arrives("shipments", Pattern()), within=0.01, in_all=False)


class CountedPattern(Pattern):
    """Counts how often an event is held against it."""

    looks = 0

    def fits(self, seen: Event) -> bool:
        type(self).looks += 1
        return super().fits(seen)


def test_each_event_is_looked_at_once_however_often_the_journal_grows() -> None:
    """Twenty thousand events, and a look at the journal after each of them."""
    journal = Journal()
    CountedPattern.looks = 0
    question = ArrivesAtLeast("shipments", 20_000, CountedPattern())
    for number in range(20_000):
        journal.append(Seen(event(number=number)))
    Expect(journal, World(journal), Patience()).arrival(question, within=LONG, in_all=False)
    assert CountedPattern.looks == 20_000
