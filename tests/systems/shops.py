"""The shop over any broker: its channels for one test, and its services as processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar

SHOP = Path(__file__).parent / "shop"
CHANNELS = ("orders", "shipments", "notifications", "rejected", "orders-old")
CONSUMED = {"shipping": "orders", "notifications": "shipments"}
PATIENCE = 10.0  # seconds, for everything that is waited for

T = TypeVar("T")


def waited_for(look: Callable[[], T | None], what: str) -> T:
    """Look until there is something to return; fail when patience is over."""
    deadline = time.monotonic() + PATIENCE
    while (found := look()) is None:
        assert time.monotonic() < deadline, f"{what}: not within {PATIENCE} seconds"
        time.sleep(0.02)
    return found


@dataclass(frozen=True, slots=True)
class Running:
    """A service process, and its log."""

    process: subprocess.Popen[bytes]
    log_file: Path

    def log(self) -> list[str]:
        """Every line that it has written so far."""
        return self.log_file.read_text().splitlines()

    def exit_code(self) -> int:
        """Wait until it ends by itself."""
        return self.process.wait(PATIENCE)

    def stopped(self) -> int:
        """Ask it to stop, and wait until it did."""
        self.process.terminate()
        return self.exit_code()

    def wait_for_line(self, line: str) -> None:
        """Wait until its log holds a line."""
        waited_for(lambda: line in self.log() or None, f"the line {line!r}")


@dataclass(frozen=True, slots=True)
class Seen:
    """An event as it lies on a channel; a value of None is a tombstone."""

    key: str
    value: bytes | None
    headers: dict[str, str]
    partition: int = 0

    @property
    def type(self) -> str | None:
        """Its type, by the header."""
        return self.headers.get("type")

    @property
    def payload(self) -> dict[str, Any]:
        """The JSON in it."""
        return json.loads(self.value or b"")


class Ground(Protocol):
    """The channels of one test on one broker, by its own driver; `any_bytes` if it carries them."""

    any_bytes: bool

    def environment(self, service: str) -> Mapping[str, str]:
        """What a service must be told of the broker, besides the names of channels."""

    def called(self, channel: str) -> str:
        """What a channel is called on the broker."""

    def begin(self, service: str, channel: str) -> None:
        """Have a service miss nothing of a channel, whenever it is ready."""

    def publish(self, channel: str, key: str, value: bytes | None, headers: dict[str, str]) -> None:
        """Publish an event, and return when it is stored."""

    def events(self, channel: str) -> list[Seen]:
        """Everything that came on a channel since the test began."""

    def open(self, service: str, channel: str) -> int:
        """How many events of a channel a service has not acknowledged."""

    def place(self, number: int) -> str:
        """What services log of the place of the first event of a channel, 0, and of the others.

        A regular expression.
        """

    def close(self) -> None:
        """Delete what was made."""


class Shop:
    """Services over the channels of one test."""

    ORDER: ClassVar = {
        "orderId": "ORD-1",
        "customer": "ann",
        "items": [{"sku": "tea", "quantity": 2}],
        "total": 20.0,
    }
    waited_for = staticmethod(waited_for)

    def __init__(self, ground: Ground, folder: Path) -> None:
        self.ground = ground
        self.folder = folder
        self.running: list[Running] = []
        self.events = ground.events

    def launch(self, service: str, **environment: str) -> Running:
        """Start a service; a variable that is empty is not set."""
        settings = {
            **self.ground.environment(service),
            **{name.upper(): self.ground.called(name) for name in CHANNELS[:4]},
            **environment,
        }
        log_file = self.folder / f"{service}-{len(self.running)}.log"
        with log_file.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, SHOP / f"{service}.py"],
                env={**os.environ, **settings},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.running.append(Running(process, log_file))
        return self.running[-1]

    def start(self, service: str, fault: str = "", **environment: str) -> Running:
        """Start a service that misses nothing."""
        self.ground.begin(service, CONSUMED[service])
        return self.launch(service, FAULT=fault, **environment)

    def publish(
        self, channel: str, key: str, value: bytes | None, headers: dict[str, str] | None = None
    ) -> None:
        """Publish an event, and return when it is stored."""
        self.ground.publish(channel, key, value, headers or {})

    def place(self, type_: str | None = "OrderPlaced", key: str = "ORD-1", **fields: Any) -> None:
        """Publish the order, with some fields changed."""
        value = json.dumps({**self.ORDER, **fields}).encode()
        self.publish("orders", key, value, {"type": type_} if type_ else {})

    def answers(self, fault: str = "", **order: Any) -> list[Seen]:
        """Everything on `shipments` when the shipping service has handled one order."""
        self.start("shipping", fault)
        self.place(**order)
        self.handled("shipping")
        return self.events("shipments")

    @staticmethod
    def keys_and_types(events: list[Seen]) -> list[tuple[str, str | None]]:
        """What events are, without what they say."""
        return [(event.key, event.type) for event in events]

    def open(self, service: str) -> int:
        """How many events a service has not acknowledged."""
        return self.ground.open(service, CONSUMED[service])

    def handled(self, service: str) -> None:
        """Wait until a service has acknowledged all that was published to it."""
        waited_for(lambda: self.open(service) == 0 or None, f"the end of {service}'s work")

    def close(self) -> None:
        """Leave no process and no channel behind."""
        for service in self.running:
            service.process.kill()
            service.process.wait(PATIENCE)
        self.ground.close()
