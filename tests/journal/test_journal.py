"""The journal: append, look on, wait."""

from __future__ import annotations

from threading import Barrier, Thread

from hypothesis import given, settings
from hypothesis import strategies as st

from evtbdd.clock import Deadline
from evtbdd.journal import Arrived, Journal, ServiceStarted


class HandClock:
    """A clock that stands still until it is moved."""

    time = 100.0

    def now(self) -> float:
        return self.time


def arrived(journal: Journal, *steps: str) -> None:
    for step in steps:
        journal.append(Arrived(step))


def steps(noted: object) -> list[str]:
    return [each.entry.step for each in noted]  # type: ignore[attr-defined]


def test_an_entry_is_noted_with_its_number_and_its_moment() -> None:
    """Numbers count from 0; moments are those of the journal's clock."""
    clock = HandClock()
    journal = Journal(clock)
    clock.time = 101.5
    first, second = journal.append(Arrived("a")), journal.append(ServiceStarted("s", 1))
    assert (first.number, first.at, first.entry) == (0, 101.5, Arrived("a"))
    assert (second.number, second.at) == (1, 101.5)
    assert journal.began == 100.0
    assert list(journal.since()) == [first, second]
    assert list(journal.since(1)) == [second]
    assert list(journal.since(2)) == []


def test_what_was_looked_at_does_not_change() -> None:
    """A later entry is seen by the next look only."""
    journal = Journal()
    arrived(journal, "a")
    before = journal.since()
    arrived(journal, "b")
    assert steps(before) == ["a"]


@settings(deadline=None)
@given(st.lists(st.one_of(st.just("look"), st.text(max_size=3)), max_size=20))
def test_a_cursor_reads_each_entry_once_and_in_order(moves: list[str]) -> None:
    """However often one looks in between, and whatever other cursors do."""
    journal = Journal()
    cursor, other = journal.cursor(), journal.cursor()
    read: list[str] = []
    written = [move for move in moves if move != "look"]
    for move in moves:
        if move == "look":
            read += steps(cursor.new())
        else:
            arrived(journal, move)
    read += steps(cursor.new())
    assert read == written
    assert list(cursor.new()) == []
    assert steps(other.new()) == written


def test_a_wait_ends_at_once_where_there_is_something_new() -> None:
    """Also if the deadline is past."""
    journal = Journal()
    cursor = journal.cursor()
    arrived(journal, "a")
    assert cursor.wait(Deadline.after(-1.0))
    cursor.new()
    assert not cursor.wait(Deadline.after(-1.0))
    assert not cursor.wait(Deadline.after(0.001))


def test_a_wait_ends_when_another_thread_appends() -> None:
    """Everyone who waits is woken."""
    journal = Journal()
    ready, found = Barrier(3), []

    def look() -> None:
        cursor = journal.cursor()
        ready.wait(60)
        found.append(cursor.wait(Deadline.after(60)))

    threads = [Thread(target=look) for _ in range(2)]
    for thread in threads:
        thread.start()
    ready.wait(60)
    arrived(journal, "a")
    for thread in threads:
        thread.join(60)
    assert found == [True, True]


def test_numbers_are_unique_however_many_threads_append() -> None:
    """Nothing is lost, and each cursor sees it all."""
    journal = Journal()
    cursor = journal.cursor()

    def append(name: str) -> None:
        for number in range(500):
            arrived(journal, f"{name}{number}")

    threads = [Thread(target=append, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    seen = []
    while len(seen) < 2000 and cursor.wait(Deadline.after(60)):
        seen += list(cursor.new())
    for thread in threads:
        thread.join(60)
    assert [each.number for each in seen] == list(range(2000))
    for name in "abcd":
        own = [step for step in steps(seen) if step.startswith(name)]
        assert own == [f"{name}{number}" for number in range(500)]
