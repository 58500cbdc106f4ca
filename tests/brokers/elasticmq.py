"""ElasticMQ, a second opinion on what SQS is: brought by Maven, kept in evtbdd's cache, run by Java."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from evtbdd.brokers.sqs.adapter import connect
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerUnavailable
from evtbdd.keeper import HeldKeeper
from evtbdd.loopback import HOST, listener
from evtbdd.provisioning.local_kafka.cache import Cache

VERSION = "1.7.1"
FETCHING = 600
STARTING = 60.0
POM = f"""\
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId><artifactId>elasticmq</artifactId><version>1</version>
  <packaging>pom</packaging>
  <dependencies><dependency>
    <groupId>org.elasticmq</groupId><artifactId>elasticmq-server_2.13</artifactId>
    <version>{VERSION}</version>
  </dependency></dependencies>
</project>
"""
PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies"
SETTINGS = """\
include classpath("application.conf")
generate-node-address = false
node-address {{ protocol = http, host = "{host}", port = {port}, context-path = "" }}
rest-sqs {{ enabled = true, bind-hostname = "{host}", bind-port = {port}, sqs-limits = strict }}
rest-stats {{ enabled = false }}
"""


def jars() -> Path:
    """The folder of its jars, fetched where they are not there; skips where they cannot be."""
    cache = Cache.of(os.environ)
    place = cache.folder / f"elasticmq-{VERSION}"
    if place.is_dir():
        return place
    maven = shutil.which("mvn")
    if maven is None:
        pytest.skip("There is no mvn (Maven) to fetch ElasticMQ.")
    keeper = HeldKeeper()
    scratch = cache.scratch(keeper())
    pom = scratch / "pom.xml"
    pom.write_text(POM, "utf-8")
    made = scratch / place.name
    command = [maven, "--quiet", "--batch-mode", f"--file={pom}", PLUGIN]
    done = subprocess.run(
        [*command, "-DincludeScope=runtime", f"-DoutputDirectory={made}"],
        capture_output=True,
        text=True,
        timeout=FETCHING,
        check=False,
    )
    if done.returncode != 0:
        keeper.close()
        pytest.skip(f"ElasticMQ cannot be fetched: {done.stdout}{done.stderr}")
    found = cache.keep(made, place.name)
    keeper.close()
    return found


@contextmanager
def elasticmq(folder: Path) -> Iterator[str]:
    """Its address, as it stands behind `sqs://`, once it answers; gone at the end of the block."""
    java = shutil.which("java")
    if java is None:
        pytest.skip("There is no java to run ElasticMQ.")
    with listener() as found:
        port = found.getsockname()[1]
    settings = folder / "elasticmq.conf"
    settings.write_text(SETTINGS.format(host=HOST, port=port), "utf-8")
    command = [java, f"-Dconfig.file={settings}", "-cp", f"{jars()}/*", "org.elasticmq.server.Main"]
    address = f"us-east-1?endpoint=http://{HOST}:{port}&keys=any"
    with (folder / "log").open("w") as log, subprocess.Popen(command, stdout=log) as process:
        try:
            _answers(address, process)
            yield address
        finally:
            process.kill()


def _answers(address: str, process: subprocess.Popen[bytes]) -> None:
    broker = connect(address, patience=5.0)
    deadline = Deadline.after(STARTING)
    while True:
        try:
            broker.ping(deadline)
            break
        except BrokerUnavailable:
            assert not deadline.expired()
            with suppress(subprocess.TimeoutExpired):
                pytest.fail(f"ElasticMQ ended with code {process.wait(0.1)}.")
    broker.close()
