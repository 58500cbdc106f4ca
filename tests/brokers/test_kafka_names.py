"""Which names Kafka takes for a topic, and why not the others."""

from __future__ import annotations

import pytest

from evtbdd.brokers.kafka.names import name_fault


@pytest.mark.parametrize("name", ["orders", "a.b_c-D9", "x" * 249, "...", "_"])
def test_legal(name: str) -> None:
    """Letters, digits, dots, underscores and dashes, up to 249 of them."""
    assert name_fault(name) is None


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("", "it is empty"),
        (".", 'it is "." or ".."'),
        ("..", 'it is "." or ".."'),
        ("x" * 250, "it has 250 characters, and Kafka takes 249"),
        (
            "two words/ö",
            "it holds a space / ö, and Kafka takes only letters, digits, and . _ -",
        ),
    ],
)
def test_illegal(name: str, fault: str) -> None:
    """Each fault is a clause that says what is wrong, and what would be right."""
    assert name_fault(name) == fault
