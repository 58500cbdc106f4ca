"""A real Kafka that can go down and come up again, with all that it had stored, where it was."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from evtbdd.clock import Deadline
from evtbdd.keeper import HeldKeeper
from evtbdd.loopback import HOST, listener
from evtbdd.provisioning.keeping import Commands, Kept, text
from evtbdd.provisioning.local_kafka.cache import Cache
from evtbdd.provisioning.local_kafka.fetch import fetch_jars
from evtbdd.provisioning.local_kafka.jars import find_jars
from evtbdd.provisioning.local_kafka.java import find_java
from evtbdd.provisioning.local_kafka.machine import FLAGS, Machine
from evtbdd.provisioning.local_kafka.properties import Ports, properties, server_properties
from evtbdd.provisioning.local_kafka.round_trip import usable
from evtbdd.provisioning.local_kafka.template import Archive, find_storage

START = 60.0
"""Seconds in which it must be usable."""
QUICKLY_BACK: Mapping[str, str] = {
    # One that was killed is known to its controller for so long.
    "broker.session.timeout.ms": "1000",
    "broker.heartbeat.interval.ms": "200",
}


class Node:
    """Made by `node`; up at first.

    `address` is where clients reach it, and `direct` another listener, which leads to itself even
    where the first is advertised elsewhere.
    """

    def __init__(
        self, commands: Commands, words: list[str], file: Path, ports: Mapping[str, int], id_: str
    ) -> None:
        self.address = f"{HOST}:{ports['broker']}"
        self.direct = f"{HOST}:{ports['direct']}"
        self._commands = commands
        self._words = [*words, "kafka.Kafka", str(file)]
        self._port = ports["direct"]
        self._cluster = id_
        self._process: Kept | None = None

    def up(self) -> None:
        """Return when it can be used."""
        process, log = self._commands.start("Kafka", self._words)
        self._process = process
        deadline = Deadline.after(START)
        while not usable(HOST, self._port, self._cluster, Deadline.after(1)):
            assert process.exit is None, text(log)
            assert not deadline.expired(), text(log)

    def down(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Return when it has ended; nothing where it is down."""
        process, self._process = self._process, None
        if process is not None:
            process.stop(number, START)


@contextmanager
def node(
    advertised: int | None = None, options: Mapping[str, str] = QUICKLY_BACK
) -> Iterator[Node]:
    """A Kafka that tells its clients to come to the port `advertised`, or to its own.

    BrokerUnavailable without a Java or a Kafka. Nothing of it is left afterwards.
    """
    with ExitStack() as given_back:
        held = HeldKeeper()
        given_back.callback(held.close)
        keeper = held()
        folder = keeper.new_folder("evtbdd-node-")
        commands = Commands("Kafka", keeper, folder, dict(os.environ))
        java, cache = find_java(os.environ), Cache.of(os.environ)
        jars = find_jars(os.environ, cache) or fetch_jars(cache, commands)
        machine = Machine(java, jars, folder)
        cluster = find_storage(jars, cache, commands, machine.words()).copy(folder / "data")
        with ExitStack() as open_:
            ports = {
                name: open_.enter_context(listener()).getsockname()[1]
                for name in ("broker", "controller", "direct")
            }
        file = folder / "server.properties"
        where = Ports(ports["broker"], ports["controller"])
        ours = server_properties(where, folder / "data", options)
        client = f"PLAINTEXT://{HOST}:{advertised or ports['broker']}"
        direct = f"DIRECT://{HOST}:{ports['direct']}"
        more = {
            "listeners": f"PLAINTEXT://{HOST}:{ports['broker']},{direct},"
            f"CONTROLLER://{HOST}:{ports['controller']}",
            "advertised.listeners": f"{client},{direct}",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,DIRECT:PLAINTEXT,"
            "CONTROLLER:PLAINTEXT",
        }
        # Of properties that stand there twice, the later holds.
        file.write_text(ours + properties(more), "latin-1")
        archive = Archive(jars, java, FLAGS, cache)
        classes = [f"-XX:SharedArchiveFile={archive.path}"] if archive.path.is_file() else []
        found = Node(commands, machine.words(*classes), file, ports, cluster)
        found.up()
        yield found
