"""How Java is called for Kafka: quick to start, small, and leaving nothing outside its folder."""

from __future__ import annotations

from pathlib import Path

from evtbdd.provisioning.local_kafka.jars import Jars
from evtbdd.provisioning.local_kafka.java import Java

FLAGS = (
    "-Xms128m",
    "-Xmx512m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:-UsePerfData",  # it would leave /tmp/hsperfdata_…/PID behind
    "-Xshare:auto",  # an archive of classes that does not fit is not used
    "-Xlog:disable",  # what Java says about that archive is no reason for anything
)
_LOGGING = """\
status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %p %c{1} %m%n
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
"""


class Machine:
    """A Java with the jars of Kafka, for one folder."""

    def __init__(self, java: Java, jars: Jars, folder: Path) -> None:
        self._java = java
        self._jars = jars
        self._temporary = folder / "tmp"
        self._logging = folder / "log4j2.properties"
        self._temporary.mkdir()
        self._logging.write_text(_LOGGING, "ascii")

    def words(self, *more: str) -> list[str]:
        """The command up to the name of the main class, with more flags."""
        return [
            str(self._java.program),
            *FLAGS,
            *more,
            f"-Djava.io.tmpdir={self._temporary}",
            f"-Dlog4j2.configurationFile={self._logging}",
            "-cp",
            self._jars.class_path,
        ]
