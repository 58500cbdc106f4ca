"""A keeper for each test, and ways to see what is alive."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from fire.figures import Figures, figures

import evtbdd
from evtbdd.clock import Deadline
from evtbdd.keeper import Keeper, Process

LONG = 20.0
"""Seconds after which a wait in these tests has failed."""

Spawn = Callable[..., Process]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was measured, so that it stands in the log of CI."""
    measured = terminalreporter.config.stash.get(figures, Figures())
    if lines := list(measured.lines()):
        terminalreporter.section("a flooding service: memory at the most, and the disk")
        for line in lines:
            terminalreporter.write_line(line)


@pytest.fixture
def keeper() -> Iterator[Keeper]:
    """A keeper, and the promise that nothing of it is left after the test."""
    with Keeper.start() as started:
        yield started


@pytest.fixture
def spawn(keeper: Keeper, tmp_path: Path) -> Spawn:
    """Starts a shell script, or the words of a command, with what tests need set."""

    def start(command: str | Sequence[str], **settings: object) -> Process:
        words = ["sh", "-c", command] if isinstance(command, str) else command
        given = {
            "environment": {"PATH": os.environ["PATH"]},
            "directory": tmp_path,
            "log": tmp_path / "service.log",
            "name": "shipping",
            **settings,
        }
        return keeper.spawn(words, **given)  # type: ignore[arg-type]

    return start


@pytest.fixture
def python() -> Callable[[str], list[str]]:
    """The words that run some Python quickly."""
    return lambda source: [sys.executable, "-S", "-I", "-c", source]


class Watched:
    """Processes of others, whose ends are waited for by their descriptors."""

    def __init__(self, pids: Sequence[int]) -> None:
        self.pids = pids
        self._ends = {os.pidfd_open(pid): pid for pid in pids}

    def all_end(self) -> bool:
        """Wait until all have ended."""
        deadline = Deadline.after(LONG)
        while self._ends and not deadline.expired():
            for end in select.select(list(self._ends), [], [], deadline.remaining())[0]:
                os.close(end)
                del self._ends[end]
        return not self._ends

    def close(self) -> None:
        """Close what is still open."""
        for end in self._ends:
            os.close(end)


@pytest.fixture
def watch() -> Iterator[Callable[[Sequence[int]], Watched]]:
    """Watch processes that are alive now."""
    watched: list[Watched] = []

    def begin(pids: Sequence[int]) -> Watched:
        watched.append(Watched(pids))
        return watched[-1]

    yield begin
    for each in watched:
        each.close()


@pytest.fixture
def alive() -> Callable[[Sequence[int]], list[int]]:
    """Those of the process ids that are still taken, by zombies too."""
    return lambda pids: [pid for pid in pids if Path(f"/proc/{pid}").exists()]


@pytest.fixture
def printed_pids() -> Callable[[Process, int], list[int]]:
    """The process ids that the members of a tree have printed, as `pid 123`."""

    def find(process: Process, number: int) -> list[int]:
        found: list[int] = []
        position = 0
        while len(found) < number:
            line = process.log.wait_for(
                lambda text: text.startswith("pid "), Deadline.after(LONG), since=position
            )
            assert line is not None, process.log.text()
            found.append(int(line.text.split()[1]))
            position = line.offset
        return found

    return find


class Run:
    """A run of its own: a Python program that uses a keeper and says things line by line."""

    def __init__(self, source: str, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", source, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": str(Path(evtbdd.__file__).parent.parent)},
        )

    def says(self) -> list[str]:
        """The words of its next line."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().split()

    def close(self) -> None:
        """End it."""
        self.process.kill()
        self.process.communicate(timeout=LONG)


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Callable[[str], Run]]:
    """Start a run of its own."""
    runs: list[Run] = []

    def begin(source: str) -> Run:
        runs.append(Run(source, tmp_path))
        return runs[-1]

    yield begin
    for each in runs:
        each.close()
