"""Small projects for behave, run as a command, that tell when each of their scenarios ended."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]

STOPWATCH = """
import json, os, resource, time

_told = {"first step": None, "ended": []}


def before_step(context, step):
    if _told["first step"] is None:
        _told["first step"] = time.time()


def after_scenario(context, scenario):
    _told["ended"].append(time.perf_counter())


def after_all(context):
    _told["rss"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with open(os.environ["BENCH_TOLD"], "w") as file:
        json.dump(_told, file)
"""

EVTBDD = "from evtbdd.environment import *\n"
STEPS = "from evtbdd.steps import *\n"


@dataclass(frozen=True)
class Run:
    """One run: seconds to its first step, seconds a scenario after the first, and megabytes.

    `early` and `late` are the seconds a scenario in the first and the last tenth of the run.
    """

    to_first_step: float
    a_scenario: float
    early: float
    late: float
    rss: float


def run(
    feature: str,
    *,
    environment: str,
    steps: str,
    settings: str = "",
    runner: str = "",
    variables: Mapping[str, str] | None = None,
) -> Run:
    """Run a project; RuntimeError, with what behave printed, where a scenario is not green."""
    with tempfile.TemporaryDirectory(prefix="evtbdd-bench-") as name:
        folder = Path(name)
        (folder / "features").mkdir()
        (folder / "steps").mkdir()
        (folder / "features" / "bench.feature").write_text(feature)
        (folder / "environment.py").write_text(environment + STOPWATCH)
        (folder / "steps" / "steps.py").write_text(steps)
        (folder / "evtbdd.cfg").write_text(settings)
        behave = "[behave]\npaths = features\ncapture_hooks = false\n"
        (folder / "setup.cfg").write_text(behave + (f"runner = {runner}\n" if runner else ""))
        told = folder / "told.json"
        began = time.time()
        done = subprocess.run(
            [sys.executable, *_profiled(), "-m", "behave", "--format", "progress"],
            cwd=folder,
            env={**os.environ, "BENCH_TOLD": str(told), **(variables or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"The project of a benchmark is not green:\n{done.stdout}")
        read = json.loads(told.read_text())
    ended = read["ended"]
    tenth = max(2, len(ended) // 10)
    each, early, late = (_each(some) for some in (ended, ended[:tenth], ended[-tenth:]))
    return Run(read["first step"] - began, each, early, late, read["rss"])


def _each(ended: Sequence[float]) -> float:
    """Seconds from the end of one to the end of the next."""
    return (ended[-1] - ended[0]) / max(1, len(ended) - 1)


def _profiled() -> list[str]:
    """With BENCH_PROFILE=FILE, what the last project did is written there for `pstats`."""
    file = os.environ.get("BENCH_PROFILE")
    return ["-m", "cProfile", "-o", file] if file else []
