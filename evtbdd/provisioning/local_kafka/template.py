"""What makes a start quick: the storage, formatted once, and the classes, archived once."""

from __future__ import annotations

import contextlib
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evtbdd.errors import BrokerUnavailable
from evtbdd.provisioning.keeping import Commands, Keeper
from evtbdd.provisioning.local_kafka.cache import Cache
from evtbdd.provisioning.local_kafka.jars import Jars
from evtbdd.provisioning.local_kafka.java import Java
from evtbdd.provisioning.local_kafka.properties import Ports, server_properties
from evtbdd.provisioning.local_kafka.reasons import reasons

PATIENCE = 60.0
_META, _BOOTSTRAP = "meta.properties", "bootstrap.checkpoint"
_ANY_CLUSTER = "evtbdd-evtbdd-evtbdd00"
_NO_PORTS = Ports(9092, 9093)
"""Storage remembers none; StorageTool only reads the same file as Kafka does."""


@dataclass(frozen=True, slots=True)
class Storage:
    """A formatted data folder, of which each broker gets a copy."""

    folder: Path

    def copy(self, data: Path) -> str:
        """Fill the new folder; returns the id of its cluster, which no other copy has."""
        data.mkdir()
        cluster = secrets.token_urlsafe(16)
        meta = (self.folder / _META).read_text("latin-1").splitlines()
        lines = [line for line in meta if not line.startswith("cluster.id=")]
        (data / _META).write_text("\n".join([*lines, f"cluster.id={cluster}", ""]), "latin-1")
        shutil.copyfile(self.folder / _BOOTSTRAP, data / _BOOTSTRAP)
        return cluster


def find_storage(jars: Jars, cache: Cache, commands: Commands, java: Sequence[str]) -> Storage:
    """The storage for these jars, from the cache; made now, which takes a second, where none is.

    `java` are the words before the main class. Where the cache cannot be written to, the storage
    is made for this broker alone. BrokerUnavailable when Kafka's own tool does not make it.
    """
    name = f"storage-{jars.fingerprint()}"
    kept = cache.folder / name
    if (kept / _META).is_file() and (kept / _BOOTSTRAP).is_file():
        return Storage(kept)
    try:
        scratch = cache.scratch(commands.keeper)
    except OSError:
        return Storage(_format(commands.folder, commands, java))
    try:
        return Storage(cache.keep(_format(scratch, commands, java), name))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _format(place: Path, commands: Commands, java: Sequence[str]) -> Path:
    formatted, file = place / "storage", place / "format.properties"
    file.write_text(server_properties(_NO_PORTS, formatted, {}), "latin-1")
    tool = ["kafka.tools.StorageTool", "format", "-t", _ANY_CLUSTER, "-c", str(file)]
    done = commands.run("Kafka's StorageTool", [*java, *tool], PATIENCE)
    if done.end.code != 0:
        raise BrokerUnavailable(
            f"Kafka's storage cannot be formatted: StorageTool {done.end} and said: "
            f"{reasons(done.said)}."
        )
    return formatted


class Archive:
    """Kafka's classes as Java has them in memory (AppCDS), which saves it most of a second.

    Java writes it when a Kafka ends by SIGTERM, and reads it only when its class path and itself are
    the same as then: so its name holds all of that, and a change makes another. One that Java
    cannot use does not keep Kafka from starting (-Xshare:auto).
    """

    def __init__(self, jars: Jars, java: Java, flags: Sequence[str], cache: Cache) -> None:
        self._cache = cache
        self._name = f"classes-{jars.fingerprint(java.version, *flags)}.jsa"
        self._scratch: Path | None = None

    @property
    def path(self) -> Path:
        """Where it is, once there is one."""
        return self._cache.folder / self._name

    @property
    def is_being_made(self) -> bool:
        """Whether the Kafka that was started with `flags` must end by SIGTERM for its sake.

        Not any more, once another run has made it.
        """
        return self._scratch is not None and not self.path.is_file()

    def flags(self, keeper: Keeper) -> list[str]:
        """For Java: read it; write it where there is none; nothing where it cannot be kept."""
        if self.path.is_file():
            return [f"-XX:SharedArchiveFile={self.path}"]
        if self._scratch is None:
            try:
                self._scratch = self._cache.scratch(keeper)
            except OSError:
                return []
        return [f"-XX:ArchiveClassesAtExit={self._scratch / self._name}"]

    def keep(self) -> None:
        """Java has ended, and written what it could."""
        if self._scratch is not None:
            with contextlib.suppress(OSError):
                self._cache.keep(self._scratch / self._name, self._name)
        self.give_up()

    def give_up(self) -> None:
        """Nothing comes of what is being made."""
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)
            self._scratch = None

    def discard(self) -> bool:
        """Remove it, for Java did not bear it; whether there was one."""
        with contextlib.suppress(OSError):
            self.path.unlink()
            return True
        return False
