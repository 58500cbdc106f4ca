"""The PostgreSQL that is installed here."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from evtbdd.errors import DatabaseUnavailable

PACKAGED = Path("/usr/lib/postgresql")
"""Where Debian's packages put it: a folder for each version, none of which is on the PATH."""

SERVER, MAKER = "postgres", "initdb"
_WANTED = (
    "Install the package postgresql, or name the folder of its programs by POSTGRESQL_HOME; or name "
    "a PostgreSQL that runs: postgresql://host:port/name."
)


@dataclass(frozen=True, slots=True)
class Installed:
    """The programs of one version: the server, and what makes the files of a cluster."""

    server: Path
    maker: Path


def find_postgresql(environment: Mapping[str, str], packaged: Path = PACKAGED) -> Installed:
    """What is installed, the newest of Debian's first; DatabaseUnavailable where nothing is."""
    home = environment.get("POSTGRESQL_HOME")
    if home and not _is_whole(Path(home) / "bin"):
        raise DatabaseUnavailable(
            f"POSTGRESQL_HOME is {home}, but there is no {Path(home) / 'bin' / SERVER}. {_WANTED}"
        )
    folders = _folders(home, packaged, environment.get("PATH", ""))
    found = next(filter(_is_whole, folders), None)
    if found is None:
        raise DatabaseUnavailable(f"There is no PostgreSQL on this machine. {_WANTED}")
    return Installed(found / SERVER, found / MAKER)


def _folders(home: str | None, packaged: Path, path: str) -> Iterator[Path]:
    if home:
        yield Path(home) / "bin"
    yield from (each / "bin" for each in sorted(packaged.glob("*"), key=_version, reverse=True))
    if (on_path := shutil.which(SERVER, path=path)) is not None:
        yield Path(on_path).resolve().parent


def _is_whole(folder: Path) -> bool:
    return (folder / SERVER).is_file() and (folder / MAKER).is_file()


def _version(folder: Path) -> list[int]:
    return [int(each) for each in re.findall(r"\d+", folder.name)]
