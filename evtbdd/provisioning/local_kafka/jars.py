"""The jars that Kafka is made of: where they are looked for, and whether they are the right ones."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from evtbdd.errors import BrokerUnavailable
from evtbdd.provisioning.local_kafka.cache import Cache

VERSION = "4.3.1"
FOLDER = f"kafka-{VERSION}"
_CLIENTS = "kafka-clients-*.jar"
_SCRIPTS = ("kafka-server-start.sh", "kafka-server-start")


@dataclass(frozen=True, slots=True)
class Jars:
    """The jars of one Kafka, in the order of its class path."""

    paths: tuple[Path, ...]

    @property
    def class_path(self) -> str:
        """Every jar by its name, for an archive of classes is bound to this very text."""
        return ":".join(map(str, self.paths))

    def fingerprint(self, *more: str) -> str:
        """16 digits that change with any of the files (by its place, size and time), or `more`."""
        digest = hashlib.sha256("\0".join(more).encode())
        for path in self.paths:
            stat = path.stat()
            digest.update(f"\0{path}\0{stat.st_size}\0{stat.st_mtime_ns}".encode())
        return digest.hexdigest()[:16]


def find_jars(environment: Mapping[str, str], cache: Cache) -> Jars | None:
    """The jars of a Kafka that is on this machine; None where there is none.

    Looked for in KAFKA_LIBS, KAFKA_HOME/libs, beside kafka-server-start(.sh) of the PATH (`../libs`
    as in the archive of Apache, `../libexec/libs` as in Homebrew), and in the cache.
    BrokerUnavailable where a variable names a folder without Kafka, or the cache is damaged.
    """
    for variable, inner in (("KAFKA_LIBS", "."), ("KAFKA_HOME", "libs")):
        if environment.get(variable):
            folder = Path(environment[variable], inner).absolute()
            found = _in_folder(folder)
            if found is None:
                raise BrokerUnavailable(
                    f"{variable} is {environment[variable]}, but {folder} holds no Kafka "
                    f"({_CLIENTS}); correct it, or unset it."
                )
            return found
    for script in _SCRIPTS:
        place = shutil.which(script, path=environment.get("PATH", ""))
        if place:
            home = Path(place).resolve().parent.parent
            found = _in_folder(home / "libs") or _in_folder(home / "libexec" / "libs")
            if found is not None:
                return found
    return cached(cache) if (cache.folder / FOLDER).is_dir() else None


def cached(cache: Cache) -> Jars:
    """Those in the cache, compared with the list each time that they are used."""
    folder = cache.folder / FOLDER
    return verified(folder, f"remove {folder}, and it will be fetched again.")


def verified(folder: Path, remedy: str) -> Jars:
    """The jars of Kafka 4.3.1 in the folder, each compared with the list that evtbdd brings.

    What else is in the folder is not used. BrokerUnavailable, with the remedy, where one is missing
    or different.
    """
    paths = []
    for name, wanted in pinned().items():
        path = folder / name
        try:
            found = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError as error:
            raise BrokerUnavailable(
                f"{path}, a part of Kafka {VERSION}, cannot be read ({error.strerror}); {remedy}"
            ) from error
        if found != wanted:
            raise BrokerUnavailable(
                f"{path} is not the one that Kafka {VERSION} is made of: its SHA-256 is {found} "
                f"and should be {wanted}; {remedy}"
            )
        paths.append(path)
    return Jars(tuple(paths))


def pinned() -> Mapping[str, str]:
    """The names of the jars of Kafka 4.3.1, each with the SHA-256 of what it holds."""
    lines = resources.files(__package__).joinpath("jars.sha256").read_text("ascii").splitlines()
    return {name: digest for digest, name in (line.split() for line in lines)}


def _in_folder(folder: Path) -> Jars | None:
    if not any(folder.glob(_CLIENTS)):
        return None
    return Jars(tuple(sorted(folder.glob("*.jar"))))
