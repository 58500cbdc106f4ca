"""Names that nobody else uses, and that tell their age."""

from __future__ import annotations

import re
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from evtbdd.isolation.names import Names, base36, check, fresh_run_id


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
