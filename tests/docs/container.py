"""A real Kafka that is set up by the variables of a container, but listens on 127.0.0.1 alone."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from evtbdd.clock import Deadline
from evtbdd.keeper import HeldKeeper
from evtbdd.loopback import HOST, listener
from evtbdd.provisioning.keeping import Commands, text
from evtbdd.provisioning.local_kafka.cache import Cache
from evtbdd.provisioning.local_kafka.fetch import fetch_jars
from evtbdd.provisioning.local_kafka.jars import find_jars
from evtbdd.provisioning.local_kafka.java import find_java
from evtbdd.provisioning.local_kafka.machine import Machine
from evtbdd.provisioning.local_kafka.properties import properties
from evtbdd.provisioning.local_kafka.round_trip import usable

CLUSTER = "evtbdd-container-evtb0"


@contextmanager
def kafka_of(variables: Mapping[str, str]) -> Iterator[int]:
    """Start it; the port that stands for 9092. BrokerUnavailable without a Java or a Kafka.

    Each `KAFKA_A_B` is the property `a.b`, as the image has it.
    """
    with ExitStack() as given_back:
        folder = Path(given_back.enter_context(tempfile.TemporaryDirectory()))
        java = find_java(os.environ)
        keeper = HeldKeeper()
        given_back.callback(keeper.close)
        commands = Commands("Kafka", keeper(), folder, dict(os.environ))
        cache = Cache.of(os.environ)
        jars = find_jars(os.environ, cache) or fetch_jars(cache, commands)
        with listener() as one, listener() as other:
            ports = {"9092": one.getsockname()[1], "9093": other.getsockname()[1]}
        file = folder / "server.properties"
        values = {_property(name): _here(each, ports) for name, each in variables.items()}
        file.write_text(properties({**values, "log.dirs": str(folder / "data")}), "latin-1")
        java_words = Machine(java, jars, folder).words()
        format_it = ["kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c", str(file)]
        done = commands.run("StorageTool", [*java_words, *format_it], 60)
        assert done.end.code == 0, done.said
        process, log = commands.start("Kafka", [*java_words, "kafka.Kafka", str(file)])
        given_back.callback(process.kill)
        deadline = Deadline.after(60)
        while not usable(HOST, ports["9092"], CLUSTER, Deadline.after(1)):
            assert process.exit is None, text(log)
            assert not deadline.expired(), text(log)
        yield ports["9092"]


def _property(name: str) -> str:
    return name.removeprefix("KAFKA_").lower().replace("_", ".")


def _here(value: str, ports: Mapping[str, int]) -> str:
    """The value with ports that are free here; a listener without a host listens on loopback."""
    value = value.replace("://:", f"://{HOST}:")
    return re.sub(r"\b909[23]\b", lambda found: str(ports[found[0]]), value)
