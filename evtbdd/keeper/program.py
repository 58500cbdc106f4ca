"""Finding the program that a command names, and saying why a command did not start."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from evtbdd.errors import ServiceError
from evtbdd.words import quoted


def found_program(
    name: str, command: Sequence[str], environment: Mapping[str, str], directory: Path
) -> Path:
    """The file to execute, as a shell would find it from `directory` with that environment.

    Links are not followed, for a program may look at the name that it is called by (the `python`
    of a virtual environment does). ServiceError when there is none.
    """
    if not command or not command[0]:
        raise not_started(name, "its command is empty")
    word = command[0]
    try:
        if not directory.is_dir():
            what = "is no folder" if directory.exists() else "does not exist"
            raise not_started(name, f"its directory {directory} {what}")
        if "/" in word:
            return _checked(name, directory / word)
    except PermissionError as error:
        raise not_started(name, f"{error.filename} is out of reach ({error.strerror})") from error
    search = environment.get("PATH", os.defpath)
    for folder in search.split(os.pathsep):
        candidate = directory / folder / word
        # In this order, for a folder of the PATH may be closed to this user.
        if os.access(candidate, os.X_OK) and candidate.is_file():
            return candidate
    raise not_started(name, f"no folder of its PATH ({search}) has a program {quoted(word)}")


def why_refused(
    name: str, stage: str, number: int, program: Path, directory: Path, log: Path
) -> ServiceError:
    """The error for what the kernel did not do: `stage` says for which of the three."""
    reason = os.strerror(number)
    if stage == "log":
        return not_started(name, f"its log {log} cannot be written ({reason})")
    if stage == "directory":
        return not_started(name, f"its directory {directory} cannot be entered ({reason})")
    if number == errno.ENOEXEC:
        reason = 'it is no program for this machine; a script begins with a line like "#!/bin/sh"'
    elif number == errno.ENOENT:
        reason = "the interpreter that its first line names does not exist"
    elif number == errno.EINVAL:
        reason = "a word of its command or its environment holds a NUL character"
    return not_started(name, f"{program} cannot be executed ({reason})")


def not_started(name: str, reason: str) -> ServiceError:
    """`"shipping" cannot be started: …`."""
    return ServiceError(f"{quoted(name)} cannot be started: {reason}.")


def _checked(name: str, program: Path) -> Path:
    if not program.exists():
        raise not_started(name, f"there is no program {program}")
    if not program.is_file():
        raise not_started(name, f"{program} is no program but a folder")
    if not os.access(program, os.X_OK):
        raise not_started(name, f"{program} is not executable (chmod +x makes it so)")
    return program
