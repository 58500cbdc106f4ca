"""A service that writes without end fills neither the disk nor anybody's memory."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fire.field import children
from fire.figures import Figures, figures
from fire.listening import News
from keeper.conftest import Run

from evtbdd.clock import Deadline
from evtbdd.keeper.supervision.logfile import LIMIT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")

WRITTEN = 300_000_000
PIECE = 65_536
LONG = 60.0
BETWEEN = 0.005
"""Seconds between two looks at the file."""
MEGABYTE = 1_000_000

FLOODER = """
import os, sys
folder, line_break, number = sys.argv[1], sys.argv[2].encode(), int(sys.argv[3])
piece = (b"x" * 999 + line_break) * 64
os.close(os.open(f"{folder}/gate", os.O_RDONLY))
written = 0
while written < number:
    written += os.write(1, piece)
news = os.open(f"{folder}/news", os.O_WRONLY)
os.write(news, b"written\\n")
os.close(os.open(f"{folder}/end", os.O_RDONLY))
"""
RUN = f"""
import os, sys
from pathlib import Path
from evtbdd.clock import Deadline
from evtbdd.keeper import Keeper
home = Path(sys.argv[1])
line_break = (home / "line break").read_text()
with Keeper.start() as keeper:
    process = keeper.spawn(
        [sys.executable, "-S", "-I", "-c", {FLOODER!r}, str(home), line_break, "{WRITTEN}"],
        environment={{}}, directory=home, log=home / "log", name="flood",
    )
    print(keeper.pid, flush=True)
    sys.stdin.readline()
    process.kill()
    text = process.log.text()
    print(len(text), "bytes of the log were dropped here" in text, flush=True)
"""


@dataclass
class Flood:
    """Who holds what: memory in bytes at the most, and the largest file that was seen."""

    keeper: int
    supervisor: int
    run: int
    disk: int
    kept: int


@pytest.fixture(params=["lines", "a line without end"])
def line_break(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """What the service writes."""
    (tmp_path / "line break").write_text("\n" if request.param == "lines" else "x")
    return str(request.param)


@pytest.fixture
def news(tmp_path: Path) -> Iterator[News]:
    """What the service says; and it waits at a second gate when it has written."""
    os.mkfifo(tmp_path / "end")
    with News(tmp_path) as news:
        yield news


@pytest.mark.parametrize("hearing", [True, False], ids=["heard", "not heard"])
def test_a_flood_is_bounded(
    hearing: bool,
    line_break: str,
    news: News,
    run: Callable[[str], Run],
    tmp_path: Path,
    flood_figures: Figures,
) -> None:
    """Whether the run listens or stands in a debugger; the service is never held up by it."""
    begun = run(RUN)
    keeper = int(begun.says()[0])
    (supervisor,) = children(keeper)
    before = peak(begun.process.pid)
    if not hearing:
        begun.process.send_signal(signal.SIGSTOP)
    news.open_gate()
    disk = 0
    deadline = Deadline.after(LONG)
    while "written" not in news.lines:
        assert not deadline.expired()
        disk = max(disk, (tmp_path / "log").stat().st_size)
        news.read(BETWEEN)
    held = peak(keeper), peak(supervisor)
    if not hearing:
        begun.process.send_signal(signal.SIGCONT)
    begun.process.stdin.write("\n")
    begun.process.stdin.flush()
    kept, told = begun.says()
    found = Flood(*held, peak(begun.process.pid) - before, disk, int(kept))
    flood_figures.note(f"{line_break}, {'heard' if hearing else 'not heard'}", vars(found))
    assert found.disk <= LIMIT + PIECE
    assert (tmp_path / "log").stat().st_size <= LIMIT + PIECE
    assert found.keeper < 30 * MEGABYTE
    assert found.supervisor < 60 * MEGABYTE
    assert found.run < 60 * MEGABYTE
    assert found.kept < 5 * MEGABYTE
    assert told == "True"


def peak(pid: int) -> int:
    """The most memory that a process has held at once, in bytes."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


@pytest.fixture
def flood_figures(request: pytest.FixtureRequest) -> Figures:
    """Printed when all tests are done."""
    return request.config.stash.setdefault(figures, Figures())
