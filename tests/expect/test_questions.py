"""What the questions answer, event by event; they know no clock and no journal."""

from __future__ import annotations

from itertools import permutations

import pytest
from expect.support import ask, event, text_of
from hypothesis import given, settings
from hypothesis import strategies as st

from evtbdd.errors import Unproven
from evtbdd.events import Event
from evtbdd.expect.count import Absent, Counted
from evtbdd.expect.every import EveryHas
from evtbdd.expect.pattern import Pattern
from evtbdd.expect.presence import Arrives, ArrivesAtLeast
from evtbdd.expect.question import Answer, Claim, Question
from evtbdd.expect.rows import OnlyTheseArrive, TheseArrive
from evtbdd.expect.together import SameKeyTogether
from evtbdd.values.addresses import Address

N = Address.parse("n")


def row(n: object, **more: object) -> Pattern:
    return Pattern(fields=((N, n), *((Address.parse(k), v) for k, v in more.items())))


def met(question: Question) -> list[object]:
    return [sighting.number for sighting in question.met]


UNRELATED = [
    event({"n": 9}),
    event({"n": "1"}),
    event({"n": True}),
    event({}),
    event(None),
    event(raw=None, key="k"),
    event(raw=b"not json"),
    event([{"n": 1}]),
]
SEEN = st.lists(
    st.builds(
        event,
        st.sampled_from([{"n": 1}, {"n": 2}, {"n": 3}, {"n": 4}, {"x": 1}, None]),
        lane=st.sampled_from("01"),
        key=st.sampled_from(["a", "b", None]),
    ),
    max_size=8,
)


# Presence


def test_presence_is_met_by_the_first_event_that_fits() -> None:
    """It stays met by that one, whatever comes later."""
    question = ask(Arrives("c", row(1)), *UNRELATED, event({"n": 1}), event({"n": 1}))
    assert question.answer() is Answer.MET
    assert met(question) == [len(UNRELATED) + 1]


@pytest.mark.parametrize("unrelated", UNRELATED)
def test_presence_ignores_what_does_not_fit(unrelated: Event) -> None:
    """Unrelated, other kinds, empty, null, tombstone, unreadable."""
    question = ask(Arrives("c", row(1)), unrelated)
    assert question.answer() is Answer.OPEN
    assert met(question) == []


def test_at_least_is_met_by_so_many_and_by_no_more() -> None:
    """What `its` means does not depend on how many more had come when one looked."""
    question = ArrivesAtLeast("c", 2, row(1))
    assert ask(question, event({"n": 1}), event({"n": 2})).answer() is Answer.OPEN
    assert ask(question, event({"n": 1})).answer() is Answer.MET
    ask(question, event({"n": 1}))
    assert len(question.met) == 2


# Counting


@settings(deadline=None)
@given(st.integers(0, 3), st.integers(0, 3), SEEN)
def test_counting_is_contradicted_by_a_surplus_and_holds_at_the_end_without(
    least: int, most: int, seen: list[Event]
) -> None:
    """Exactly: more than the most contradicts; no less than the least holds."""
    question = ask(Counted("c", min(least, most), most, row(1)), *seen)
    fitting = sum(e.payload == {"n": 1} for e in seen)
    assert (question.answer() is Answer.CONTRADICTED) == (fitting > most)
    assert question.at_the_end() == (min(least, most) <= fitting <= most)


CLAIMS = st.sampled_from(
    [
        lambda: Counted("c", 1, 1, row(1)),
        lambda: Counted("c", 0, 2, row(1)),
        lambda: Absent("c", row(2)),
        lambda: EveryHas("c", Pattern(key="a"), row(1)),
        lambda: OnlyTheseArrive("c", [row(1), row(2)], Pattern(), in_order=False),
        lambda: SameKeyTogether("c", lane="partition"),
    ]
)


@settings(deadline=None)
@given(CLAIMS, SEEN, SEEN)
def test_what_is_contradicted_stays_contradicted(
    make: object, seen: list[Event], more: list[Event]
) -> None:
    """No later event makes a contradicted claim hold again."""
    question: Question = make()  # type: ignore[operator]
    if ask(question, *seen).answer() is Answer.CONTRADICTED:
        assert ask(question, *more).answer() is Answer.CONTRADICTED


@settings(deadline=None)
@given(CLAIMS, SEEN)
def test_a_claim_is_never_met_before_its_time_is_over(make: object, seen: list[Event]) -> None:
    """It is contradicted, or open."""
    question: Question = make()  # type: ignore[operator]
    assert isinstance(question, Claim)
    assert ask(question, *seen).answer() is not Answer.MET


# Rows


def brute_force(rows: list[Pattern], seen: list[Event], *, in_order: bool) -> bool:
    """Whether some choice of different events meets all rows, in order within one lane."""
    for choice in permutations(range(len(seen)), len(rows)):
        lanes = {seen[e].record.position.lane for e in choice}
        if in_order and (list(choice) != sorted(choice) or len(lanes) > 1):
            continue
        if all(pattern.fits(seen[e]) for pattern, e in zip(rows, choice, strict=True)):
            return True
    return False


ROWS = st.lists(st.sampled_from([row(1), row(2), row(3), Pattern(key="a")]), min_size=1, max_size=4)


