"""Names that nobody else uses, and that tell their age."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evtbdd.isolation.names import (
    DIGITS,
    Names,
    OwnName,
    base36,
    check,
    fresh_run_id,
    holds,
    is_of_scope,
)


@settings(deadline=None)
@given(st.integers(0, 10**15))
def test_base36_is_read_back_by_python(number: int) -> None:
    """Digits and small letters, nothing in front."""
    assert int(base36(number), 36) == number
    assert base36(number) == "0" or not base36(number).startswith("0")


def test_a_run_id_tells_when_it_was_made() -> None:
    """Seconds in base 36, then five random signs."""
    before = int(time.time())
    run = fresh_run_id()
    assert re.fullmatch(r"[0-9a-z]{11,}", run)
    assert before <= int(run[:-5], 36) <= int(time.time())


def test_two_runs_of_the_same_second_have_different_ids() -> None:
    """A hundred of them have."""
    assert len({fresh_run_id() for _ in range(100)}) == 100


def test_a_name_says_prefix_run_scope_and_channel_and_ends_in_its_check() -> None:
    """In this order."""
    name = Names("evtbdd", "abc12345").channel("s12", "orders")
    assert name == "evtbdd-abc12345-s12-orders-" + check("evtbdd-abc12345-s12-orders")
    assert re.fullmatch(r"evtbdd-abc12345-s12-orders-[0-9a-z]{4}", name)


PARTS = st.text("abc-._0", min_size=1, max_size=6)


@settings(deadline=None)
@given(PARTS, PARTS, PARTS, PARTS)
def test_the_check_is_of_all_that_stands_before_it(
    prefix: str, run: str, scope: str, channel: str
) -> None:
    """So whoever sees a name can tell whether it is evtbdd's."""
    whole, _, last = Names(prefix, run).channel(scope, channel).rpartition("-")
    assert check(whole) == last
    assert len(last) == 4


def test_a_name_of_somebody_else_does_not_check() -> None:
    """It only looks like one."""
    assert check("evtbdd-abc12345-s12-orders") != "0000"
    assert check("evtbdd-abc12345-s12-order") != check("evtbdd-abc12345-s12-orders")


RUN = "t3fkq0abcde"
SCOPES = st.one_of(
    st.just("run"), st.builds("{}{}".format, st.sampled_from("sf"), st.integers(1, 10**6))
)
SIGNS = DIGITS + DIGITS.upper() + "._-"
LEGAL = st.text(SIGNS, min_size=1, max_size=40)
"""Whatever Kafka takes for a topic."""

RUNS = st.builds(
    lambda born, random: base36(born) + random,
    st.integers(36**5, 36**7 - 1),
    st.text(DIGITS, min_size=5, max_size=5),
)


@settings(deadline=None)
@given(st.text(SIGNS, max_size=12), RUNS, SCOPES, st.one_of(LEGAL, st.text(min_size=1)))
def test_a_name_is_read_back(prefix: str, run: str, scope: str, channel: str) -> None:
    """Run, scope, channel and the second in which the run began, whatever the channel is called."""
    name = Names(prefix, run).channel(scope, channel)
    assert OwnName.parse(name, prefix) == OwnName(name, run, scope, channel, int(run[:-5], 36))


def test_a_fresh_name_is_read_back() -> None:
    """With the time that it is now."""
    before = int(time.time())
    run = fresh_run_id()
    own = OwnName.parse(Names("evtbdd", run).channel("s12", "orders"), "evtbdd")
    assert own is not None
    assert (own.run, own.scope, own.channel) == (run, "s12", "orders")
    assert before <= own.born <= int(time.time())


