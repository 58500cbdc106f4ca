"""The shipping service: it ships the orders that are placed.

It reads the channel `orders` and answers on `shipments`; what it cannot ship goes to `rejected`.
"""

import sys
import uuid
from datetime import datetime, timezone

from messages import Event, Reply, Unreadable, required
from service import run


def handle(event: Event) -> Reply:
    """Answer one event of the channel `orders`."""
    if event.value is None:
        return Reply(f"order {event.name} removed", [event.tombstone("shipments")])
    try:
        order = event.payload()
        if event.type() == "OrderPlaced":
            return placed(event, order)
        if event.type() == "OrderCancelled":
            return cancelled(event, order)
    except Unreadable as reason:
        line = f"cannot read the order at {event.place}: {reason}"
        return Reply(line, [event.forward("rejected", str(reason))])
    return Reply(f"{event.type() or 'an event without a type'} ignored")


def placed(event: Event, order: dict) -> Reply:
    """Ship an order, after its parcels if they are several; where nothing is to pay, reject it."""
    number = required(order, "orderId", str)
    customer = required(order, "customer", str)
    items = required(order, "items", list)
    parcels = required(order, "parcels", int) if "parcels" in order else 1

    if required(order, "total", int, float) <= 0:
        rejection = {"orderId": number, "reason": "nothing to pay"}
        answer = event.answer("rejected", "OrderRejected", rejection)
        return Reply(f"order {number} rejected: nothing to pay", [answer])

    packed = []
    if parcels >= 2:
        for parcel in range(1, parcels + 1):
            contents = {"orderId": number, "parcel": parcel}
            packed.append(event.answer("shipments", "ParcelPacked", contents))

    shipment = {
        "orderId": number,
        "customer": customer,
        "status": "shipped",
        "items": len(items),
        "trackingId": str(uuid.uuid4()),
        "shippedAt": datetime.now(timezone.utc).isoformat(timespec="milliseconds"),
    }
    shipped = event.answer("shipments", "OrderShipped", shipment)
    return Reply(f"order {number} shipped", [*packed, shipped])


def cancelled(event: Event, order: dict) -> Reply:
    """Say that an order will not be shipped."""
    number = required(order, "orderId", str)
    cancellation = {"orderId": number, "status": "cancelled"}
    answer = event.answer("shipments", "ShipmentCancelled", cancellation)
    return Reply(f"order {number} cancelled", [answer])


if __name__ == "__main__":
    sys.exit(run("shipping", consumes="orders", publishes=["shipments", "rejected"], handle=handle))
