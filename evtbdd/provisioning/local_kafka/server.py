"""From a formatted storage to a Kafka that can be used."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from evtbdd.clock import Deadline
from evtbdd.errors import BrokerUnavailable
from evtbdd.loopback import HOST
from evtbdd.provisioning.keeping import Commands, Kept, text
from evtbdd.provisioning.local_kafka.machine import Machine
from evtbdd.provisioning.local_kafka.properties import Ports, server_properties
from evtbdd.provisioning.local_kafka.reasons import reasons
from evtbdd.provisioning.local_kafka.round_trip import usable
from evtbdd.provisioning.local_kafka.template import Archive, Storage
from evtbdd.words import duration

PATIENCE = 60.0
"""Seconds in which Kafka must be usable; one to two are usual."""

TRIES = 5
_ASKED_EVERY = 0.02
_ANSWERED_WITHIN = 1.0
_PORT_TAKEN = "Address already in use"
_NO_MACHINE = "Error occurred during initialization of VM"


def started(
    machine: Machine,
    storage: Storage,
    archive: Archive,
    commands: Commands,
    ports: Callable[[], Ports],
    options: Mapping[str, str],
) -> tuple[Kept, Ports]:
    """A Kafka that creates topics when it is asked to, and its ports.

    Begun anew, on other ports, where another process was quicker to take one, and without the
    archive where Java did not bear it. BrokerUnavailable with what Kafka said otherwise.
    """
    data, file = commands.folder / "data", commands.folder / "server.properties"
    for turn in range(TRIES):
        where = ports()
        cluster = storage.copy(data)
        file.write_text(server_properties(where, data, options), "latin-1")
        flags = archive.flags(commands.keeper)
        process, log = commands.start("Kafka", [*machine.words(*flags), "kafka.Kafka", str(file)])
        if _becomes_usable(process, log, where, cluster):
            return process, where
        commands.check()
        end, said = process.kill(), text(log)
        shutil.rmtree(data)
        crashed = end.code is None or _NO_MACHINE in said
        if not (_PORT_TAKEN in said or (crashed and archive.discard())) or turn == TRIES - 1:
            break
    raise BrokerUnavailable(f"Kafka did not start: it {end}, and said: {reasons(said)}.")


def _becomes_usable(process: Kept, log: Path, ports: Ports, cluster: str) -> bool:
    """Wait until it is, or has ended; BrokerUnavailable when it has done neither in time."""
    ended = threading.Event()
    process.on_exit(lambda _: ended.set())
    deadline = Deadline.after(PATIENCE)
    while not deadline.expired():
        answer = Deadline.after(min(_ANSWERED_WITHIN, deadline.remaining()))
        if usable(HOST, ports.broker, cluster, answer):
            return True
        if ended.wait(_ASKED_EVERY):
            return False
    process.kill()
    raise BrokerUnavailable(
        f"Kafka could not be used at {HOST}:{ports.broker} (waited {duration(PATIENCE)}); "
        f"it said: {reasons(text(log))}."
    )
