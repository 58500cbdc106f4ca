"""A real Kafka of two nodes, of which one can be killed and started again."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from evtbdd.clock import Deadline
from evtbdd.keeper import HeldKeeper, Process
from evtbdd.loopback import HOST, listener
from evtbdd.provisioning.keeping import Commands, text
from evtbdd.provisioning.local_kafka.cache import Cache
from evtbdd.provisioning.local_kafka.fetch import fetch_jars
from evtbdd.provisioning.local_kafka.jars import find_jars
from evtbdd.provisioning.local_kafka.java import find_java
from evtbdd.provisioning.local_kafka.machine import Machine
from evtbdd.provisioning.local_kafka.properties import DEFAULTS, properties
from evtbdd.provisioning.local_kafka.round_trip import usable

CLUSTER = "evtbdd-clustered-evtbd"
NODES = (1, 2)


@dataclass
class Clustered:
    """The nodes by their numbers: where each is (`host:port`), and what runs there. 1 controls."""

    addresses: dict[int, str]
    commands: Commands
    words: list[str]
    files: dict[int, Path]
    processes: dict[int, Process] = field(default_factory=dict)

    def start(self, node: int) -> None:
        """Start a node; return when it answers."""
        process, log = self.commands.start(
            f"Kafka {node}", [*self.words, "kafka.Kafka", str(self.files[node])]
        )
        self.processes[node] = process
        host, port = self.addresses[node].split(":")
        deadline = Deadline.after(60)
        while not usable(host, int(port), CLUSTER, Deadline.after(1)):
            assert process.exit is None, text(log)
            assert not deadline.expired(), text(log)

    def kill(self, node: int) -> None:
        """End a node without a word."""
        self.processes.pop(node).kill()


def _properties(node: int, at: str, quorum: str, data: Path) -> str:
    listeners = f"PLAINTEXT://{at}"
    return properties(
        {
            **DEFAULTS,
            "process.roles": "broker,controller" if node == 1 else "broker",
            "node.id": str(node),
            "listeners": f"{listeners},CONTROLLER://{quorum}" if node == 1 else listeners,
            "advertised.listeners": listeners,
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "inter.broker.listener.name": "PLAINTEXT",
            "controller.listener.names": "CONTROLLER",
            "controller.quorum.voters": f"1@{quorum}",
            "log.dirs": str(data),
            # A node that was killed is soon noticed.
            "broker.session.timeout.ms": "1000",
            "broker.heartbeat.interval.ms": "200",
        }
    )


@contextmanager
def clustered_kafka() -> Iterator[Clustered]:
    """Start it; nothing of it is left afterwards. BrokerUnavailable without a Java or a Kafka."""
    with ExitStack() as given_back:
        folder = Path(given_back.enter_context(tempfile.TemporaryDirectory()))
        java = find_java(os.environ)
        keeper = HeldKeeper()
        given_back.callback(keeper.close)
        commands = Commands("Kafka", keeper(), folder, dict(os.environ))
        cache = Cache.of(os.environ)
        jars = find_jars(os.environ, cache) or fetch_jars(cache, commands)
        with ExitStack() as held:
            ports = [held.enter_context(listener()).getsockname()[1] for _ in range(3)]
        places = [f"{HOST}:{port}" for port in ports]
        words = Machine(java, jars, folder).words()
        files = {}
        for node, at in zip(NODES, places, strict=False):
            file = files[node] = folder / f"server-{node}.properties"
            file.write_text(_properties(node, at, places[-1], folder / f"data-{node}"), "latin-1")
            format_it = ["kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c", str(file)]
            done = commands.run("StorageTool", [*words, *format_it], 60)
            assert done.end.code == 0, done.said
        addresses = dict(zip(NODES, places, strict=False))
        kafka = Clustered(addresses, commands, list(words), files)
        given_back.callback(lambda: [process.kill() for process in kafka.processes.values()])
        for node in NODES:
            kafka.start(node)
        yield kafka
