"""One round: a run is brought to a stage, somebody is killed there, and then nothing may be left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from fire.field import Field, called, children, described
from fire.listening import LONG, News
from fire.stages import Case

import evtbdd
from evtbdd.clock import Deadline
from evtbdd.loopback import listener

ROOT = Path(evtbdd.__file__).parent.parent
RUN = Path(__file__).parent / "run.py"


class Round:
    """A run on a field of its own, its files in a folder."""

    def __init__(self, case: Case, folder: Path) -> None:
        self.case = case
        self.folder = folder
        self.temporary = folder / "tmp"
        self.temporary.mkdir(parents=True)

    def carry_out(self) -> str:
        """Kill, see that nothing is left, and return what the run has printed."""
        with News(self.folder) as news, Field() as field:
            run = self._begin()
            try:
                held = news.wait_for(self.case.stage.reached, run).split()[-1]
                os.kill(self._victim(run.pid, held, news), signal.SIGKILL)
                news.open_gate()
                said, _ = run.communicate(timeout=LONG)
                assert field.empties(Deadline.after(LONG)), [*map(described, field.left())]
            finally:
                run.kill()
                run.communicate()
            news.read()
        self._check(news)
        assert run.returncode == (-signal.SIGKILL if self.killed == "run" else 0), said
        return said

    @property
    def killed(self) -> str:
        """Who is killed: the victim, or who is instead of it where there is none at the stage."""
        stage, victim = self.case.stage, self.case.victim
        if victim == "supervisor" and stage.supervisor == "none":
            return "keeper"
        if victim == "service" and stage.service == "none":
            return "run"
        return victim

    def _begin(self) -> subprocess.Popen[str]:
        words = [sys.executable, str(RUN), self.case.stage.name, str(self.folder), *self.case.kinds]
        paths = os.pathsep.join([str(ROOT), str(RUN.parents[1])])
        return subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONPATH": paths, "TMPDIR": str(self.temporary)},
        )

    def _victim(self, run: int, held: str, news: News) -> int:
        if self.killed == "run":
            return run
        (keeper,) = children(run)
        if self.killed == "keeper":
            return keeper
        stage = self.case.stage
        which = stage.supervisor if self.killed == "supervisor" else stage.service
        if which == "held":
            return int(held)
        if self.killed == "service":
            news.read()
            return news.number(f"root {which} ")
        (found,) = [pid for pid in children(keeper) if called(pid) == f"evtbdd:{which}"]
        return found

    def _check(self, news: News) -> None:
        """No port is bound, and no file is left but those of the round itself."""
        for line in news.lines:
            if line.startswith("port "):
                listener(int(line.split()[1])).close()
        assert list(self.temporary.iterdir()) == []
        assert {each.name for each in self.folder.iterdir()} <= {"news", "gate", "held", "tmp"}
