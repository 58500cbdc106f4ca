"""The notifications service: it tells customers that their order is on its way.

It reads the channel `shipments` and answers on `notifications`.
"""

import sys

from messages import Event, Reply, Unreadable, required
from service import run


def handle(event: Event) -> Reply:
    """Answer one event of the channel `shipments`."""
    if event.value is None:
        return Reply(f"the removal of order {event.name} ignored")
    try:
        shipment = event.payload()
        if event.type() == "OrderShipped":
            return shipped(event, shipment)
    except Unreadable as reason:
        return Reply(f"cannot read the shipment at {event.place}: {reason}")
    return Reply(f"{event.type() or 'an event without a type'} ignored")


def shipped(event: Event, shipment: dict) -> Reply:
    """Tell the customer."""
    number = required(shipment, "orderId", str)
    customer = required(shipment, "customer", str)
    notification = {
        "orderId": number,
        "customer": customer,
        "message": f"Your order {number} is on its way.",
    }
    answer = event.answer("notifications", "CustomerNotified", notification)
    return Reply(f"customer {customer} notified of order {number}", [answer])


if __name__ == "__main__":
    sys.exit(run("notifications", consumes="shipments", publishes=["notifications"], handle=handle))
