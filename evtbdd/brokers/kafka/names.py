"""Which names Kafka takes for a topic (org.apache.kafka.common.internals.Topic)."""

from __future__ import annotations

import re

LONGEST = 249


def name_fault(name: str) -> str | None:
    """Why Kafka would refuse a topic of that name, as a clause; None where it would not."""
    if not name:
        return "it is empty"
    if name in {".", ".."}:
        return 'it is "." or ".."'
    if len(name) > LONGEST:
        return f"it has {len(name)} characters, and Kafka takes {LONGEST}"
    illegal = sorted(set(re.sub(r"[A-Za-z0-9._-]", "", name)))
    if illegal:
        shown = " ".join("a space" if sign == " " else sign for sign in illegal)
        return f"it holds {shown}, and Kafka takes only letters, digits, and . _ -"
    return None
