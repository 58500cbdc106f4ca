"""One Kafka: prepared and started in a thread of its own, and held until it is ended."""

from __future__ import annotations

import os
import shutil
import signal
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass

from evtbdd.errors import BrokerUnavailable
from evtbdd.loopback import HOST
from evtbdd.provisioning.keeping import Commands, Keeper, Kept
from evtbdd.provisioning.local_kafka.cache import Cache
from evtbdd.provisioning.local_kafka.fetch import fetch_jars
from evtbdd.provisioning.local_kafka.jars import find_jars
from evtbdd.provisioning.local_kafka.java import find_java
from evtbdd.provisioning.local_kafka.machine import FLAGS, Machine
from evtbdd.provisioning.local_kafka.properties import Ports
from evtbdd.provisioning.local_kafka.server import started
from evtbdd.provisioning.local_kafka.template import Archive, find_storage

ARCHIVING = 20.0
"""Seconds in which a Kafka that is asked to end has written its archive; two or three are usual."""

_TERMINATED = 128 + signal.SIGTERM
"""What Java ends with when it was asked to, and has done all that it does at its end."""


@dataclass(frozen=True, slots=True)
class Running:
    """A Kafka that can be used."""

    process: Kept
    address: str
    archive: Archive


class Launch:
    """From nothing to a Kafka that can be used, and back; begun by being made."""

    def __init__(
        self, keeper: Keeper, options: Mapping[str, str], ports: Callable[[], Ports]
    ) -> None:
        try:
            self._folder = keeper.new_folder("evtbdd-kafka-")
        except OSError as error:
            raise BrokerUnavailable(f"There is no room for Kafka's data: {error}.") from error
        self._commands = Commands("Kafka", keeper, self._folder, dict(os.environ))
        self._options = options
        self._ports = ports
        self._archive: Archive | None = None
        self._result: Future[Running] = Future()
        # A daemon, so that it does not keep a run alive that ends without `end`.
        self._thread = threading.Thread(target=self._work, name="evtbdd-kafka", daemon=True)
        self._thread.start()

    def result(self) -> Running:
        """Wait for it; BrokerUnavailable or ServiceError where it did not come to be."""
        return self._result.result()

    def end(self) -> None:
        """Return when nothing of it is left: no process, no thread, no folder."""
        try:
            if self._result.done() and self._result.exception() is None:
                self._bury(self._result.result())
            else:
                self._commands.call_off()
        finally:
            self._thread.join()
            self._clean_up()

    def _bury(self, running: Running) -> None:
        """Nothing of its data is kept, so it need not end well, but for the archive's sake."""
        if running.archive.is_being_made:
            end = running.process.stop(signal.SIGTERM, ARCHIVING)
            if end.code == _TERMINATED:
                running.archive.keep()
        else:
            running.process.kill()

    def _work(self) -> None:
        try:
            self._result.set_result(self._start())
        except OSError as error:
            self._clean_up()
            unavailable = BrokerUnavailable(f"Kafka cannot be started: {error}.")
            unavailable.__cause__ = error
            self._result.set_exception(unavailable)
        except Exception as error:  # noqa: BLE001  (raised where it is waited for)
            self._clean_up()
            self._result.set_exception(error)

    def _start(self) -> Running:
        commands = self._commands
        java = find_java(commands.environment)
        cache = Cache.of(commands.environment)
        jars = find_jars(commands.environment, cache) or fetch_jars(cache, commands)
        self._archive = archive = Archive(jars, java, FLAGS, cache)
        machine = Machine(java, jars, self._folder)
        storage = find_storage(jars, cache, commands, machine.words())
        process, ports = started(machine, storage, archive, commands, self._ports, self._options)
        return Running(process, f"{HOST}:{ports.broker}", archive)

    def _clean_up(self) -> None:
        if self._archive is not None:
            self._archive.give_up()
        shutil.rmtree(self._folder, ignore_errors=True)
