"""The Java to run Kafka with."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from evtbdd.errors import BrokerUnavailable
from evtbdd.words import duration

NEEDED = 17
PATIENCE = 20.0
_VERSION = re.compile(r'version "(?:1\.)?(\d+)')
_WANTED = (
    f"Kafka needs Java {NEEDED} or newer: install one, or name it by JAVA_HOME "
    "(kafka+embedded:// needs none)."
)


@dataclass(frozen=True, slots=True)
class Java:
    """A program that runs Java, and all that it says about its version."""

    program: Path
    version: str


def find_java(environment: Mapping[str, str]) -> Java:
    """The one in JAVA_HOME, else on the PATH; BrokerUnavailable where none is, or one too old."""
    program = _program(environment)
    try:
        answer = subprocess.run(
            [program, "-version"],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PATIENCE,
            check=False,
        )
    except OSError as error:
        raise BrokerUnavailable(f"{program} cannot be run: {error.strerror}. {_WANTED}") from error
    except subprocess.TimeoutExpired as error:
        raise BrokerUnavailable(
            f"{program} -version said nothing (waited {duration(PATIENCE)}). {_WANTED}"
        ) from error
    version = (answer.stderr + answer.stdout).strip()
    found = _VERSION.search(version)
    if answer.returncode != 0 or found is None:
        raise BrokerUnavailable(
            f"{program} does not say its version, but {_first_line(version)}. {_WANTED}"
        )
    if int(found[1]) < NEEDED:
        raise BrokerUnavailable(f"{program} is Java {found[1]}. {_WANTED}")
    return Java(program, version)


def _program(environment: Mapping[str, str]) -> Path:
    home = environment.get("JAVA_HOME")
    if home:
        program = Path(home) / "bin" / "java"
        if not program.is_file():
            raise BrokerUnavailable(f"JAVA_HOME is {home}, but there is no {program}. {_WANTED}")
        return program
    found = shutil.which("java", path=environment.get("PATH", ""))
    if found is None:
        raise BrokerUnavailable(f"There is no java on the PATH. {_WANTED}")
    return Path(found).absolute()


def _first_line(said: str) -> str:
    return f"“{said.splitlines()[0]}”" if said else "nothing"
