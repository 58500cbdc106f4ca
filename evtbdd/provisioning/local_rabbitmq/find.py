"""The RabbitMQ and the Erlang that are installed here."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from evtbdd.errors import BrokerUnavailable

PACKAGED = Path("/usr/lib/rabbitmq/lib")
"""Where the packages of Debian, and of RabbitMQ itself, put it."""

SCRIPT, NEEDED = "rabbitmq-server", "rabbitmq-env"
"""The script that starts a node, and one beside it: the packages' wrapper has none there.

The wrapper changes the user and the folder, so it cannot start a node of one's own.
"""

_WANTED = (
    "Install the package rabbitmq-server, or name an unpacked RabbitMQ by RABBITMQ_HOME; or name a "
    "RabbitMQ that runs: amqp://user:password@host:port/vhost."
)


@dataclass(frozen=True, slots=True)
class Installed:
    """The script that starts a node, and Erlang's port mapper."""

    server: Path
    epmd: Path


def find_rabbitmq(environment: Mapping[str, str], packaged: Path = PACKAGED) -> Installed:
    """What is installed; BrokerUnavailable where it is not."""
    path = environment.get("PATH", "")
    home = environment.get("RABBITMQ_HOME")
    if home and not _is_whole(Path(home) / "sbin"):
        raise BrokerUnavailable(
            f"RABBITMQ_HOME is {home}, but there is no {Path(home) / 'sbin' / SCRIPT}. {_WANTED}"
        )
    found = next(filter(_is_whole, _folders(home, packaged, path)), None)
    if found is None:
        raise BrokerUnavailable(f"There is no RabbitMQ on this machine. {_WANTED}")
    erlang = shutil.which("erl", path=path)
    if erlang is None:
        raise BrokerUnavailable(
            "RabbitMQ is installed here, but there is no erl (Erlang) on the PATH."
        )
    return Installed(found / SCRIPT, _epmd(Path(erlang), path))


def _folders(home: str | None, packaged: Path, path: str) -> Iterator[Path]:
    if home:
        yield Path(home) / "sbin"
    versions = sorted(packaged.glob("rabbitmq_server-*"), key=_version)
    yield from (each / "sbin" for each in reversed(versions))
    if (on_path := shutil.which(SCRIPT, path=path)) is not None:
        yield Path(on_path).resolve().parent


def _is_whole(folder: Path) -> bool:
    return (folder / SCRIPT).is_file() and (folder / NEEDED).is_file()


def _version(folder: Path) -> list[int]:
    return [int(each) for each in re.findall(r"\d+", folder.name)]


def _epmd(erlang: Path, path: str) -> Path:
    """The port mapper: on the PATH, else in the folder of Erlang's run-time system."""
    if (found := shutil.which("epmd", path=path)) is not None:
        return Path(found)
    root = erlang.resolve().parents[1]
    systems = sorted(root.glob("**/erts-*/bin/epmd"), key=lambda each: _version(each.parents[1]))
    if not systems:
        raise BrokerUnavailable(f"There is no epmd below {root}, where Erlang is.")
    return systems[-1]
