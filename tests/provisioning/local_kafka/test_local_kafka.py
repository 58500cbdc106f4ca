"""A private Kafka: usable when it is started, gone when it is stopped or its run is killed."""

from __future__ import annotations

import os
import select
import socket
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import evtbdd
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerUnavailable
from evtbdd.keeper import Keeper
from evtbdd.provisioning.local_kafka import LocalKafka
from evtbdd.provisioning.local_kafka.cache import Cache
from evtbdd.provisioning.local_kafka.properties import Ports, free_ports
from evtbdd.provisioning.local_kafka.round_trip import usable

with warnings.catch_warnings():
    # kafka-python reads its schemas by a function that Python 3.11 and 3.12 warn about
    warnings.filterwarnings("ignore", "(read|open)_text is deprecated", DeprecationWarning)
    from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer

LONG = 30.0
Kafka = Callable[..., LocalKafka]


@pytest.fixture
def kafka(keeper: Keeper) -> Iterator[Kafka]:
    """Make one that is not started yet; stopped at the end."""
    made: list[LocalKafka] = []

    def make(**settings: object) -> LocalKafka:
        made.append(LocalKafka(lambda: keeper, **settings))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for each in made:
        each.stop()


def processes_in(folder: Path) -> list[int]:
    """The processes whose command names the folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if os.fsencode(folder) in words:
                found.append(int(entry.name))
    return found


def listens(address: str) -> bool:
    host, port = address.split(":")
    with socket.socket() as link:
        return link.connect_ex((host, int(port))) == 0


def test_it_speaks_kafka(kept: Cache, kafka: Kafka) -> None:
    """As soon as it is started a client creates a topic, publishes, and reads it in a group."""
    local = kafka()
    local.start()
    admin = KafkaAdminClient(bootstrap_servers=local.address)
    admin.create_topics({"orders": {"num_partitions": 2, "replication_factor": 1}})
    assert admin.list_topics() == ["orders"]
    admin.close()
    producer = KafkaProducer(bootstrap_servers=local.address)
    placed = producer.send("orders", b"placed", key=b"ORD-1").get(timeout=LONG)
    producer.close()
    consumer = KafkaConsumer(
        "orders", bootstrap_servers=local.address, group_id="shipping", auto_offset_reset="earliest"
    )
    deadline = Deadline.after(LONG)
    read: list[object] = []
    while not read and not deadline.expired():
        read = [each for records in consumer.poll(500).values() for each in records]
    consumer.close()
    assert [(each.partition, each.offset, each.value) for each in read] == [
        (placed.partition, placed.offset, b"placed")
    ]


def test_stopped(kept: Cache, kafka: Kafka, temporary: Path) -> None:
    """After stop there is no process, no port, no folder, and it can be started again, empty."""
    local = kafka()
    local.start()
    first = local.address
    assert listens(first)
    assert len(processes_in(temporary)) == 1
    local.stop()
    assert not listens(first)
    assert processes_in(temporary) == []
    assert list(temporary.iterdir()) == []
    with pytest.raises(BrokerUnavailable, match=r"^Kafka has not been started\.$"):
        _ = local.address
    local.start()
    assert listens(local.address)


def test_what_the_first_leaves_for_the_next(kept: Cache, kafka: Kafka) -> None:
    """Its formatted storage and its classes; the next Kafka uses both, and makes neither anew."""
    made = {path.name.partition("-")[0]: path for path in kept.folder.iterdir()}
    assert set(made) == {"kafka", "storage", "classes"}
    times = {path: path.stat().st_mtime_ns for path in made.values()}
    local = kafka()
    local.start()
    (java,) = processes_in(kept.folder)
    words = Path(f"/proc/{java}/cmdline").read_text().split("\0")
    assert f"-XX:SharedArchiveFile={made['classes']}" in words
    assert os.fspath(made["classes"]) in Path(f"/proc/{java}/maps").read_text()
    local.stop()
    assert {path: path.stat().st_mtime_ns for path in kept.folder.iterdir()} == times


@pytest.mark.parametrize("part", [0, 0.5], ids=["empty", "truncated"])
def test_an_archive_that_java_cannot_use(kept: Cache, kafka: Kafka, part: float) -> None:
    """It does not keep Kafka from starting."""
    (archive,) = kept.folder.glob("classes-*")
    whole = archive.read_bytes()
    archive.unlink()
    archive.write_bytes(whole[: int(len(whole) * part)])
    local = kafka()
    try:
        local.start()
        assert listens(local.address)
    finally:
        local.stop()
        archive.unlink(missing_ok=True)
        archive.write_bytes(whole)


def test_two_starts_at_once(fresh: Cache, kafka: Kafka, temporary: Path) -> None:
    """Two that find an empty cache at the same time both start, as two clusters."""
    one, other = kafka(), kafka()
    for each in (one, other):
        each.begin()
    for each in (one, other):
        each.wait()
    admins = [KafkaAdminClient(bootstrap_servers=each.address) for each in (one, other)]
    clusters = {admin.describe_cluster()["cluster_id"] for admin in admins}
    assert len(clusters) == 2
    for admin in admins:
        admin.close()
    one.stop()
    assert listens(other.address)
    other.stop()
    assert [path.name.partition("-")[0] for path in sorted(fresh.folder.iterdir())] == [
        "classes",
        "storage",
    ]
    assert list(temporary.iterdir()) == []


def test_a_cache_that_cannot_be_written(fresh: Cache, kafka: Kafka) -> None:
    """Kafka starts without one, only slower."""
    fresh.folder.parent.touch()  # a file where the folder of caches should be: closed to root too
    local = kafka()
    local.start()
    assert listens(local.address)
    local.stop()
    assert fresh.folder.parent.is_file()


def test_a_port_that_is_taken(kept: Cache, kafka: Kafka) -> None:
    """Kafka is begun anew on others, and never mistaken for another Kafka that listens there."""
    first = kafka()
    first.start()
    taken = Ports(int(first.address.partition(":")[2]), free_ports().controller)
    chosen = [free_ports(), taken]
    second = kafka(ports=chosen.pop)
    second.start()
    assert chosen == []
    assert second.address != first.address
    assert listens(second.address)


def test_a_port_of_another_kafka(kept: Cache, kafka: Kafka) -> None:
    """What answers there is only taken for usable when it is the cluster that was meant."""
    local = kafka()
    local.start()
    host, port = local.address.split(":")
    assert not usable(host, int(port), "another", Deadline.after(LONG))


def test_an_option_that_kafka_refuses(kept: Cache, kafka: Kafka, temporary: Path) -> None:
    """The error says why, whenever it is asked for, and nothing is left."""
    local = kafka(options={"num.partitions": "zero"})
    local.begin()
    for _ in range(2):
        with pytest.raises(BrokerUnavailable) as caught:
            local.wait()
        assert str(caught.value) == (
            "Kafka did not start: it ended with exit code 1, and said: ConfigException: Invalid "
            "value zero for configuration num.partitions: Not a number of type INT."
        )
    assert processes_in(temporary) == []
    assert list(temporary.iterdir()) == []


def test_an_option_that_kafka_takes(kept: Cache, kafka: Kafka) -> None:
    """What is set holds, above what evtbdd would set."""
    local = kafka(options={"num.partitions": "3", "auto.create.topics.enable": "true"})
    local.start()
    producer = KafkaProducer(bootstrap_servers=local.address)
    producer.send("unknown", b"1").get(timeout=LONG)
    assert producer.partitions_for("unknown") == {0, 1, 2}
    producer.close()


def test_java_is_missing(kept: Cache, kafka: Kafka, monkeypatch: pytest.MonkeyPatch) -> None:
    """What keeps it from starting is told where it is waited for."""
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    local = kafka()
    local.begin()
    with pytest.raises(BrokerUnavailable, match=r"^There is no java on the PATH\. "):
        local.wait()


def test_stopped_while_it_starts(kept: Cache, kafka: Kafka, temporary: Path) -> None:
    """One that is begun can be stopped at any time; nothing is left."""
    local = kafka()
    local.begin()
    local.stop()
    assert processes_in(temporary) == []
    assert list(temporary.iterdir()) == []


def test_the_keeper_is_closed_first(kept: Cache, temporary: Path) -> None:
    """A stop after the keeper has ended everything finds nothing to do, and says nothing."""
    with Keeper.start() as keeper:
        local = LocalKafka(lambda: keeper)
        local.start()
    assert processes_in(temporary) == []
    local.stop()
    assert list(temporary.iterdir()) == []


RUN = """
import os, sys
from evtbdd.keeper import Keeper
from evtbdd.provisioning.local_kafka import LocalKafka
keeper = Keeper.start()
local = LocalKafka(lambda: keeper)
local.begin()
if sys.argv[1] == "started":
    local.wait()
    print(local.address, flush=True)
