"""Bindings to the exchanges of other channels, as they are written."""

from __future__ import annotations

import pytest

from evtbdd.brokers.bindings import elsewhere, renamed


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("orders: eu.#", ("orders", "eu.#")),
        ("my orders:   eu: x", ("my orders", "eu: x")),
        ("orders:", ("orders", "")),
        ("#", None),
        ("urn:eu", None),
        ("", None),
    ],
)
def test_a_binding_elsewhere(line: str, found: tuple[str, str] | None) -> None:
    """The channel stands before a colon and a space; a key may hold colons."""
    assert elsewhere(line) == found


def test_the_channel_gets_its_physical_name() -> None:
    """A key of the own exchange stays what it is."""
    assert renamed("orders: eu.#", str.upper) == "ORDERS: eu.#"
    assert renamed("urn:eu", str.upper) == "urn:eu"
