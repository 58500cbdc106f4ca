"""What an event can be told apart by: its key, and every single value that it holds."""

from __future__ import annotations

import pytest
from expect.support import Scene, event, table
from hypothesis import given
from hypothesis import strategies as st

from evtbdd.expect.described import pattern_of
from evtbdd.expect.marks import demanded, is_distinct, mark, marks, marks_at
from evtbdd.expect.pattern import Pattern
from evtbdd.values.addresses import Address


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("ORD-1", "ORD-1"),
        (42, "42"),
        (42.0, "42"),
        (0.5, "0.5"),
        (True, "true"),
        (False, "false"),
        (b"ORD-1", "ORD-1"),
        (b"\xff", "ff"),
    ],
)
def test_a_single_value_is_a_mark(value: object, text: str) -> None:
    """As its text: a key 42 and a number 42 are one."""
    assert mark(value) == text


@pytest.mark.parametrize(
    "value", [None, "", [], {}, ["x"], float("nan"), float("inf"), "x" * 1001, b"x" * 1001]
)
def test_what_tells_nothing_is_none(value: object) -> None:
    """Neither null nor an empty text tells two events apart; and a megabyte is not worth keeping."""
    assert mark(value) is None


def test_an_event_holds_its_key_its_headers_and_its_payload() -> None:
    """At any depth; names of fields are no values."""
    held = marks(
        event(
            {"order": {"id": 7}, "lines": [{"sku": "A"}], "note": None}, key="k", headers={"t": "x"}
        )
    )
    assert held == {"7", "A", "k", "x"}


def test_a_payload_that_cannot_be_read_is_one_value() -> None:
    """Its raw text; a tombstone has none."""
    assert marks(event(raw=b"oops", key="k")) == {"oops", "k"}
    assert marks(event(raw=None, key="k")) == {"k"}


def test_the_marks_at_an_address() -> None:
    """One, several for a list, none where nothing is."""
    seen = event({"id": 7, "lines": [{"sku": "A"}, {"sku": "B"}], "none": None}, key="k")
    found = [marks_at(Address.parse(at), seen) for at in ("id", "lines[*].sku", "@key")]
    assert found == [{"7"}, {"A", "B"}, {"k"}]
    assert [marks_at(Address.parse(at), seen) for at in ("other", "none")] == [set(), set()]


def test_a_step_demands_its_key_and_the_values_of_its_data() -> None:
    """Not what a matcher leaves open, but what is the same as something remembered."""
    values = Scene().values
    values.remember("order", "ORD-1")
    data = table(
        """
        | field   | value              |
        | orderId | ${same as order}   |
        | other   | ${not same as order} |
        | state   | ${one of a, b}     |
        | lines   | [{"sku": "S"}, 3]  |
        | @key    | k                  |
        """
    )
    assert demanded(pattern_of(data, Pattern("T"), values)) == {"ORD-1", "S", "3", "k"}
    assert demanded(Pattern(key="k", text="done")) == {"k", "done"}
    assert demanded(Pattern("T", tombstone=True)) == set()


def test_a_demand_is_distinct_by_what_only_own_events_hold() -> None:
    """One value is enough; what others hold too, or nobody, tells nothing."""
    own, others = frozenset({"ORD-2", "ann"}), frozenset({"ORD-1", "ann"})
    assert is_distinct(["ORD-2"], own, others)
    assert is_distinct(["ann", "created", "ORD-2"], own, others)
    assert not is_distinct(["ann"], own, others)
    assert not is_distinct(["created"], own, others)
    assert not is_distinct([], own, others)


@given(
    st.sets(st.sampled_from("abcdef")),
    st.sets(st.sampled_from("abcdef")),
    st.sets(st.sampled_from("abcdef")),
)
def test_what_is_distinct_does_not_stay_so_as_more_is_left_open(
    wanted: set[str], own: set[str], others: set[str]
) -> None:
    """More open triggers make no answer more certain; more own events make none less so."""
    if not is_distinct(wanted, own, others):
        assert not is_distinct(wanted, own, others | {"a"})
        assert not is_distinct(wanted, own - {"a"}, others)
