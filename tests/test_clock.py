"""Deadlines over a clock."""

from __future__ import annotations

from evtbdd.clock import MONOTONIC, Deadline, pace


class HandClock:
    """A clock that stands still until it is moved."""

    time = 100.0

    def now(self) -> float:
        return self.time


def test_a_deadline_is_a_moment_that_comes_nearer() -> None:
    """What is left is never below zero, and the end itself is the end."""
    clock = HandClock()
    deadline = Deadline.after(2.0, clock)
    assert (deadline.moment, deadline.seconds) == (102.0, 2.0)
    assert deadline.remaining() == 2.0
    assert not deadline.expired()
    clock.time = 101.5
    assert deadline.remaining() == 0.5
    clock.time = 102.0
    assert deadline.remaining() == 0.0
    assert deadline.expired()
    clock.time = 110.0
    assert deadline.remaining() == 0.0


def test_the_clock_of_the_machine_never_goes_back() -> None:
    """It is the one that is used where none is given."""
    first = MONOTONIC.now()
    deadline = Deadline.after(60.0)
    assert MONOTONIC.now() >= first
    assert 0.0 < deadline.remaining() <= 60.0


def test_deadlines_of_the_same_moment_are_equal() -> None:
    """Whatever clock they hang on."""
    assert Deadline(1.0, 2.0, HandClock()) == Deadline(1.0, 2.0)


def test_without_a_rate_turns_come_as_fast_as_one_takes_them() -> None:
    """They count from 0."""
    assert list(pace(3, None)) == [0, 1, 2]
    assert list(pace(0, 5)) == []


def test_late_turns_are_not_skipped() -> None:
    """Who is late catches up without a pause: here all are late but the first."""
    clock = HandClock()
    turns = []
    for turn in pace(4, 0.001, clock):
        turns.append(turn)
        clock.time += 10_000.0
    assert turns == [0, 1, 2, 3]


def test_turns_do_not_come_early() -> None:
    """The last of them not before its time."""
    began = MONOTONIC.now()
    assert list(pace(5, 500.0)) == [0, 1, 2, 3, 4]
    assert MONOTONIC.now() - began >= 4 / 500.0
