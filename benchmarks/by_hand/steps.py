"""The two steps of a scenario with a channel of its own (own_channels.py), written by hand."""

from __future__ import annotations

import json
from typing import Any

from behave import then, when


@when('an event is published to "orders" with key "{key}":')
def publish(context: Any, key: str) -> None:
    payload = {row["field"]: row["value"] for row in context.table}
    context.link.publish(context.name, key, json.dumps(payload).encode())


@then('an event arrives on "orders" with key "{key}" with:')
def arrives(context: Any, key: str) -> None:
    expected = {row["field"]: row["value"] for row in context.table}
    found = json.loads(context.link.receive())
    assert found == expected, f"{key}: {found}"