@settings(deadline=None)
@given(ROWS, SEEN, st.booleans())
def test_rows_are_met_if_there_is_any_way_to_meet_them(
    rows: list[Pattern], seen: list[Event], in_order: bool
) -> None:
    """Whatever order the events come in, and whichever rows each of them fits."""
    question = ask(TheseArrive("c", rows, in_order=in_order), *seen)
    assert (question.answer() is Answer.MET) == brute_force(rows, seen, in_order=in_order)


@settings(deadline=None)
@given(ROWS, SEEN, st.booleans())
def test_rows_are_met_by_events_that_fit_them(
    rows: list[Pattern], seen: list[Event], in_order: bool
) -> None:
    """What it is met by fits the rows, one by one, in the order of the rows."""
    question = ask(TheseArrive("c", rows, in_order=in_order), *seen)
    if question.answer() is Answer.MET:
        assert len({each.number for each in question.met}) == len(rows)
        assert all(p.fits(m.event) for p, m in zip(rows, question.met, strict=True))
        if in_order:
            assert [m.number for m in question.met] == sorted(m.number for m in question.met)


@settings(deadline=None)
@given(ROWS, SEEN)
def test_only_these_holds_if_and_only_if_rows_and_events_pair_off(
    rows: list[Pattern], seen: list[Event]
) -> None:
    """Every row has an event, and every event of the kind a row."""
    keyed = Pattern(key="a")
    rows = [Pattern(key="a", fields=pattern.fields) for pattern in rows]
    question = ask(OnlyTheseArrive("c", rows, keyed, in_order=False), *seen)
    members = [e for e in seen if keyed.fits(e)]
    pairs = len(members) == len(rows) and brute_force(rows, members, in_order=False)
    holds = question.answer() is Answer.OPEN and question.at_the_end()
    assert holds == pairs


@settings(deadline=None)
@given(ROWS, SEEN, st.randoms())
def test_whether_rows_are_met_does_not_depend_on_the_order_of_arrival(
    rows: list[Pattern], seen: list[Event], random: st.randoms
) -> None:
    """Without `in order`, that is."""
    shuffled = list(seen)
    random.shuffle(shuffled)
    one = ask(TheseArrive("c", rows, in_order=False), *seen)
    other = ask(TheseArrive("c", rows, in_order=False), *shuffled)
    assert one.answer() is other.answer()


def test_in_order_others_may_come_between() -> None:
    """The rows follow one another, not at once."""
    rows = [row(1), row(2)]
    events = [event({"n": n}) for n in (2, 1, 9, 1, 2)]
    question = ask(TheseArrive("c", rows, in_order=True), *events)
    assert question.answer() is Answer.MET
    assert met(question) == [2, 5]


def test_in_order_the_events_of_one_lane_are_enough() -> None:
    """An event of another lane that fits a row too does no harm."""
    rows = [row(1), row(2)]
    other = event({"n": 1}, lane="1")
    question = ask(TheseArrive("c", rows, in_order=True), other, event({"n": 1}), event({"n": 2}))
    assert question.answer() is Answer.MET


def test_in_order_across_lanes_waits_for_the_end_and_is_unproven_then() -> None:
    """The rest may still come in one lane; only when nothing can come it cannot be told."""
    rows = [row(1), row(2)]
    one, other = event({"n": 1}, key="A", number=3), event({"n": 2}, key="B", lane="1", number=0)
    question = ask(TheseArrive("shipments", rows, in_order=True), one, other)
    assert question.answer() is Answer.OPEN
    assert text_of(Unproven, question.at_the_end) == (
        'It cannot be told what the order of these events is: #1 (key "A") lies in partition 0 of '
        '"shipments", #2 (key "B") in partition 1, and order is kept only within one partition. '
        "Key them alike, so that they share a partition, or leave out `in order`."
    )
    assert ask(question, event({"n": 2}, key="A", number=4)).answer() is Answer.MET


def test_only_these_in_order_across_lanes_is_unproven_as_soon_as_all_are_there() -> None:
    """Whatever else came would be one too many."""
    rows = [row(1), row(2)]
    question = OnlyTheseArrive("c", rows, Pattern(), in_order=True)
    ask(question, event({"n": 1}), event({"n": 2}, lane="1"))
    with pytest.raises(Unproven):
        question.answer()


def test_only_these_in_another_order_is_contradicted_as_soon_as_all_are_there() -> None:
    """Nothing that could come would mend it."""
    question = OnlyTheseArrive("c", [row(1), row(2)], Pattern(), in_order=True)
    assert ask(question, event({"n": 2})).answer() is Answer.OPEN
    assert ask(question, event({"n": 1})).answer() is Answer.CONTRADICTED


def test_only_these_is_contradicted_by_an_event_that_fits_no_row() -> None:
    """Of the type and key that are spoken of; others may come."""
    rows, among = [Pattern("T", fields=((N, 1),))], Pattern("T")
    question = OnlyTheseArrive("c", rows, among, in_order=False)
    assert ask(question, event({"n": 2}, type="U")).answer() is Answer.OPEN
    assert ask(question, event({"n": 2}, type="T")).answer() is Answer.CONTRADICTED
