"""A real Kafka that lets in by each way there is, and certificates that are right and wrong."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import trustme
from cryptography.hazmat.primitives import serialization

from evtbdd.clock import Deadline
from evtbdd.keeper import HeldKeeper
from evtbdd.loopback import HOST, listener
from evtbdd.provisioning.keeping import Commands, text
from evtbdd.provisioning.local_kafka.cache import Cache
from evtbdd.provisioning.local_kafka.fetch import fetch_jars
from evtbdd.provisioning.local_kafka.jars import find_jars
from evtbdd.provisioning.local_kafka.java import find_java
from evtbdd.provisioning.local_kafka.machine import Machine
from evtbdd.provisioning.local_kafka.properties import DEFAULTS, properties
from evtbdd.provisioning.local_kafka.round_trip import usable

CLUSTER = "evtbdd-secured-evtbd0"
USER, PASSWORD = "alice", "wonderland-4711"
PROTOCOLS: Mapping[str, str] = {
    "plain": "PLAINTEXT",
    "sasl": "SASL_PLAINTEXT",
    "sasltls": "SASL_SSL",
    "scramonly": "SASL_PLAINTEXT",
    "plainonly": "SASL_PLAINTEXT",
    "fleeting": "SASL_PLAINTEXT",
    "tls": "SSL",
    "mutual": "SSL",
    "expired": "SSL",
    "othername": "SSL",
    "controller": "PLAINTEXT",
}
MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")


@dataclass(frozen=True)
class Secured:
    """Where each listener is (`host:port`), and the folder of the certificates."""

    addresses: Mapping[str, str]
    certificates: Path


def write_certificates(folder: Path) -> None:
    """Those of the broker and of clients: of the authority, of a stranger, expired, misnamed."""
    authority, stranger = trustme.CA(), trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    stranger.cert_pem.write_to_path(folder / "stranger.pem")
    past = datetime.now(timezone.utc) - timedelta(days=1)
    issued = {
        "server": authority.issue_cert("localhost", HOST),
        "expired": authority.issue_cert("localhost", HOST, not_after=past),
        "othername": authority.issue_cert("kafka.example.com"),
        "client": authority.issue_cert("tester@evtbdd.test"),
        "unknown": stranger.issue_cert("tester@evtbdd.test"),
    }
    for name, each in issued.items():
        # Kafka takes none but PKCS 8.
        key = serialization.load_pem_private_key(each.private_key_pem.bytes(), None).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        chain = b"".join(one.bytes() for one in each.cert_chain_pems)
        (folder / f"{name}.key").write_bytes(key)
        (folder / f"{name}.crt").write_bytes(chain)
        (folder / f"{name}.pem").write_bytes(key + chain)
    locked = serialization.load_pem_private_key((folder / "client.key").read_bytes(), None)
    (folder / "locked.key").write_bytes(
        locked.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"tea-party"),
        )
    )


def _properties(at: Mapping[str, str], certificates: Path, data: Path) -> str:
    clients = [name for name in at if name != "controller"]
    plain = "org.apache.kafka.common.security.plain.PlainLoginModule required"
    scram = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
    values = {
        **DEFAULTS,
        "process.roles": "broker,controller",
        "node.id": "1",
        "listeners": ",".join(f"{name.upper()}://{at[name]}" for name in at),
        "advertised.listeners": ",".join(f"{name.upper()}://{at[name]}" for name in clients),
        "listener.security.protocol.map": ",".join(
            f"{name.upper()}:{protocol}" for name, protocol in PROTOCOLS.items()
        ),
        "controller.listener.names": "CONTROLLER",
        "controller.quorum.voters": f"1@{at['controller']}",
        "inter.broker.listener.name": "PLAIN",
        "log.dirs": str(data),
        "sasl.enabled.mechanisms": ",".join(MECHANISMS),
        "listener.name.scramonly.sasl.enabled.mechanisms": ",".join(MECHANISMS[1:]),
        "listener.name.plainonly.sasl.enabled.mechanisms": MECHANISMS[0],
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(certificates / "server.pem"),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(certificates / "ca.pem"),
        "listener.name.mutual.ssl.client.auth": "required",
        # Whoever is let in there must say anew who they are after so many milliseconds.
        "listener.name.fleeting.connections.max.reauth.ms": "500",
    }
    for name in ("expired", "othername"):
        values[f"listener.name.{name}.ssl.keystore.type"] = "PEM"
        values[f"listener.name.{name}.ssl.keystore.location"] = str(certificates / f"{name}.pem")
    for name in ("sasl", "sasltls", "scramonly", "plainonly", "fleeting"):
        jaas = f'{plain} user_{USER}="{PASSWORD}";'
        if name != "scramonly":
            values[f"listener.name.{name}.plain.sasl.jaas.config"] = jaas
        for mechanism in MECHANISMS[1:] if name != "plainonly" else ():
            values[f"listener.name.{name}.{mechanism.lower()}.sasl.jaas.config"] = scram
    return properties(values)


@contextmanager
def secured_kafka() -> Iterator[Secured]:
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
            ports = {each: held.enter_context(listener()).getsockname()[1] for each in PROTOCOLS}
        at = {name: f"{HOST}:{port}" for name, port in ports.items()}
        certificates = folder / "certificates"
        certificates.mkdir()
        write_certificates(certificates)
        file = folder / "server.properties"
        file.write_text(_properties(at, certificates, folder / "data"), "latin-1")
        words = Machine(java, jars, folder).words()
        users = [
            f"--add-scram={mechanism}=[name={USER},password={PASSWORD}]"
            for mechanism in MECHANISMS[1:]
        ]
        format_it = ["kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c", str(file), *users]
        done = commands.run("StorageTool", [*words, *format_it], 60)
        assert done.end.code == 0, done.said
        process, log = commands.start("Kafka", [*words, "kafka.Kafka", str(file)])
        given_back.callback(process.kill)
        deadline = Deadline.after(60)
        while not usable(HOST, ports["plain"], CLUSTER, Deadline.after(1)):
            assert process.exit is None, text(log)
            assert not deadline.expired(), text(log)
        yield Secured(at, certificates)
