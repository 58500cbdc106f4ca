"""Which names SQS takes, those of taps, and how a channel's name is made to fit."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evtbdd.brokers.sqs.adapter import CAPABILITIES
from evtbdd.brokers.sqs.names import LONGEST, TAPPED, fresh_tap, name_fault, tap_prefix, tapped
from evtbdd.isolation.names import Names, OwnName
from evtbdd.ports import NameRule

RUN = "t3fkq0abcde"
QUEUE = CAPABILITIES.of({}).names
FIFO = CAPABILITIES.of({"fifo": "yes"}).names


@pytest.mark.parametrize("name", ["a", "Orders_2-x", "x" * 80, "a.fifo", "x" * 75 + ".fifo"])
def test_what_sqs_takes(name: str) -> None:
    """Letters, digits, _ and -, up to 80 of them, the ending of FIFO queues included."""
    assert name_fault(name) is None


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("", "it is empty"),
        (".fifo", "it is empty"),
        ("x" * 81, "it has 81 characters, and SQS takes 80"),
        ("x" * 76 + ".fifo", "it has 81 characters, and SQS takes 80"),
        ("orders.retry", "it holds ., and SQS takes only letters, digits, _ and -"),
        ("a b/ü", "it holds a space / ü, and SQS takes only letters, digits, _ and -"),
    ],
)
def test_what_sqs_refuses(name: str, fault: str) -> None:
    """Each in a clause."""
    assert name_fault(name) == fault


@pytest.mark.parametrize("name", ["orders", "x" * TAPPED, "orders.fifo", "orders__tap_x"])
def test_a_tap_is_called_after_its_channel(name: str) -> None:
    """So that what a killed run has left of it is found by the channel's name."""
    tap = fresh_tap(name)
    assert name_fault(tap) is None
    assert tapped(tap) == name
    assert tap.startswith(tap_prefix(name))
    assert tap.endswith(".fifo") == name.endswith(".fifo")
    assert fresh_tap(name) != tap


@pytest.mark.parametrize(
    "name", ["orders", "__tap_abc123", "orders__tap_abc12", "orders__tap_ABC123"]
)
def test_other_queues_are_no_taps(name: str) -> None:
    """They only look like one."""
    assert tapped(name) is None


@settings(deadline=None)
@given(st.text(min_size=1, max_size=120), st.sampled_from([QUEUE, FIFO]))
def test_every_channel_has_a_name_that_fits(channel: str, rule: NameRule) -> None:
    """Whatever it is called; it is known as evtbdd's again, and can be tapped."""
    name = Names("evtbdd", RUN).channel("s12", channel, rule)
    assert name_fault(name) is None
    assert len(fresh_tap(name)) <= LONGEST
    own = OwnName.parse(name, "evtbdd")
    assert own is not None
    assert (own.name, own.run, own.scope) == (name, RUN, "s12")


def test_a_name_that_fits_is_left_as_it_is() -> None:
    """The hash is only there where it is needed."""
    assert Names("evtbdd", RUN).channel("s12", "orders", QUEUE) == f"evtbdd-{RUN}-s12-orders-zfb1"
    assert (
        Names("evtbdd", RUN).channel("s12", "orders", FIFO) == f"evtbdd-{RUN}-s12-orders-m8tc.fifo"
    )


def test_names_that_are_made_to_fit_do_not_meet() -> None:
    """Nor do they meet those that fit by themselves."""
    alike = ["orders.retry", "orders-retry", "orders retry", "orders/retry", "orders_retry"]
    long = ["x" * 60 + end for end in ("a", "b", "ab")]
    names = {Names("evtbdd", RUN).channel("s12", each, QUEUE) for each in alike + long}
    assert len(names) == len(alike) + len(long)


def test_a_fifo_queue_is_known_by_its_whole_name() -> None:
    """Whoever adds an ending to one of our names, or takes it away, has one of their own."""
    queue = Names("evtbdd", RUN).channel("s12", "orders", QUEUE)
    fifo = Names("evtbdd", RUN).channel("s12", "orders", FIFO)
    assert OwnName.parse(f"{queue}.fifo", "evtbdd") is None
    assert OwnName.parse(fifo.removesuffix(".fifo"), "evtbdd") is None
    assert OwnName.parse(fifo, "evtbdd") == OwnName(fifo, RUN, "s12", "orders", int(RUN[:-5], 36))
