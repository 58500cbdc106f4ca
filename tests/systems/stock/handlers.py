"""What the stock service does with orders: the same code in a process on Kafka, and in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar


class NotSaved(Exception):
    """The ledger did not take an entry."""


class Ledger:
    """Where reservations are saved; it refuses what the fault says."""

    def __init__(self, fault: str) -> None:
        self._fault = fault
        self.entries: list[Mapping[str, Any]] = []

    def save(self, entry: Mapping[str, Any]) -> None:
        if self._fault == "ledger-full" or entry["quantity"] > 100:
            raise NotSaved(f"no room for {entry['orderId']}")
        self.entries.append(entry)


class Stock:
    """Reserves what is ordered, and tells so, once it is saved."""

    def __init__(self, publish: Callable[..., None], environment: Mapping[str, str]) -> None:
        self._publish = publish
        self._fault = environment.get("FAULT", "")
        self._ledger = Ledger(self._fault)

    def reserve(self, order: Mapping[str, Any], key: str) -> None:
        entry = {"orderId": order["orderId"], "quantity": order["quantity"], "status": "reserved"}
        if self._fault == "publishes-before-saving":
            self._publish("reservations", entry, type="StockReserved", key=key)
        self._ledger.save(entry)
        if self._fault == "wrong-status":
            entry["status"] = "open"
        if self._fault not in ("silent", "publishes-before-saving"):
            self._publish("reservations", entry, type="StockReserved", key=key)

    def release(self, order: Mapping[str, Any], key: str) -> None:
        self._publish("reservations", {"orderId": order["orderId"]}, type="StockReleased", key=key)

    handles: ClassVar[Mapping[str, object]] = {
        "OrderPlaced": reserve,
        "OrderCancelled": release,
    }