@settings(deadline=None, derandomize=True)
@given(LEGAL, st.data())
def test_a_name_with_one_changed_sign_is_not_ours(channel: str, data: st.DataObject) -> None:
    """By its check, which one in 1,679,616 changes fits: so the examples are always the same."""
    name = Names("evtbdd", RUN).channel("s12", channel)
    place = data.draw(st.integers(0, len(name) - 1))
    sign = data.draw(st.sampled_from(SIGNS.replace(name[place], "")))
    assert OwnName.parse(name[:place] + sign + name[place + 1 :], "evtbdd") is None


def test_no_sign_of_a_name_can_be_changed_added_or_left_out() -> None:
    """All of the 5,000 and more names that are one sign away from one of ours."""
    name = Names("evtbdd", RUN).channel("s12", "orders.retry")
    near = {name[:i] + sign + name[i + 1 :] for i in range(len(name)) for sign in SIGNS}
    near |= {name[:i] + sign + name[i:] for i in range(len(name) + 1) for sign in SIGNS}
    near |= {name[:i] + name[i + 1 :] for i in range(len(name))}
    assert len(near) > 5000
    assert [each for each in near if OwnName.parse(each, "evtbdd") is not None] == [name]


PREFIXES = st.text("evtbd-._0", max_size=8)


@settings(deadline=None)
@given(PREFIXES, PREFIXES, SCOPES, LEGAL)
def test_a_name_of_another_prefix_is_not_ours(
    ours: str, other: str, scope: str, channel: str
) -> None:
    """Also where one prefix begins with the other."""
    name = Names(other, RUN).channel(scope, channel)
    assert (OwnName.parse(name, ours) is not None) == (ours == other)


def test_the_names_of_the_docs_are_such_names() -> None:
    """The page that explains them shows one that checks."""
    page = (Path(__file__).resolve().parents[2] / "docs" / "isolation.md").read_text("utf-8")
    shown = set(re.findall(r"evtbdd-\S+-orders-\w{4}", page))
    assert [OwnName.parse(name, "evtbdd") is not None for name in shown] == [True]


@pytest.mark.parametrize(
    "whole",
    [
        "orders",
        "evtbdd-orders",
        f"{RUN}-s12-orders",
        "evtbdd-conformance-0123456789ab",
        f"evtbdd-{RUN}-s12",
        f"evtbdd-{RUN}-s0-orders",
        f"evtbdd-{RUN}-x12-orders",
        f"evtbdd-{RUN[1:]}-s12-orders",
        f"evtbdd-0{RUN[1:]}-s12-orders",
        f"evtbdd-{RUN.upper()}-s12-orders",
    ],
)
def test_a_check_that_fits_is_not_enough(whole: str) -> None:
    """What evtbdd never calls anything is not evtbdd's, whatever it ends in."""
    assert OwnName.parse(whole, "evtbdd") is None
    assert OwnName.parse(f"{whole}-{check(whole)}", "evtbdd") is None


@pytest.mark.parametrize(
    ("group", "ours"),
    [
        (f"shipping-{RUN}-s12", True),
        (f"{RUN}-run", True),
        (f"{RUN}-f3.shipping", True),
        (f"shipping-{RUN}", False),
        (f"shipping-{RUN}-12", False),
        (f"shipping-{RUN}-s12a", False),
        (f"shipping-0{RUN}-s12", False),
        ("shipping", False),
    ],
)
def test_a_group_is_of_a_scope_by_its_id(group: str, ours: bool) -> None:
    """The id stands by itself in its name."""
    assert is_of_scope(group, RUN) is ours


@pytest.mark.parametrize(
    ("group", "held"),
    [
        ("shipping-t3x1k2abcde-s1", True),
        ("t3x1k2abcde-s1", True),
        ("shipping-t3x1k2abcde-s12", False),
        ("shipping-xt3x1k2abcde-s1", False),
        ("shipping", False),
    ],
)
def test_a_group_is_of_the_scope_whose_id_it_holds(group: str, held: bool) -> None:
    """The first scenario's id is not found in that of the twelfth."""
    assert holds(group, "t3x1k2abcde-s1") is held
