"""Hold a process at a point of its code: Python's profiler tells when it comes there.

A point is `call MODULE FUNCTION` or `return MODULE FUNCTION`, or for something of C `c_call MODULE
FUNCTION CALLED` as it is about to be called there, and `c_return …` as it has returned; see
`sys.setprofile`. A `*` stands for any letters. Nothing of the code itself is changed.
"""

from __future__ import annotations

import os
import sys
import threading
from fnmatch import fnmatchcase
from pathlib import Path
from types import FrameType
from typing import Any

from fire.news import tell, wait_at_gate


def arm(folder: str) -> None:
    """From now on the next process that comes to its point is held there; only that one."""
    Path(folder, "armed").touch()


def hold_at(point: str, folder: str) -> None:
    """Hold a thread of this process, or of one that it forks, once it comes there and is armed."""

    def watch(frame: FrameType, event: str, argument: Any) -> None:
        where = f"{event} {frame.f_globals.get('__name__')} {frame.f_code.co_name}"
        if event in {"c_call", "c_return"}:
            where += f" {argument.__name__}"
        if fnmatchcase(where, point) and _disarmed(folder):
            sys.setprofile(None)
            tell(folder, "held", os.getpid())
            wait_at_gate(folder)

    threading.setprofile(watch)
    sys.setprofile(watch)


def _disarmed(folder: str) -> bool:
    """Whether it was armed until now, and this process is the first to notice."""
    try:
        Path(folder, "armed").rename(Path(folder, "held"))
    except FileNotFoundError:
        return False
    return True
