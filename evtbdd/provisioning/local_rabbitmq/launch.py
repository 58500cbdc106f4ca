"""One node: prepared and started in a thread of its own, and held until it is ended."""

from __future__ import annotations

import os
import secrets
import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from evtbdd.brokers.handshake import Unreached
from evtbdd.brokers.rabbitmq.access import GUEST, Access
from evtbdd.brokers.rabbitmq.adapter import connect
from evtbdd.brokers.rabbitmq.probe import greeting
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerUnavailable
from evtbdd.loopback import HOST
from evtbdd.provisioning.keeping import CalledOff, Keeper, Kept, text
from evtbdd.provisioning.local_rabbitmq.find import Installed, find_rabbitmq
from evtbdd.provisioning.local_rabbitmq.node import Ports, environment, write_files
from evtbdd.provisioning.local_rabbitmq.reasons import is_port_taken, reasons
from evtbdd.words import duration

PATIENCE = 90.0
"""Seconds in which a node must be usable; five are usual."""

TRIES = 5
_ASKED_EVERY = 0.02
_ANSWERED_WITHIN = 1.0
_CALLED_OFF = "RabbitMQ was stopped while it was being started."


@dataclass(frozen=True, slots=True)
class Running:
    """A node that can be used."""

    pid: int
    address: str


class Launch:
    """From nothing to a RabbitMQ that can be used, and back; begun by being made."""

    def __init__(
        self, keeper: Keeper, options: Mapping[str, str], ports: Callable[[], Ports]
    ) -> None:
        try:
            self._folder = keeper.new_folder("evtbdd-rabbitmq-")
        except OSError as error:
            raise BrokerUnavailable(f"There is no room for RabbitMQ's data: {error}.") from error
        self._keeper = keeper
        self._options = options
        self._ports = ports
        self._lock = threading.Lock()
        self._off = False
        self._processes: list[Kept] = []
        self._result: Future[Running] = Future()
        # A daemon, so that it does not keep a run alive that ends without `end`.
        self._thread = threading.Thread(target=self._work, name="evtbdd-rabbitmq", daemon=True)
        self._thread.start()

    def result(self) -> Running:
        """Wait for it; BrokerUnavailable or ServiceError where it did not come to be."""
        return self._result.result()

    def end(self) -> None:
        """Return when nothing of it is left: no process, no thread, no folder."""
        with self._lock:
            self._off = True
        try:
            self._kill()
        finally:
            self._thread.join()
            self._kill()
            shutil.rmtree(self._folder, ignore_errors=True)

    def _kill(self) -> None:
        """Nothing of its data is kept, so it need not end well."""
        with self._lock:
            processes, self._processes = self._processes, []
        for each in reversed(processes):
            each.kill()

    def _work(self) -> None:
        try:
            self._result.set_result(self._start())
        except Exception as error:  # noqa: BLE001  (raised where it is waited for)
            self._kill()
            shutil.rmtree(self._folder, ignore_errors=True)
            if isinstance(error, OSError):
                unavailable = BrokerUnavailable(f"RabbitMQ cannot be started: {error}.")
                unavailable.__cause__ = error
                error = unavailable
            self._result.set_exception(error)

    def _start(self) -> Running:
        """Begun anew, on other ports, where another process was quicker to take one."""
        installed = find_rabbitmq(os.environ)
        for turn in range(TRIES):
            ports = self._ports()
            folder = self._folder / str(turn)
            folder.mkdir()
            name = f"evtbdd{secrets.token_hex(4)}"
            node, log, mapper = self._spawn(installed, folder, name, ports)
            if self._becomes_usable(node, mapper, log, name, ports):
                address = f"{GUEST}:{GUEST}@{HOST}:{ports.broker}?management={ports.management}"
                return Running(node.pid, address)
            end, said = node.kill(), text(log)
            self._kill()
            with self._lock:
                if self._off:
                    raise CalledOff(_CALLED_OFF)
            if turn == TRIES - 1 or not (is_port_taken(said) or mapper.exit is not None):
                break
            shutil.rmtree(folder, ignore_errors=True)
        raise BrokerUnavailable(f"RabbitMQ did not start: it {end}, and said: {reasons(said)}.")

    def _spawn(
        self, installed: Installed, folder: Path, name: str, ports: Ports
    ) -> tuple[Kept, Path, Kept]:
        write_files(folder, name, ports, self._options)
        variables = environment(os.environ, folder, name, ports)
        port = str(ports.mapper)
        log = folder / "node.log"
        mapper = self._one(
            "epmd", [str(installed.epmd), "-port", port, "-address", HOST], variables, folder
        )
        return self._one("node", [str(installed.server)], variables, folder), log, mapper

    def _one(
        self, name: str, command: Sequence[str], variables: Mapping[str, str], folder: Path
    ) -> Kept:
        with self._lock:
            if self._off:
                raise CalledOff(_CALLED_OFF)
            process = self._keeper.spawn(
                command,
                environment=variables,
                directory=folder,
                log=folder / f"{name}.log",
                name=f"RabbitMQ's {name}",
            )
            self._processes.append(process)
            return process

    def _becomes_usable(self, node: Kept, mapper: Kept, log: Path, name: str, ports: Ports) -> bool:
        """Wait until it is, or never will be; BrokerUnavailable when neither is clear in time."""
        ended = threading.Event()
        for each in (node, mapper):
            each.on_exit(lambda _: ended.set())
        deadline = Deadline.after(PATIENCE)
        while not deadline.expired():
            answer = Deadline.after(min(_ANSWERED_WITHIN, deadline.remaining()))
            if _lets_in(name, ports, answer):
                return mapper.exit is None
            # A node that found a port taken needs seconds to end.
            if ended.wait(_ASKED_EVERY) or is_port_taken(text(log)):
                return False
        raise BrokerUnavailable(
            f"RabbitMQ could not be used at {HOST}:{ports.broker} (waited {duration(PATIENCE)}); "
            f"it said: {reasons(text(log))}."
        )


def _lets_in(name: str, ports: Ports, deadline: Deadline) -> bool:
    """Whether the node of that name listens there, and lets a client in.

    What it says first holds the name of its cluster, which tells it from another RabbitMQ there.
    """
    with suppress(OSError, Unreached):
        if name.encode() in greeting(HOST, ports.broker, Access(), deadline):
            broker = connect(f"{HOST}:{ports.broker}", patience=_ANSWERED_WITHIN)
            try:
                broker.ping(deadline)
            except BrokerUnavailable:
                return False
            finally:
                broker.close()
            return True
    return False