print("there", flush=True)
sys.stdin.read()
"""


def run(moment: str) -> subprocess.Popen[str]:
    """A run of its own, that is there to be killed."""
    return subprocess.Popen(
        [sys.executable, "-c", RUN, moment],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(evtbdd.__file__).parent.parent)},
    )


def killed(process: subprocess.Popen[str], everyone: list[int]) -> None:
    """Kill the run, and wait until all of these processes have ended."""
    ends = [os.pidfd_open(pid) for pid in everyone]
    process.kill()
    process.communicate(timeout=LONG)
    deadline = Deadline.after(LONG)
    for end in ends:
        assert select.select([end], [], [], deadline.remaining())[0]
        os.close(end)


def keeper_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.mark.skipif(sys.platform != "linux", reason="processes are watched by /proc")
def test_run_killed(kept: Cache, temporary: Path) -> None:
    """A run that is killed leaves no Kafka, no port and no folder."""
    process = run("started")
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    assert process.stdout.readline() == "there\n"
    everyone = processes_in(temporary)
    assert len(everyone) == 1
    killed(process, everyone + keeper_of(process.pid))
    assert not listens(address)
    assert list(temporary.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="processes are watched by /proc")
def test_run_killed_while_it_fetches(
    temporary: Path,
    alone: None,
    filled: Cache,
    tmp_path: Path,
    script: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Neither Maven nor half a Kafka is left of a run that is killed meanwhile."""
    fetching = tmp_path / "fetching"
    os.mkfifo(fetching)
    script(tmp_path / "bin" / "mvn", f"echo $* >{fetching}", "exec sleep 1000")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    process = run("begun")
    scratch = tmp_path / "cache" / "evtbdd"
    assert str(scratch) in fetching.read_text()
    assert len(list(scratch.iterdir())) == 1
    killed(process, keeper_of(process.pid))
    assert list(scratch.iterdir()) == []
    assert list(temporary.iterdir()) == []
