"""Which RabbitMQ, and which Erlang, are taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from evtbdd.errors import BrokerUnavailable
from evtbdd.provisioning.local_rabbitmq.find import find_rabbitmq

WANTED = (
    "Install the package rabbitmq-server, or name an unpacked RabbitMQ by RABBITMQ_HOME; or name a "
    "RabbitMQ that runs: amqp://user:password@host:port/vhost."
)


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def rabbitmq(folder: Path) -> Path:
    program(folder / "rabbitmq-env")
    return program(folder / "rabbitmq-server")


@pytest.fixture
def erlang(tmp_path: Path) -> Path:
    """A folder of the PATH with Erlang's programs."""
    program(tmp_path / "erlang" / "epmd")
    return program(tmp_path / "erlang" / "erl").parent


def test_the_newest_of_the_packages(tmp_path: Path, erlang: Path) -> None:
    """By numbers, not by letters."""
    packaged = tmp_path / "packaged"
    for version in ("3.9.13", "3.10.8"):
        rabbitmq(packaged / f"rabbitmq_server-{version}" / "sbin")
    found = find_rabbitmq({"PATH": str(erlang)}, packaged)
    assert found.server == packaged / "rabbitmq_server-3.10.8" / "sbin" / "rabbitmq-server"
    assert found.epmd == erlang / "epmd"


def test_one_that_is_named(tmp_path: Path, erlang: Path) -> None:
    """It comes before the packages."""
    packaged = tmp_path / "packaged"
    rabbitmq(packaged / "rabbitmq_server-3.10.8" / "sbin")
    server = rabbitmq(tmp_path / "own" / "sbin")
    variables = {"PATH": str(erlang), "RABBITMQ_HOME": str(tmp_path / "own")}
    assert find_rabbitmq(variables, packaged).server == server


def test_one_on_the_path(tmp_path: Path, erlang: Path) -> None:
    """Where a link on the PATH leads to; a wrapper of packages is none, for it changes the user."""
    server = rabbitmq(tmp_path / "unpacked" / "sbin")
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "rabbitmq-server").symlink_to(server)
    path = f"{folder}:{erlang}"
    assert find_rabbitmq({"PATH": path}, tmp_path / "none").server == server
    wrapper = program(tmp_path / "wrapped" / "rabbitmq-server").parent
    with pytest.raises(BrokerUnavailable):
        find_rabbitmq({"PATH": f"{wrapper}:{erlang}"}, tmp_path / "none")


def test_a_port_mapper_beside_erlang(tmp_path: Path) -> None:
    """Where epmd is not on the PATH it is in the folder of the run-time system."""
    packaged = tmp_path / "packaged"
    rabbitmq(packaged / "rabbitmq_server-3.10.8" / "sbin")
    erl = program(tmp_path / "otp" / "bin" / "erl")
    epmd = program(tmp_path / "otp" / "erts-13.1" / "bin" / "epmd")
    assert find_rabbitmq({"PATH": str(erl.parent)}, packaged).epmd == epmd


@pytest.mark.parametrize(
    ("has", "home", "text"),
    [
        (False, None, f"There is no RabbitMQ on this machine. {WANTED}"),
        (
            True,
            "/nowhere",
            "RABBITMQ_HOME is /nowhere, but there is no /nowhere/sbin/rabbitmq-server. " + WANTED,
        ),
        (True, None, "RabbitMQ is installed here, but there is no erl (Erlang) on the PATH."),
    ],
)
def test_what_is_missing(tmp_path: Path, has: bool, home: str | None, text: str) -> None:
    """It is said what, and how to get it."""
    packaged = tmp_path / "packaged"
    if has:
        rabbitmq(packaged / "rabbitmq_server-3.10.8" / "sbin")
    variables = {"PATH": str(tmp_path)} | ({"RABBITMQ_HOME": home} if home else {})
    with pytest.raises(BrokerUnavailable) as raised:
        find_rabbitmq(variables, packaged)
    assert str(raised.value) == text
