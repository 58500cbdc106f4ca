"""A channel hands to a scenario what is the scenario's, and nothing else."""

from __future__ import annotations

from channels.conftest import events

from evtbdd.brokers.memory.adapter import MemoryBroker
from evtbdd.channels.channel import Channel
from evtbdd.channels.declaration import Declaration
from evtbdd.events import Position, Record
from evtbdd.journal import Journal
from evtbdd.ports import ChannelPlan


def channel() -> Channel:
    return Channel(Declaration("orders"), ChannelPlan("evtbdd-orders"), "main", MemoryBroker())


def record(number: int, lane: str = "0") -> Record:
    position = Position(lane, number)
    return Record("evtbdd-orders", None, b"{}", (), position, 0.0, f"offset {number}")


def seen(journal: Journal) -> list[int]:
    return [event.record.position.number for event in events(journal)]


def test_it_is_named_as_people_find_it() -> None:
    """The broker, and what the broker calls it; memory has no address."""
    assert channel().where == "memory, channel evtbdd-orders"


def test_what_comes_while_no_scenario_runs_is_nobodys() -> None:
    """It is dropped."""
    orders, journal = channel(), Journal()
    orders.hand_over(record(0))
    orders.note_in(journal)
    orders.begin_at({"0": 1})
    assert seen(journal) == []


def test_what_comes_before_the_beginning_is_known_is_kept_until_then() -> None:
    """From the beginning on it is the scenario's, what lies before is not."""
    orders, journal = channel(), Journal()
    orders.note_in(journal)
    for number in range(4):
        orders.hand_over(record(number))
    assert seen(journal) == []
    orders.begin_at({"0": 2})
    orders.hand_over(record(4))
    assert seen(journal) == [2, 3, 4]
    assert orders.recorded == {"0": 2}


def test_what_lies_before_the_beginning_but_comes_late_is_not_the_scenarios() -> None:
    """It is told by its position, in its own lane; a lane that is new is new altogether."""
    orders, journal = channel(), Journal()
    orders.note_in(journal)
    orders.begin_at({"0": 2})
    for late in (record(1), record(2), record(0, lane="1")):
        orders.hand_over(late)
    assert [each.record.position for each in events(journal)] == [
        Position("0", 2),
        Position("1", 0),
    ]


def test_after_its_end_a_scenario_hears_nothing_more() -> None:
    """Nor does the next one hear what waited for the one before."""
    orders, first, second = channel(), Journal(), Journal()
    orders.note_in(first)
    orders.hand_over(record(0))
    orders.note_in(None)
    orders.hand_over(record(1))
    orders.note_in(second)
    orders.begin_at({"0": 0})
    assert (seen(first), seen(second)) == ([], [])


class Asked(MemoryBroker):
    """A broker whose reader has to be told where somebody looks; it notes what it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[str, list[str]]] = []
        self.reader().attend = lambda names: self.told.append(("attend", list(names)))  # type: ignore[attr-defined]
        self.reader().disregard = lambda names: self.told.append(("disregard", list(names)))  # type: ignore[attr-defined]


def test_a_reader_that_asks_for_events_is_told_where_somebody_looks() -> None:
    """From the beginning of the scenario to its end."""
    broker = Asked()
    orders = Channel(Declaration("orders"), ChannelPlan("q"), "main", broker)
    orders.note_in(Journal())
    orders.begin_at({})
    orders.attend()
    orders.note_in(None)
    assert broker.told == [("attend", ["q"]), ("attend", ["q"]), ("disregard", ["q"])]
