"""Kafka comes whole and right from Maven, or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from evtbdd.errors import BrokerUnavailable
from evtbdd.keeper import Keeper
from evtbdd.provisioning.keeping import CalledOff, Commands
from evtbdd.provisioning.local_kafka.cache import Cache
from evtbdd.provisioning.local_kafka.fetch import fetch_jars
from evtbdd.provisioning.local_kafka.jars import Jars, find_jars, pinned

Script = Callable[..., Path]
OTHERWISE = "Name a Kafka that is installed by KAFKA_HOME or KAFKA_LIBS, or use kafka+embedded://."
OUTPUT = 'for word; do case "$word" in -DoutputDirectory=*) to="${word#*=}";; esac; done'


class Fetching:
    """An empty cache, and a mvn of the test's own."""

    def __init__(self, keeper: Keeper, folder: Path) -> None:
        self.cache = Cache(folder / "cache")
        self.bin = folder / "bin"
        working = folder / "working"
        working.mkdir()
        path = f"{self.bin}:/usr/bin:/bin"
        self.commands = Commands("Kafka", keeper, working, {**os.environ, "PATH": path})

    def fetch(self) -> Jars:
        return fetch_jars(self.cache, self.commands)

    def refusal(self) -> str:
        with pytest.raises(BrokerUnavailable) as caught:
            self.fetch()
        return str(caught.value)

    @property
    def left(self) -> list[str]:
        """What is in the cache."""
        return sorted(path.name for path in self.cache.folder.iterdir())


@pytest.fixture
def fetching(keeper: Keeper, tmp_path: Path) -> Fetching:
    return Fetching(keeper, tmp_path)


def test_maven_brings_it(filled: Cache) -> None:
    """What Maven brings is what the list says, and is found from then on."""
    found = find_jars({"PATH": ""}, filled)
    assert found is not None
    assert [path.name for path in found.paths] == list(pinned())


def test_no_maven(fetching: Fetching) -> None:
    """Without Maven the ways that are left are named."""
    fetching.commands.environment = {"PATH": str(fetching.bin)}
    assert fetching.refusal() == (
        f"There is no Kafka on this machine, and no mvn (Maven) to fetch one. {OTHERWISE}"
    )


def test_maven_fails(fetching: Fetching, script: Script) -> None:
    """The first error of Maven is passed on, and nothing is left."""
    script(
        fetching.bin / "mvn",
        r"printf '\033[0m[ERROR] Could not transfer org.apache.kafka -> [Help 1]\n'",
        "echo '[ERROR] Re-run Maven with the -e switch'",
        "exit 1",
    )
    assert fetching.refusal() == (
        "Kafka 4.3.1 cannot be fetched: mvn ended with exit code 1 and said: "
        f"Could not transfer org.apache.kafka. {OTHERWISE}"
    )
    assert fetching.left == []


def test_something_else_is_brought(fetching: Fetching, script: Script) -> None:
    """A jar with other bytes than the list says is refused, and nothing is left."""
    (first, digest, *_) = next(iter(pinned().items()))
    script(fetching.bin / "mvn", OUTPUT, 'mkdir "$to"', f'printf wrong > "$to/{first}"')
    refusal = fetching.refusal()
    wrong = "8810ad581e59f2bc3928b261707a71308f7e139eb04820366dc4d5c18d980225"
    scratch = refusal.partition("/kafka-4.3.1/")[0]
    assert Path(scratch).parent == fetching.cache.folder
    assert refusal == (
        f"{scratch}/kafka-4.3.1/{first} is not the one that Kafka 4.3.1 is made of: its SHA-256 is "
        f"{wrong} and should be {digest}; this is what mvn has brought, and it was not kept."
    )
    assert fetching.left == []


def test_no_room(fetching: Fetching, script: Script) -> None:
    """A cache that cannot be written to is told before anything is fetched."""
    script(fetching.bin / "mvn", "exit 1")
    fetching.cache.folder.touch()
    assert fetching.refusal() == (
        f"Kafka cannot be fetched: {fetching.cache.folder} cannot be written to (File exists); "
        f"XDG_CACHE_HOME may name another folder. {OTHERWISE}"
    )


def test_two_at_once(fetching: Fetching, jars: Path, script: Script) -> None:
    """When another run has put it there meanwhile, that one is used."""
    script(
        fetching.bin / "mvn",
        OUTPUT,
        f'cp -r {jars} "$to"',
        f"cp -r {jars} {fetching.cache.folder}/kafka-4.3.1",
    )
    assert fetching.fetch().paths[0].parent == fetching.cache.folder / "kafka-4.3.1"
    assert fetching.left == ["kafka-4.3.1"]


def test_stopped(fetching: Fetching, script: Script) -> None:
    """A fetch can be called off before it begins as well; nothing is left."""
    script(fetching.bin / "mvn", "exec sleep 100")
    fetching.commands.call_off()
    with pytest.raises(CalledOff) as caught:
        fetching.fetch()
    assert str(caught.value) == "Kafka was stopped while it was being started."
    assert fetching.left == []
