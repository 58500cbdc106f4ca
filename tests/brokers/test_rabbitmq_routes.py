"""Whether a binding lets an event pass: what RabbitMQ itself would say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from evtbdd.brokers.rabbitmq.layout import Binding
from evtbdd.brokers.rabbitmq.routes import matches, takes

TOPICS = (
    ("#", "", True),
    ("#", "a", True),
    ("#", "a.b.c", True),
    ("*", "a", True),
    ("*", "a.b", False),
    ("*", "", False),
    ("a.*", "a.b", True),
    ("a.*", "a", False),
    ("a.*", "a.", True),
    ("a.#", "a", True),
    ("a.#", "a.b.c", True),
    ("a.#", "b.a", False),
    ("#.z", "z", True),
    ("#.z", "a.b.z", True),
    ("#.z", "a.zz", False),
    ("a.#.z", "a.z", True),
    ("a.#.z", "a.b.c.z", True),
    ("a.*.z", "a.z", False),
    ("#.b.#", "a.b.c", True),
    ("a", "a", True),
    ("a", "A", False),
    ("", "", True),
    ("", "a", False),
)
"""A binding, a routing key, and whether that passes."""


@pytest.mark.parametrize(("bound", "key", "passes"), TOPICS)
def test_topics(bound: str, key: str, passes: bool) -> None:
    """A star is one word, a hash none or more."""
    assert matches("topic", bound, {}, key, {}) is passes


@pytest.mark.parametrize(
    ("arguments", "passes"),
    [
        ({}, True),
        ({"x-match": "any"}, False),
        ({"region": "eu"}, True),
        ({"region": "us"}, False),
        ({"region": "eu", "size": "1"}, False),
        ({"x-match": "any", "region": "eu", "size": "1"}, True),
        ({"region": None}, True),
        ({"x-retry": "1"}, True),
        ({"x-match": "all-with-x", "x-retry": "1"}, False),
    ],
)
def test_headers(arguments: Mapping[str, object], passes: bool) -> None:
    """All, unless any will do; a header without a value need only be there."""
    assert matches("headers", "", arguments, "a", {"region": b"eu"}) is passes


def bound(destination: str, key: str, kind: str = "queue") -> Mapping[str, Any]:
    return {
        "destination": destination,
        "destination_type": kind,
        "routing_key": key,
        "arguments": {},
    }


BINDINGS = {
    "orders": [
        bound("evtbdd.tap.1", "#"),
        bound("eu", "eu.#"),
        bound("audit", "*.audit", "exchange"),
        bound("sharded", "sharded", "exchange"),
    ],
    "audit": [bound("audits", "")],
    "sharded": [bound("shards", "1")],
}
KINDS = {"orders": "topic", "audit": "fanout", "sharded": "x-consistent-hash"}


@pytest.mark.parametrize(
    ("key", "taken"), [("eu.1", True), ("us.1", False), ("us.audit", True), ("sharded", None)]
)
def test_who_takes_an_event(key: str, taken: bool | None) -> None:
    """Queues, also by way of other exchanges, but no tap; a plugin's exchange may or may not."""
    target = Binding("orders", key)
    assert takes(target, {}, lambda e: BINDINGS.get(e, ()), lambda e: KINDS[e]) is taken
