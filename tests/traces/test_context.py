"""The header `traceparent`, as W3C's page has it."""

from __future__ import annotations

import pytest

from evtbdd.traces.context import trace_of, traceparent

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def test_each_header_begins_a_trace_of_its_own() -> None:
    """And can be read back."""
    first, second = traceparent(), traceparent()
    assert trace_of(first) != trace_of(second)
    assert trace_of(first) == first.split("-")[1]
    assert first.endswith("-01")


@pytest.mark.parametrize(
    ("header", "trace"),
    [
        (f"00-{TRACE}-00f067aa0ba902b7-01", TRACE),
        (f" 00-{TRACE}-00f067aa0ba902b7-00 ", TRACE),
        (f"01-{TRACE}-00f067aa0ba902b7-01-of-the-future", TRACE),
        (f"ff-{TRACE}-00f067aa0ba902b7-01", None),
        (f"00-{'0' * 32}-00f067aa0ba902b7-01", None),
        (f"00-{TRACE}-{'0' * 16}-01", None),
        (f"00-{TRACE.upper()}-00f067aa0ba902b7-01", None),
        ("", None),
        (b"\xff", None),
        (None, None),
    ],
)
def test_only_what_is_a_header_is_read(header: object, trace: str | None) -> None:
    """Zeros, another version's reserved number and capitals are none."""
    assert trace_of(header) == trace
