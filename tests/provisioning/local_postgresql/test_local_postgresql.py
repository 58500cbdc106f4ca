"""A private PostgreSQL: usable when it is started, gone when it is stopped or its run is killed."""

from __future__ import annotations

import os
import select
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

import evtbdd
from evtbdd.clock import Deadline
from evtbdd.errors import DatabaseUnavailable, SettingsError
from evtbdd.keeper import HeldKeeper
from evtbdd.provisioning.local_postgresql import LocalPostgreSQL
from evtbdd.provisioning.local_postgresql.configuration import free_port

LONG = 60.0
Make = Callable[..., LocalPostgreSQL]


def servers_in(folder: Path) -> list[int]:
    """The processes whose command names the folder: the server, and whatever starts it."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                words = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if os.fsencode(folder) + b"/evtbdd-postgresql" in words:
                found.append(int(entry.name))
    return found


def children_of(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(each) for each in children.split()]


def segments() -> dict[int, str]:
    """The identifiers of the segments of System V memory; empty ones are marked to be destroyed."""
    lines = Path("/proc/sysvipc/shm").read_text(encoding="ascii").splitlines()[1:]
    return {int(line.split()[1]): line for line in lines}


def segment_in(folder: Path) -> int:
    """The segment of the server below a folder."""
    lock_file = next(folder.glob("evtbdd-postgresql-*/data/postmaster.pid"))
    return int(lock_file.read_text(encoding="ascii").splitlines()[6].split()[1])


def listens(port: int) -> bool:
    with socket.socket() as link:
        return link.connect_ex(("127.0.0.1", port)) == 0


def port_of(postgresql: LocalPostgreSQL) -> int:
    return int(postgresql.address.rpartition(":")[2])


def asked(postgresql: LocalPostgreSQL, question: str) -> object:
    with psycopg.connect(f"postgresql://{postgresql.address}/postgres") as link:
        found = link.execute(question).fetchone()  # type: ignore[call-overload]
    assert found is not None
    return found[0]


@pytest.fixture(scope="module")
def running() -> Iterator[LocalPostgreSQL]:
    """One for all tests that only look at it."""
    keeper = HeldKeeper()
    local = LocalPostgreSQL(keeper, options={"wal_level": "logical"})
    try:
        local.start()
    except DatabaseUnavailable as error:
        keeper.close()
        pytest.skip(str(error))
    yield local
    local.stop()
    keeper.close()


def test_it_is_a_real_one(running: LocalPostgreSQL) -> None:
    """As soon as it is started a client is answered; times are in UTC, texts in UTF-8."""
    assert asked(running, "SELECT 6 * 7") == 42
    assert asked(running, "SHOW timezone") == "UTC"
    assert asked(running, "SHOW server_encoding") == "UTF8"


def test_an_option_holds(running: LocalPostgreSQL) -> None:
    """Here what an outbox needs that is read from the log."""
    assert asked(running, "SHOW wal_level") == "logical"


def test_a_wrong_password_is_refused(running: LocalPostgreSQL) -> None:
    """A service that logs in wrongly must find that out here."""
    wrong = running.address.replace(":evtbdd@", ":other@")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(f"postgresql://{wrong}/postgres")


def test_it_listens_on_loopback_alone(running: LocalPostgreSQL) -> None:
    """Nobody else on the network reaches it, and no socket lies in a shared folder."""
    lines = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    lines += Path("/proc/net/tcp6").read_text(encoding="ascii").splitlines()[1:]
    listening = [line.split()[1].split(":") for line in lines if line.split()[3] == "0A"]
    hosts = {host for host, number in listening if int(number, 16) == port_of(running)}
    assert hosts == {"0100007F"}
    assert asked(running, "SHOW unix_socket_directories") == ""


def test_stopped(postgresql: Make, temporary: Path) -> None:
    """After stop there is no process, no port, no folder, no memory; it can be started again."""
    local = postgresql()
    local.start()
    port, segment = port_of(local), segment_in(temporary)
    assert listens(port)
    assert local.pid in servers_in(temporary)
    local.stop()
    assert not listens(port)
    assert servers_in(temporary) == []
    assert list(temporary.iterdir()) == []
    assert segment not in segments()
    with pytest.raises(DatabaseUnavailable, match=r"^PostgreSQL has not been started\.$"):
        _ = local.address
    local.start()
    assert asked(local, "SELECT count(*) FROM pg_database WHERE NOT datistemplate") == 1


def test_two_at_once(postgresql: Make) -> None:
    """Neither knows of the other, nor ends with it."""
    one, other = postgresql(), postgresql()
    one.start()
    other.start()
    one.stop()
    assert asked(other, "SELECT 1") == 1


def test_a_port_that_is_taken(postgresql: Make) -> None:
    """It is begun anew on another; who has the port is left alone."""
    with socket.create_server(("127.0.0.1", 0)) as taker:
        chosen = [free_port(), taker.getsockname()[1]]
        local = postgresql(port=chosen.pop)
        local.start()
        assert chosen == []
        assert asked(local, "SELECT 1") == 1


def test_an_option_that_postgresql_refuses(postgresql: Make, temporary: Path) -> None:
    """The error says why, and nothing is left."""
    local = postgresql(options={"wal_level": "deep"})
    with pytest.raises(DatabaseUnavailable) as raised:
        local.start()
    assert str(raised.value) == (
        "PostgreSQL did not start: it ended with exit code 1, and said: invalid value for parameter "
        '"wal_level": "deep".'
    )
    assert servers_in(temporary) == []
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("name", ["port", "listen_addresses", "data_directory"])
def test_an_option_that_only_evtbdd_can_set(postgresql: Make, name: str) -> None:
    """It could not reach the server any more."""
    with pytest.raises(SettingsError) as raised:
        postgresql(options={name: "1"})
    assert str(raised.value) == (
        f'"{name}" cannot be set for a PostgreSQL that evtbdd starts: it chooses that itself, to be '
        "able to reach and to remove it."
    )


def test_a_user_without_a_cache(
    postgresql: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files are made, and kept where that can be."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    for _ in range(2):
        local = postgresql()
        local.start()
        assert asked(local, "SELECT 1") == 1
        local.stop()
        assert [each.name[:10] for each in (tmp_path / "evtbdd").iterdir()] == ["postgresql"]
    shutil.rmtree(tmp_path / "evtbdd")
    (tmp_path / "evtbdd").write_text("no folder")
    local = postgresql()
    local.start()
    assert asked(local, "SELECT 1") == 1


RUN = """
import sys
from evtbdd.keeper import Keeper
from evtbdd.provisioning.local_postgresql import LocalPostgreSQL
keeper = Keeper.start()
local = LocalPostgreSQL(lambda: keeper)
local.start()
print("there", flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="processes are watched by /proc")
def test_run_killed(installed: None, temporary: Path) -> None:
    """A run that is killed leaves no server, no folder and no memory."""
    run = subprocess.Popen(
        [sys.executable, "-c", RUN],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(evtbdd.__file__).parent.parent)},
    )
    assert run.stdout is not None
    assert run.stdout.readline() == "there\n"
    segment = segment_in(temporary)
    servers = servers_in(temporary)
    everyone = {*servers, *children_of(run.pid), *(c for s in servers for c in children_of(s))}
    ends = [os.pidfd_open(pid) for pid in everyone]
    run.kill()
    run.communicate(timeout=LONG)
    deadline = Deadline.after(LONG)
    for end in ends:
        assert select.select([end], [], [], deadline.remaining())[0]
        os.close(end)
    assert servers_in(temporary) == []
    assert list(temporary.iterdir()) == []
    assert segment not in segments()
