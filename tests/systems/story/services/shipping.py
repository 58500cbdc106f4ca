"""The shipping of the story: an order that comes in gets its row in the ledger, and is shipped.

It reads ORDERS and publishes OrderShipped on SHIPMENTS; the ledger is the table `shipments` of
DATABASE. It is a service of the shop's kind: tests/systems/shop is on its PYTHONPATH.
"""

import os
import sys

from brokers import setting
from ledger import Ledger
from messages import Event, Reply, Unreadable, required
from service import run


def main() -> int:
    """Open the ledger, and ship until SIGTERM."""
    ledger = Ledger(setting("DATABASE"), os.environ.get("LEDGER_FAULT", ""))

    def handle(event: Event) -> Reply:
        try:
            if event.type() != "OrderPlaced":
                return Reply(f"{event.type() or 'an event without a type'} ignored")
            order = event.payload()
            number, total = required(order, "orderId", str), required(order, "total", int, float)
        except Unreadable as reason:
            return Reply(f"cannot read the order at {event.place}: {reason}")
        ledger.enter(number, total)
        shipment = {"orderId": number, "total": total, "status": "shipped"}
        return Reply(
            f"order {number} shipped", [event.answer("shipments", "OrderShipped", shipment)]
        )

    return run("shipping", consumes="orders", publishes=["shipments"], handle=handle)


if __name__ == "__main__":
    sys.exit(main())
