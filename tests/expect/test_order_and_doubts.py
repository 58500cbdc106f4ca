"""What the questions about all, the last and the order answer; and which events they doubt."""

from __future__ import annotations

import pytest
from expect.support import ask, event, text_of
from hypothesis import given, settings
from hypothesis import strategies as st

from evtbdd.errors import Unproven
from evtbdd.events import Event
from evtbdd.expect.count import Absent, Counted
from evtbdd.expect.every import EveryHas
from evtbdd.expect.last import LastHas
from evtbdd.expect.order import InOrderOf
from evtbdd.expect.pattern import Pattern
from evtbdd.expect.question import Answer, Question
from evtbdd.expect.rows import OnlyTheseArrive
from evtbdd.expect.sighting import Sighting
from evtbdd.expect.together import SameKeyTogether
from evtbdd.values.addresses import Address

N = Address.parse("n")


def row(n: object, **more: object) -> Pattern:
    return Pattern(fields=((N, n), *((Address.parse(k), v) for k, v in more.items())))


# Every, last


def test_every_has_needs_one_at_least() -> None:
    """Of no events it is not true that every one has something."""
    question = EveryHas("c", Pattern("T"), Pattern("T", fields=((N, 1),)))
    assert not ask(question, event({"n": 1}, type="U")).at_the_end()
    assert ask(question, event({"n": 1}, type="T")).at_the_end()
    assert question.answer() is Answer.OPEN


def test_every_has_is_contradicted_by_the_first_that_has_not() -> None:
    """Those of another type or key do not matter."""
    question = EveryHas("c", Pattern("T"), Pattern("T", fields=((N, 1),)))
    assert ask(question, event({"n": 2}, type="U")).answer() is Answer.OPEN
    assert ask(question, event({"n": 2}, type="T")).answer() is Answer.CONTRADICTED


def test_the_last_is_looked_at_anew_with_every_event() -> None:
    """It is met by the last one, and by none that was followed by another."""
    question = LastHas("c", Pattern(), row(2), lane="partition")
    assert ask(question, event({"n": 2})).answer() is Answer.MET
    assert ask(question, event({"n": 1})).answer() is Answer.OPEN
    assert ask(question, event({"n": 2})).answer() is Answer.MET


def test_the_last_of_several_lanes_is_unproven() -> None:
    """There is no last one then."""
    question = LastHas("shipments", Pattern(), row(2), lane="partition")
    ask(question, event({"n": 1}, key="A"), event({"n": 2}, key="B", lane="1"))
    assert text_of(Unproven, question.answer) == (
        'It cannot be told what the last of these events is: #1 (key "A") lies in partition 0 of '
        '"shipments", #2 (key "B") in partition 1, and order is kept only within one partition. '
        "Key them alike, so that they share a partition, or name the key of those that you mean."
    )


# In the order of


def in_order_of(number: int, *events: Event, per_key: bool = False) -> Question:
    question = InOrderOf("c", number, Pattern(), N, per_key=per_key, lane="partition")
    return ask(question, *events)


@settings(deadline=None)
@given(st.lists(st.integers(0, 5), min_size=2, max_size=8))
def test_in_the_order_of_numbers(values: list[int]) -> None:
    """Met if none is smaller than the one before it; contradicted by the first that is."""
    question = in_order_of(len(values), *(event({"n": n}) for n in values))
    assert question.answer() is (Answer.MET if values == sorted(values) else Answer.CONTRADICTED)


@pytest.mark.parametrize(
    ("earlier", "later", "answer"),
    [
        (1, 1.0, Answer.MET),
        (0.1, 0.2, Answer.MET),
        ("a", "b", Answer.MET),
        ("b", "a", Answer.CONTRADICTED),
        ("2024-05-01T10:00:00Z", "2024-05-01T10:00:00.5Z", Answer.MET),
        ("2024-05-01T10:00:00+02:00", "2024-05-01T09:00:00Z", Answer.MET),
        ("2024-05-01T10:00:00.5Z", "2024-05-01T10:00:00Z", Answer.CONTRADICTED),
        ("2024-05-01", "2024-05-01T10:00:00Z", Answer.MET),
        (1, "2", Answer.CONTRADICTED),
        (5, "2024-05-01", Answer.CONTRADICTED),
        (False, True, Answer.CONTRADICTED),
        (None, None, Answer.CONTRADICTED),
        ([1], [2], Answer.CONTRADICTED),
    ],
)
def test_in_the_order_of_values(earlier: object, later: object, answer: Answer) -> None:
    """Times are compared as moments, texts as texts; two kinds, or what has no size, never."""
    assert in_order_of(2, event({"n": earlier}), event({"n": later})).answer() is answer


def test_in_the_order_of_something_that_is_not_there() -> None:
    """An event without the value contradicts, the first one too."""
    question = in_order_of(2, event({}))
    assert question.answer() is Answer.CONTRADICTED
    assert question.but() == "#1 has no n"


