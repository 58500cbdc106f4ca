"""Which names RabbitMQ takes for an exchange or a queue (AMQP 0-9-1, `exchange.declare`)."""

from __future__ import annotations

LONGEST = 255
"""Bytes of a short string."""

OWN = "amq."
TAP = "evtbdd.tap."
"""What the names of the queues begin with by which evtbdd looks on."""

LOCK = "evtbdd.lock."
"""What those begin with by which a run holds channels."""


def name_fault(name: str) -> str | None:
    """Why RabbitMQ would refuse a channel of that name, as a clause; None where it would not."""
    if not name:
        return "it is empty"
    if (size := len(name.encode())) > LONGEST:
        return f"it has {size} bytes in UTF-8, and RabbitMQ takes {LONGEST}"
    if name.startswith(OWN):
        return f'names that begin with "{OWN}" are RabbitMQ\'s own'
    if name.startswith((TAP, LOCK)):
        return f'names that begin with "{TAP}" or "{LOCK}" are those of queues of evtbdd itself'
    if "\r" in name or "\n" in name:
        return "it holds a line break, which RabbitMQ leaves out"
    return None


def is_own(name: str) -> bool:
    """Whether an exchange or a queue is nobody's channel: RabbitMQ's own, or evtbdd's."""
    return not name or name.startswith((OWN, TAP, LOCK))
