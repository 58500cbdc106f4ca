"""The server.properties of a Kafka for tests: one node, quick to start, quick to change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from evtbdd.errors import BrokerUnavailable, SettingsError
from evtbdd.loopback import HOST, listener
from evtbdd.words import quoted

DEFAULTS: Mapping[str, str] = {
    # Nothing waits for others, for there are none.
    "default.replication.factor": "1",
    "min.insync.replicas": "1",
    "offsets.topic.num.partitions": "1",
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.num.partitions": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "controller.quorum.append.linger.ms": "0",
    "group.initial.rebalance.delay.ms": "0",
    # A member that was killed is soon noticed, where a service asks for that.
    "group.min.session.timeout.ms": "1000",
    # A mistyped topic is an error, and a deleted one is gone (its files too, else they pile up).
    "auto.create.topics.enable": "false",
    "log.segment.delete.delay.ms": "500",
    "log.initial.task.delay.ms": "500",
    # Small.
    "num.partitions": "1",
    "num.network.threads": "2",
    "num.io.threads": "4",
    "log.index.size.max.bytes": "1048576",
    "log.cleaner.dedupe.buffer.size": "2097152",
}
OURS = (
    "process.roles",
    "node.id",
    "listeners",
    "advertised.listeners",
    "listener.security.protocol.map",
    "inter.broker.listener.name",
    "controller.listener.names",
    "controller.quorum.voters",
    "controller.quorum.bootstrap.servers",
    "log.dirs",
    "log.dir",
    "metadata.log.dir",
)
"""What nobody else can set, for evtbdd could not reach or remove the broker then."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where clients reach the broker, and where it reaches its controller."""

    broker: int
    controller: int


def free_ports() -> Ports:
    """Two ports of the loopback on which nothing listens now; BrokerUnavailable if there are none."""
    try:
        with listener() as broker, listener() as controller:
            return Ports(broker.getsockname()[1], controller.getsockname()[1])
    except OSError as error:
        raise BrokerUnavailable(f"No port of {HOST} is free for Kafka.") from error


def check_options(options: Mapping[str, str]) -> None:
    """SettingsError for an option that only evtbdd can set; Kafka itself judges the others."""
    for name in options:
        if name in OURS:
            raise SettingsError(
                f"{quoted(name)} cannot be set for a Kafka that evtbdd starts: it chooses that "
                "itself, to be able to reach and to remove it."
            )


def server_properties(ports: Ports, data: Path, options: Mapping[str, str]) -> str:
    """The whole file; the options stand above the defaults."""
    client, quorum = f"{HOST}:{ports.broker}", f"{HOST}:{ports.controller}"
    place = {
        "process.roles": "broker,controller",
        "node.id": "1",
        "listeners": f"PLAINTEXT://{client},CONTROLLER://{quorum}",
        "advertised.listeners": f"PLAINTEXT://{client}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "inter.broker.listener.name": "PLAINTEXT",
        "controller.listener.names": "CONTROLLER",
        "controller.quorum.voters": f"1@{quorum}",
        "log.dirs": str(data),
    }
    return properties({**DEFAULTS, **options, **place})


def properties(values: Mapping[str, str]) -> str:
    """As `java.util.Properties.load` reads them: Latin-1, what is special behind a backslash."""
    return "".join(f"{_escaped(name, ' =:#!')}={_escaped(values[name])}\n" for name in values)


def _escaped(text: str, special: str = "") -> str:
    escaped = "".join(
        f"\\{each}"
        if each == "\\" or each in special
        else each
        if " " <= each <= "~"
        else "".join(f"\\u{unit:04x}" for unit in _utf16(each))
        for each in text
    )
    return f"\\{escaped}" if escaped.startswith(" ") else escaped


def _utf16(character: str) -> list[int]:
    data = character.encode("utf-16-be", "surrogatepass")
    return [int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2)]