def test_per_key_each_key_has_its_own_order() -> None:
    """What is out of order over all can be in order key by key."""
    events = [event({"n": 2}, key="a"), event({"n": 1}, key="b"), event({"n": 3}, key="a")]
    assert in_order_of(3, *events, per_key=True).answer() is Answer.MET
    assert in_order_of(3, *events).answer() is Answer.CONTRADICTED


def test_out_of_order_within_a_lane_contradicts_whatever_lies_in_others() -> None:
    """Events of another lane between the two do not hide it."""
    events = [event({"n": 3}), event({"n": 5}, lane="1"), event({"n": 2})]
    question = in_order_of(3, *events)
    assert question.answer() is Answer.CONTRADICTED
    assert question.but() == "n 2 (#3) came after 3 (#1)"


def test_in_the_order_of_across_lanes_is_unproven() -> None:
    """As soon as there are enough; `per key` may be what is meant."""
    question = in_order_of(2, event({"n": 1}, key="A"), event({"n": 2}, key="B", lane="1"))
    assert text_of(Unproven, question.answer).endswith(
        "Key them alike, so that they share a partition, or write `per key`."
    )


def test_per_key_several_lanes_are_no_matter() -> None:
    """Each key lies in one."""
    events = [event({"n": 1}, key="A"), event({"n": 0}, key="B", lane="1")]
    assert in_order_of(2, *events, per_key=True).answer() is Answer.MET


# Together


def test_the_same_key_in_two_lanes_contradicts() -> None:
    """Events without a key do not matter."""
    question = SameKeyTogether("c", lane="partition")
    ask(question, event(key="a"), event(), event(lane="1"), event(key="b", lane="1"))
    assert question.answer() is Answer.OPEN
    assert not question.at_the_end()
    assert ask(question, event(key="a")).at_the_end()
    assert ask(question, event(key="a", lane="1")).answer() is Answer.CONTRADICTED


# Doubts


def test_a_claim_doubts_an_event_that_could_be_one() -> None:
    """It neither counts nor contradicts."""
    garbage = event(raw=b"not json", key="a")
    for question in (
        Absent("c", row(1)),
        Counted("c", 1, 1, row(1)),
        EveryHas("c", Pattern(key="a"), Pattern(key="a", fields=((N, 1),))),
        EveryHas("c", Pattern("T"), Pattern("T", fields=((N, 1),))),
        OnlyTheseArrive("c", [row(1)], Pattern(), in_order=False),
        OnlyTheseArrive("c", [Pattern("T")], Pattern("T"), in_order=False),
    ):
        assert question.doubts(garbage)
        assert ask(question, garbage).answer() is Answer.OPEN


def test_a_claim_has_no_doubts_where_the_payload_does_not_matter() -> None:
    """Or where type, key or header rule the event out."""
    garbage = event(raw=b"not json", key="a", type="U", headers={"h": "1"})
    header = ((Address.parse("@header.h"), "2"), (N, 1))
    for question in (
        Absent("c", Pattern(key="a")),
        Absent("c", Pattern("T", fields=((N, 1),))),
        Absent("c", Pattern(fields=header)),
        EveryHas("c", Pattern("T"), Pattern("T", fields=((N, 1),))),
        SameKeyTogether("c", lane="partition"),
    ):
        assert not question.doubts(garbage)


def test_every_has_is_contradicted_by_an_unreadable_event_whose_header_is_wrong() -> None:
    """What can be told is enough."""
    fields = ((Address.parse("@header.h"), "2"), (N, 1))
    question = EveryHas("c", Pattern("U"), Pattern("U", fields=fields))
    garbage = event(raw=b"not json", type="U", headers={"h": "1"})
    assert ask(question, garbage).answer() is Answer.CONTRADICTED


def test_only_these_is_contradicted_by_an_unreadable_event_that_can_be_no_row() -> None:
    """Its header tells that it is one too many."""
    fields = ((Address.parse("@header.h"), "2"), (N, 1))
    question = OnlyTheseArrive("c", [Pattern(fields=fields)], Pattern(), in_order=False)
    garbage = event(raw=b"not json", headers={"h": "1"})
    assert ask(question, garbage).answer() is Answer.CONTRADICTED


def test_a_sighting_is_told_by_number_and_moment() -> None:
    """Never as minus nothing."""
    seen = Sighting(2, 0.414, event(key="42"))
    assert (str(seen), seen.moment, seen.with_key) == ("#2", "+0.41 s", '#2 (key "42")')
    assert Sighting(2, -0.001, event()).moment == "+0.00 s"
    assert Sighting(2, -1.25, event()).moment == "-1.25 s"
    assert Sighting(2, 0.0, event()).with_key == "#2"
