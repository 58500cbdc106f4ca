"""The ledger: it books the orders that are placed, into a table and into a file.

It reads the topic ORDERS and knows nothing of evtbdd. The table `bookings` is in the database that
LEDGER names, a line for each booking goes into the file REPORT. FAULT names what it does wrong.
"""

import json
import os
import signal
import sqlite3
import sys
import threading
from pathlib import Path

from confluent_kafka import Consumer

CONSUMER = {
    "enable.auto.commit": False,
    "auto.offset.reset": "earliest",
    "partition.assignment.strategy": "range",
    "session.timeout.ms": 6000,
    "fetch.wait.max.ms": 20,
    "topic.metadata.refresh.interval.ms": 1000,
}
FAULTS = ("wrong-status", "dropped", "duplicate", "extra-row", "wrong-order", "crash-on-event", "")


class Ledger:
    """The table, by the driver that its URL asks for."""

    def __init__(self, url: str) -> None:
        if url.startswith("sqlite:///"):
            self._link = sqlite3.connect(url.removeprefix("sqlite:///"))
            self._sign = "?"
        else:
            import psycopg

            self._link = psycopg.connect(url)
            self._sign = "%s"

    def book(self, rows: list[tuple[str, str, float]]) -> None:
        """Put rows into the table, all at once."""
        signs = ", ".join([self._sign] * 3)
        for row in rows:
            self._link.execute(
                f"INSERT INTO bookings (order_id, status, total) VALUES ({signs})", row
            )
        self._link.commit()


def bookings(order: dict[str, object], fault: str) -> list[tuple[str, str, float]]:
    """The rows that an order is booked as: one, unless something is wrong."""
    booking = (str(order["orderId"]), "booked", float(order["total"]))
    if fault == "wrong-status":
        return [(booking[0], "open", booking[2])]
    if fault == "dropped":
        return []
    if fault == "duplicate":
        return [booking, booking]
    return [booking, ("intruder", "booked", 0.0)] if fault == "extra-row" else [booking]


def lines(rows: list[tuple[str, str, float]], fault: str) -> list[str]:
    """The lines of the report: one for each row, and one that closes them."""
    found = [*(f"{order},{status}" for order, status, _ in rows), "--"]
    return found[::-1] if fault == "wrong-order" else found


def main() -> int:
    """Book until SIGTERM; return the exit code."""
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    fault = os.environ.get("FAULT", "")
    if fault not in FAULTS:
        print(f"ledger: nobody knows the fault {fault}", flush=True)
        return 2
    ledger = Ledger(os.environ["LEDGER"])
    consumer = Consumer(
        {**CONSUMER, "bootstrap.servers": os.environ["KAFKA"], "group.id": os.environ["GROUP"]}
    )
    consumer.subscribe([os.environ["ORDERS"]])
    while not stopping.is_set():
        message = consumer.poll(0.1)
        if message is None or message.error():
            continue
        if fault == "crash-on-event":
            print("fatal: the ledger does not add up", flush=True)
            os._exit(1)
        order = json.loads(message.value())
        rows = bookings(order, fault)
        ledger.book(rows)
        with Path(os.environ["REPORT"]).open("a", encoding="utf-8") as report:
            report.write("".join(f"{line}\n" for line in lines(rows, fault)))
        consumer.commit(message=message, asynchronous=False)
        print(f"ledger: {order['orderId']} done", flush=True)
    consumer.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
