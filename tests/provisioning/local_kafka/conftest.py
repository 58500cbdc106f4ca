"""A cache into which Kafka was fetched once, folders to look into, and a keeper for each test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from evtbdd.errors import BrokerUnavailable
from evtbdd.keeper import Keeper
from evtbdd.provisioning.keeping import Commands
from evtbdd.provisioning.local_kafka import LocalKafka
from evtbdd.provisioning.local_kafka.cache import Cache
from evtbdd.provisioning.local_kafka.fetch import fetch_jars
from evtbdd.provisioning.local_kafka.java import find_java


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Cache:
    """A cache that holds nothing but the Kafka that Maven has brought."""
    try:
        find_java(os.environ)
    except BrokerUnavailable as error:
        pytest.skip(str(error))
    if shutil.which("mvn") is None:
        pytest.skip("There is no mvn (Maven) on the PATH.")
    cache = Cache(tmp_path_factory.mktemp("cache") / "evtbdd")
    with Keeper.start() as keeper:
        folder = tmp_path_factory.mktemp("fetching")
        fetch_jars(cache, Commands("Kafka", keeper, folder, dict(os.environ)))
    return cache


@pytest.fixture(scope="session")
def jars(filled: Cache) -> Path:
    """The folder of the jars in it."""
    (folder,) = filled.folder.glob("kafka-*")
    return folder


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No Kafka that is installed here is found."""
    for name in ("KAFKA_LIBS", "KAFKA_HOME"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def used(filled: Cache) -> Cache:
    """The filled cache after its first Kafka."""
    with pytest.MonkeyPatch.context() as patch, Keeper.start() as keeper:
        patch.delenv("KAFKA_LIBS", raising=False)
        patch.delenv("KAFKA_HOME", raising=False)
        patch.setenv("XDG_CACHE_HOME", str(filled.folder.parent))
        local = LocalKafka(lambda: keeper)
        local.start()
        local.stop()
    return filled


@pytest.fixture
def kept(used: Cache, temporary: Path, alone: None, monkeypatch: pytest.MonkeyPatch) -> Cache:
    """The used cache as this user's."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(used.folder.parent))
    return used


@pytest.fixture
def fresh(
    jars: Path, temporary: Path, alone: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Cache:
    """A user with an empty cache of their own, and an installed Kafka."""
    monkeypatch.setenv("KAFKA_LIBS", str(jars))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return Cache.of(os.environ)


@pytest.fixture
def script() -> Callable[..., Path]:
    """`script(path, *lines)` writes a shell script that stands for a program of the machine."""

    def write(path: Path, *lines: str) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(["#!/bin/sh", *lines, ""]))
        path.chmod(0o755)
        return path

    return write
