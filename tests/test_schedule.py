"""The scenarios that will run, and what is told of them ahead."""

from __future__ import annotations

from collections.abc import Mapping

from evtbdd.channels.chunks import MANY
from evtbdd.plan import Plan
from evtbdd.schedule import MOST, Schedule


class Told:
    """A schedule of scenarios that each name so many channels, and what it has told."""

    def __init__(self, scenarios: int, channels: int = 1) -> None:
        self.scenarios = [object() for _ in range(scenarios)]
        self.plan = Plan(channels=[f"channel {number}" for number in range(channels)])
        self.ahead: list[list[str]] = []
        self.dropped: list[str] = []
        self.schedule = Schedule(
            self.scenarios, lambda _: self.plan, self._tell, self.dropped.append
        )

    def _tell(self, chunk: Mapping[str, Plan]) -> None:
        self.ahead.append(list(chunk))

    def take(self, place: int) -> str:
        return self.schedule.take(self.scenarios[place]).scope


def scopes(first: int, last: int) -> list[str]:
    return [f"s{number}" for number in range(first, last + 1)]


def test_scenarios_have_their_numbers_in_the_order_in_which_they_will_run() -> None:
    """And each the plan that was read for it."""
    told = Told(3)
    assert [told.take(place) for place in range(3)] == scopes(1, 3)


def test_one_chunk_is_told_of_ahead() -> None:
    """With the first scenario the first chunk; with the first of a chunk the one after it."""
    told = Told(2 * MANY + 10)
    told.take(0)
    assert told.ahead == [scopes(2, MANY + 1)]
    told.take(1)
    assert told.ahead[1:] == [scopes(MANY + 2, 2 * MANY + 1)]
    for place in range(2, MANY + 1):
        told.take(place)
    assert len(told.ahead) == 2
    told.take(MANY + 1)
    assert told.ahead[2:] == [scopes(2 * MANY + 2, 2 * MANY + 10)]


def test_a_chunk_is_as_large_as_its_channels_are_many() -> None:
    """One call to a broker makes about as many channels each time."""
    told = Told(100, channels=20)
    told.take(0)
    assert told.ahead == [scopes(2, 4)]


def test_a_chunk_of_scenarios_without_channels_is_bounded() -> None:
    """Plans take memory."""
    told = Told(10 * MOST, channels=0)
    told.take(0)
    assert len(told.ahead[0]) <= MOST


def test_scenarios_that_are_passed_over_are_dropped() -> None:
    """A hook has skipped them; those beyond what was told need not be."""
    told = Told(3 * MANY)
    told.take(0)
    told.take(5)
    assert told.dropped == scopes(2, 5)
    told.take(2 * MANY + 20)
    assert set(told.dropped) == {*scopes(2, 5), *scopes(7, 2 * MANY + 1)}
    assert told.ahead[-1] == scopes(2 * MANY + 22, 3 * MANY)


def test_a_scenario_that_has_had_its_turn_gets_a_further_number() -> None:
    """It is run again, and must not meet what it left behind."""
    told = Told(3)
    assert [told.take(place) for place in (0, 0, 1, 0)] == ["s1", "s4", "s2", "s5"]


def test_a_scenario_that_nobody_foresaw_gets_a_further_number() -> None:
    """It keeps none of the others from their own."""
    told = Told(2)
    assert told.schedule.take(object()).scope == "s3"
    assert [told.take(0), told.take(1)] == ["s1", "s2"]
