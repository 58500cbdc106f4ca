"""What code under test is handed where evtbdd hosts it: `handler = package.module:callable`.

A handler is a function or a class, its functions plain or async. It says by names what it wants:

    event                           all of the event, an `Incoming`
    payload, type, key, headers, channel
                                    parts of it
    publish                         a `Publish`, for the channels that the service publishes to
    environment                     the variables of the service's section, by their names

One parameter may have another name: it is handed the payload. Parameters with a default are left
alone unless they are called so; an annotation `Incoming` or `Publish` goes before the name.

    def place(order, publish):
        publish("shipments", {"orderId": order["orderId"]}, type="OrderShipped", key=order["orderId"])

A class is made once for each start of the service; its constructor may want `publish` and
`environment`. What it does with an event says `handles`, by type, as methods or their names; one
without `handles` has a method `handle`, or is callable itself, and is handed every event.

    class Shipping:
        def __init__(self, publish): ...
        async def place(self, order): ...
        handles = {"OrderPlaced": place}

It is handed one event at a time, and acknowledges it by returning. What it raises is a rejection:
the event is handed to it again, up to the channel's `attempts` in all, and then goes to its
`dead letter`, if it has one. An event whose type `handles` does not name ends the service.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Incoming:
    """An event as a handler is handed it.

    `payload` is decoded by the channel's codec, None for a tombstone; `attempt` counts from 1.
    """

    channel: str
    type: str | None
    key: str | bytes | None
    payload: object
    headers: Mapping[str, str | bytes | None]
    attempt: int = 1


class Publish(Protocol):
    """Publishes as the service; it returns when the event is stored."""

    def __call__(
        self,
        channel: str,
        payload: object,
        *,
        type: str | None = None,
        key: str | bytes | None = None,
        headers: Mapping[str, str | bytes | None] | None = None,
    ) -> None:
        """Publish a payload that the channel's codec takes; None is a tombstone, and needs a key."""
