"""Which Java is taken, and what is said where none can be."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from evtbdd.errors import BrokerUnavailable
from evtbdd.provisioning.local_kafka import java
from evtbdd.provisioning.local_kafka.java import find_java

Script = Callable[..., Path]
WANTED = (
    "Kafka needs Java 17 or newer: install one, or name it by JAVA_HOME "
    "(kafka+embedded:// needs none)."
)


def says(number: str) -> str:
    return f"""echo 'openjdk version "{number}" 2025-04-15' >&2"""


def refusal(environment: dict[str, str]) -> str:
    with pytest.raises(BrokerUnavailable) as caught:
        find_java(environment)
    return str(caught.value)


def test_the_one_on_the_path(script: Script, tmp_path: Path) -> None:
    """Without JAVA_HOME it is the java of the PATH; a line before its version does no harm."""
    program = script(tmp_path / "java", "echo 'Picked up JAVA_TOOL_OPTIONS: -Da=b' >&2", says("21"))
    found = find_java({"PATH": str(tmp_path)})
    assert found.program == program
    assert found.version.endswith('openjdk version "21" 2025-04-15')


def test_java_home_before_the_path(script: Script, tmp_path: Path) -> None:
    """JAVA_HOME says which Java is meant."""
    script(tmp_path / "path" / "java", says("21"))
    program = script(tmp_path / "home" / "bin" / "java", says("17.0.15"))
    environment = {"PATH": str(tmp_path / "path"), "JAVA_HOME": str(tmp_path / "home")}
    assert find_java(environment).program == program


@pytest.mark.parametrize(("version", "number"), [("11.0.27", 11), ("1.8.0_452", 8)])
def test_too_old(script: Script, tmp_path: Path, version: str, number: int) -> None:
    """An older Java is named with its version."""
    program = script(tmp_path / "java", says(version))
    assert refusal({"PATH": str(tmp_path)}) == f"{program} is Java {number}. {WANTED}"


def test_none(tmp_path: Path) -> None:
    """Where there is none that is said, with what would help."""
    assert refusal({"PATH": str(tmp_path)}) == f"There is no java on the PATH. {WANTED}"


def test_java_home_without_java(tmp_path: Path) -> None:
    """A JAVA_HOME that is wrong is not passed over."""
    program = tmp_path / "bin" / "java"
    assert refusal({"PATH": os.environ["PATH"], "JAVA_HOME": str(tmp_path)}) == (
        f"JAVA_HOME is {tmp_path}, but there is no {program}. {WANTED}"
    )


def test_one_that_fails(script: Script, tmp_path: Path) -> None:
    """What a broken Java says is passed on."""
    program = script(tmp_path / "java", "echo 'libjli.so: cannot open' >&2", "exit 127")
    assert refusal({"PATH": str(tmp_path)}) == (
        f"{program} does not say its version, but “libjli.so: cannot open”. {WANTED}"
    )


def test_one_that_cannot_be_run(tmp_path: Path) -> None:
    """Neither is a file that is no program an unknown error."""
    program = tmp_path / "java"
    program.write_bytes(b"\x00")
    program.chmod(0o755)
    assert refusal({"PATH": str(tmp_path)}) == (
        f"{program} cannot be run: Exec format error. {WANTED}"
    )


def test_one_that_hangs(script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Java that does not come to an end is waited for, but not for ever."""
    monkeypatch.setattr(java, "PATIENCE", 0.2)
    program = script(tmp_path / "java", "exec /bin/sleep 100")
    assert refusal({"PATH": str(tmp_path)}) == (
        f"{program} -version said nothing (waited 200 ms). {WANTED}"
    )
