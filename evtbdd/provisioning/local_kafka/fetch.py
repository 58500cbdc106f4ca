"""Kafka brought from a Maven repository, by Maven: its mirrors and passwords are set up there."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from evtbdd.errors import BrokerUnavailable
from evtbdd.provisioning.keeping import Commands
from evtbdd.provisioning.local_kafka.cache import Cache
from evtbdd.provisioning.local_kafka.jars import FOLDER, VERSION, Jars, cached, verified

PATIENCE = 600.0
"""Seconds for 44 MB in 46 files; 18 are usual."""

_PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies"
_DEPENDENCY = (
    "<dependency><groupId>{}</groupId><artifactId>{}</artifactId><version>{}</version></dependency>"
)
_POM = f"""\
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId><artifactId>kafka</artifactId><version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    {_DEPENDENCY.format("org.apache.kafka", "kafka_2.13", VERSION)}
    {_DEPENDENCY.format("org.apache.logging.log4j", "log4j-slf4j-impl", "2.25.4")}
  </dependencies>
</project>
"""
_OTHERWISE = "Name a Kafka that is installed by KAFKA_HOME or KAFKA_LIBS, or use kafka+embedded://."
_REFUSED = "this is what mvn has brought, and it was not kept."
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def fetch_jars(cache: Cache, commands: Commands) -> Jars:
    """Have Maven bring them, verify them, and keep them in the cache.

    BrokerUnavailable where that cannot be; nothing half is left then, nor when the run is killed.
    """
    maven = shutil.which("mvn", path=commands.environment.get("PATH", ""))
    if maven is None:
        raise BrokerUnavailable(
            f"There is no Kafka on this machine, and no mvn (Maven) to fetch one. {_OTHERWISE}"
        )
    try:
        scratch = cache.scratch(commands.keeper)
    except OSError as error:
        raise BrokerUnavailable(
            f"Kafka cannot be fetched: {cache.folder} cannot be written to ({error.strerror}); "
            f"XDG_CACHE_HOME may name another folder. {_OTHERWISE}"
        ) from error
    try:
        _bring(maven, scratch, commands)
        verified(scratch / FOLDER, _REFUSED)
        cache.keep(scratch / FOLDER, FOLDER)
        return cached(cache)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _bring(maven: str, scratch: Path, commands: Commands) -> None:
    pom = scratch / "pom.xml"
    pom.write_text(_POM, "utf-8")
    done = commands.run(
        "mvn",
        [
            maven,
            "--quiet",
            "--batch-mode",
            "-Dstyle.color=never",
            f"--file={pom}",
            _PLUGIN,
            "-DincludeScope=runtime",
            f"-DoutputDirectory={scratch / FOLDER}",
        ],
        PATIENCE,
    )
    if done.end.code != 0:
        raise BrokerUnavailable(
            f"Kafka {VERSION} cannot be fetched: mvn {done.end} and said: "
            f"{_why(done.said)}. {_OTHERWISE}"
        )


def _why(said: str) -> str:
    """The first of its errors, without the advice to read about Maven."""
    lines = [line for line in _COLOUR.sub("", said).splitlines() if line.strip()]
    errors = [line.removeprefix("[ERROR] ") for line in lines if line.startswith("[ERROR] ")]
    return (errors or lines or ["nothing"])[0].partition(" -> [Help")[0].rstrip(".")
