"""What the services share: consume, handle, publish, acknowledge; one event after the other."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from brokers import MissingSetting, setting, source, target
from faults import Faults, UnknownFault
from messages import Event, Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from messages import Answer

    Handler = Callable[[Event], Reply]


@dataclass(frozen=True, slots=True)
class Settings:
    """What a service is told by its environment."""

    name: str
    faults: Faults
    broker: str  # BROKER, where it consumes
    answers: str  # ANSWERS, where it publishes if that is another broker
    channels: dict[str, str]  # what they are called there; that of `orders` is told by ORDERS

    @classmethod
    def read(cls, name: str, channels: list[str]) -> Settings:
        """Read the environment variables; raise UnknownFault, MissingSetting."""
        faults = Faults(name, os.environ.get("FAULT", ""))
        called = {channel: setting(channel.upper()) for channel in channels}
        broker = setting("BROKER")
        return cls(name, faults, broker, os.environ.get("ANSWERS") or broker, called)


def run(name: str, *, consumes: str, publishes: list[str], handle: Handler) -> int:
    """Run a service until SIGTERM, and return its exit code."""
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    log = opened_log(name)
    try:
        settings = Settings.read(name, [consumes, *publishes])
        if "quiet-log" in settings.faults:
            logging.disable()
        if "crash-at-start" in settings.faults:
            log.error("cannot open the ledger")
            return 3
        if "dead-but-running" in settings.faults:
            with listening():
                log.info("started")
                while not stopping.is_set():
                    time.sleep(0.1)
        else:
            serve(settings, consumes, handle, stopping, log)
    except (UnknownFault, MissingSetting) as error:
        log.error("%s", error)
        return 2
    log.info("stopped")
    return 0


def serve(
    settings: Settings,
    consumes: str,
    handle: Handler,
    stopping: threading.Event,
    log: logging.Logger,
) -> None:
    """Answer every event of the channel, in the order in which it holds them."""
    channel = settings.channels[consumes]
    if "subscribed-elsewhere" in settings.faults:
        channel = elsewhere(channel)
    with (
        closing(source(settings.broker, settings.name, channel, log)) as events,
        closing(target(settings.answers, settings.name)) as answers,
        listening(),
    ):
        log.info("started")
        while not stopping.is_set():
            delivery = events.next()
            if delivery is None:
                continue
            reply = handle(delivery.event)
            given = misled(reply.answers, settings.faults)
            answers.publish([(settings.channels[each.channel], each) for each in given])
            log.info("%s", reply.line)
            if "never-commits" not in settings.faults:
                events.acknowledge(delivery)


@contextmanager
def listening() -> Iterator[None]:
    """Accept connections at PORT, if it is set: that is how whoever starts the service sees it."""
    port = os.environ.get("PORT")
    if port is None:
        yield
        return
    with socket.create_server(("127.0.0.1", int(port))):
        yield


def elsewhere(channel: str) -> str:
    """The right name and `-old`; a FIFO queue's name has its ending behind that."""
    name, ending = channel.removesuffix(".fifo"), ".fifo" if channel.endswith(".fifo") else ""
    return f"{name}-old{ending}"


def opened_log(name: str) -> logging.Logger:
    """Return a log to stdout that writes every line at once, and tracebacks between them."""
    sys.stdout.reconfigure(errors="backslashreplace")
    sys.stderr = sys.stdout
    logging.basicConfig(stream=sys.stdout, level=logging.WARNING, format="%(name)s: %(message)s")
    log = logging.getLogger(name)
    log.setLevel(logging.INFO)
    return log


def misled(answers: list[Answer], faults: Faults) -> list[Answer]:
    """Give in to the faults that strike between handling an event and publishing the answers."""
    if "crash-on-event" in faults:
        # Whoever crashes says no goodbye: its group waits for it, and what it holds is lost.
        print("fatal: the ledger does not add up", flush=True)
        os._exit(1)
    if "late" in faults and answers:
        time.sleep(float(os.environ.get("LATE", "3")))
    return faults.changed(answers)
