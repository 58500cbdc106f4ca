"""Where Kafka is looked for, and that what lies in the cache is what it should be."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from evtbdd.errors import BrokerUnavailable
from evtbdd.provisioning.local_kafka import jars as room
from evtbdd.provisioning.local_kafka.cache import Cache
from evtbdd.provisioning.local_kafka.jars import Jars, find_jars, pinned

CLIENTS = "kafka-clients-9.9.9.jar"
OTHER = "another.jar"


def a_kafka(folder: Path) -> Path:
    """A folder that looks like the libs of some Kafka."""
    folder.mkdir(parents=True)
    for name in (CLIENTS, OTHER, "LICENSE"):
        (folder / name).write_text(name)
    return folder


def folder_of(found: Jars | None) -> Path:
    """The folder of all that was found."""
    assert found is not None
    assert [path.name for path in found.paths] == [OTHER, CLIENTS]
    return found.paths[0].parent


class Machine:
    """A machine with a Kafka in every place; each is taken away in turn."""

    def __init__(self, root: Path, script: Callable[..., Path]) -> None:
        self.cache = Cache(root / "cache")
        self.libs = a_kafka(root / "jars")
        self.home = a_kafka(root / "home" / "libs").parent
        self.apache = a_kafka(root / "apache" / "libs").parent
        self.brew = a_kafka(root / "brew" / "libexec" / "libs").parent.parent
        script(self.apache / "bin" / "kafka-server-start.sh")
        script(self.brew / "bin" / "kafka-server-start")
        links = root / "links"
        links.mkdir()
        (links / "kafka-server-start").symlink_to(self.brew / "bin" / "kafka-server-start")
        self.links = links

    def find(self, **environment: Path) -> Jars | None:
        path = f"{self.apache / 'bin'}:{self.links}"
        given = {name: str(value) for name, value in environment.items()}
        return find_jars({"PATH": path, **given}, self.cache)


@pytest.fixture
def machine(tmp_path: Path, script: Callable[..., Path]) -> Machine:
    return Machine(tmp_path, script)


def test_kafka_libs_is_first(machine: Machine) -> None:
    """KAFKA_LIBS stands above KAFKA_HOME."""
    assert folder_of(machine.find(KAFKA_LIBS=machine.libs, KAFKA_HOME=machine.home)) == machine.libs


def test_kafka_home_is_next(machine: Machine) -> None:
    """KAFKA_HOME stands above the PATH."""
    assert folder_of(machine.find(KAFKA_HOME=machine.home)) == machine.home / "libs"


def test_the_path_is_next(machine: Machine) -> None:
    """Beside kafka-server-start.sh there are libs, as Apache's archive has them."""
    assert folder_of(machine.find()) == machine.apache / "libs"


def test_homebrew(machine: Machine) -> None:
    """A link to a kafka-server-start is followed, to ../libexec/libs."""
    shutil.rmtree(machine.apache)
    assert folder_of(machine.find()) == machine.brew / "libexec" / "libs"


def test_a_script_without_jars_is_passed_over(machine: Machine) -> None:
    """A kafka-server-start with no jars beside it is no Kafka; the next place is looked at."""
    shutil.rmtree(machine.apache / "libs")
    assert folder_of(machine.find()) == machine.brew / "libexec" / "libs"


def test_nowhere(machine: Machine) -> None:
    """Where none is, none is found."""
    shutil.rmtree(machine.apache)
    shutil.rmtree(machine.brew)
    assert machine.find() is None


@pytest.mark.parametrize(("variable", "inner"), [("KAFKA_LIBS", ""), ("KAFKA_HOME", "/libs")])
def test_a_variable_that_is_wrong(
    machine: Machine, tmp_path: Path, variable: str, inner: str
) -> None:
    """A variable that names something else is not passed over in silence."""
    with pytest.raises(BrokerUnavailable) as caught:
        machine.find(**{variable: tmp_path / "nowhere"})
    assert str(caught.value) == (
        f"{variable} is {tmp_path}/nowhere, but {tmp_path}/nowhere{inner} holds no Kafka "
        "(kafka-clients-*.jar); correct it, or unset it."
    )


@pytest.fixture
def small(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache with a Kafka of two jars, as the list wants them; and no other Kafka."""
    names = [CLIENTS, OTHER]
    wanted = {name: hashlib.sha256(name.encode()).hexdigest() for name in names}
    monkeypatch.setattr(room, "pinned", lambda: wanted)
    shutil.rmtree(machine.apache)
    shutil.rmtree(machine.brew)
    return a_kafka(machine.cache.folder / "kafka-4.3.1")


def test_the_cache_is_last(machine: Machine, small: Path) -> None:
    """What is on the list is the class path, in its order, and nothing else that lies there."""
    (small / "uninvited.jar").touch()
    found = machine.find()
    assert found is not None
    assert found.class_path == f"{small / CLIENTS}:{small / OTHER}"


def test_a_jar_that_was_changed(machine: Machine, small: Path) -> None:
    """A jar in the cache that is another one now is never run."""
    (small / OTHER).write_text("changed")
    with pytest.raises(BrokerUnavailable) as caught:
        machine.find()
    found, wanted = (hashlib.sha256(text).hexdigest() for text in (b"changed", OTHER.encode()))
    assert str(caught.value) == (
        f"{small / OTHER} is not the one that Kafka 4.3.1 is made of: its SHA-256 is {found} and "
        f"should be {wanted}; remove {small}, and it will be fetched again."
    )


def test_a_jar_that_is_missing(machine: Machine, small: Path) -> None:
    """Neither is a Kafka with a part missing."""
    (small / OTHER).unlink()
    with pytest.raises(BrokerUnavailable) as caught:
        machine.find()
    assert str(caught.value) == (
        f"{small / OTHER}, a part of Kafka 4.3.1, cannot be read (No such file or directory); "
        f"remove {small}, and it will be fetched again."
    )


def test_the_list() -> None:
    """evtbdd brings a list of 46 jars, Kafka's own in the version that it names."""
    listed = pinned()
    assert len(listed) == 46
    assert {"kafka_2.13-4.3.1.jar", "kafka-clients-4.3.1.jar"} <= set(listed)
    assert {len(digest) for digest in listed.values()} == {64}


def test_the_fingerprint_changes_with_every_file(tmp_path: Path) -> None:
    """What was made for some jars is not used for others: size, time, place and Java count."""
    first = Jars((a_kafka(tmp_path / "a") / CLIENTS,))
    prints = [first.fingerprint(), first.fingerprint("java 17"), first.fingerprint("java 21")]
    prints.append(Jars((a_kafka(tmp_path / "b") / CLIENTS,)).fingerprint())
    first.paths[0].write_text("another size")
    prints.append(first.fingerprint())
    assert len(set(prints)) == len(prints)
    assert first.fingerprint() == first.fingerprint()
