"""The run of a round: `run.py STAGE FOLDER KIND KIND KIND`; the first kind is the target's.

It starts three services, does with the target what the stage needs, and then, where it lives still,
looks whether the keeper still starts something. What it is told it prints.
"""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from pathlib import Path

from fire.hold import arm, hold_at
from fire.news import tell, wait_at_gate
from fire.stages import STAGES

import evtbdd.keeper.keeper
from evtbdd.clock import Deadline
from evtbdd.errors import ServiceError
from evtbdd.keeper import Keeper, Process
from evtbdd.services.readiness import port_answers

HERE = Path(__file__).parent
LONG = 30.0
ENDLESS = 3600.0


class Run:
    def __init__(self, stage: str, folder: str, kinds: list[str]) -> None:
        (self.stage,) = (each for each in STAGES if each.name == stage)
        self.folder = folder
        self.kinds = dict(zip(("target", "first", "second"), kinds, strict=True))

    def arm(self, act: str) -> None:
        if act == self.stage.act and self.stage.point:
            arm(self.folder)

    def whole(self) -> None:
        self.arm("begin")
        with Keeper.start() as keeper:
            self.arm("make")
            self.scratch = keeper.new_folder("evtbdd-fire-")
            try:
                self.act(keeper)
            except ServiceError as error:
                print(error)
            if self.stage.act != "close":
                self.look_whether_it_serves(keeper)
            self.arm("close")

    def act(self, keeper: Keeper) -> None:
        self.start(keeper, "first")
        self.start(keeper, "second")
        self.arm("start")
        target = self.start(keeper, "target")
        if self.stage.act == "leave":
            tell(self.folder, "ready")
            wait_at_gate(self.folder)
        elif self.stage.act == "stop":
            threading.Thread(target=self.kill_at_gate, args=[target]).start()
            self.arm("stop")
            target.stop(grace=ENDLESS)
        elif self.stage.act == "kill":
            self.arm("kill")
            target.kill()

    def kill_at_gate(self, process: Process) -> None:
        wait_at_gate(self.folder)
        # What it is told of that, the thread that stops it is told too.
        with suppress(ServiceError):
            process.kill()

    def start(self, keeper: Keeper, name: str) -> Process:
        hold = self.stage.hold if name == "target" else "nowhere"
        kind = self.kinds[name]
        command = [
            *([] if kind != "sleeps before exec" else ["sh", "-c", 'sleep 0.1; exec "$@"', "sh"]),
            *(sys.executable, "-S", "-I", str(HERE / "service.py"), name, kind, hold, self.folder),
        ]
        process = keeper.spawn(
            command,
            environment={"PATH": os.environ["PATH"]},
            directory=self.scratch,
            log=self.scratch / f"{name}.log",
            name=name,
        )
        self.wait_until_ready(process)
        return process

    def wait_until_ready(self, process: Process) -> None:
        line = process.log.wait_for("port ", Deadline.after(LONG))
        if line is None:
            raise ServiceError(f"{process.name} {process.exit}")
        asked = False
        while port_answers(line.text.split()[1], 1.0) is not None:
            if process.name == "target" and not asked:
                asked = True
                tell(self.folder, "asked for readiness")
            if (end := process.wait(Deadline.after(0.02))) is not None:
                raise ServiceError(f"{process.name} {end}")

    def look_whether_it_serves(self, keeper: Keeper) -> None:
        process = keeper.spawn(
            ["true"],
            environment={"PATH": os.environ["PATH"]},
            directory=self.scratch,
            log=self.scratch / "last.log",
            name="last",
        )
        print("last", process.wait(Deadline.after(LONG)))


if __name__ == "__main__":
    stage, folder, *kinds = sys.argv[1:]
    program = evtbdd.keeper.keeper._SCRIPT
    os.environ["FIRE_PROGRAM"] = str(program)
    evtbdd.keeper.keeper._SCRIPT = HERE / "held_keeper.py"
    run = Run(stage, folder, kinds)
    os.environ["FIRE_POINT"] = run.stage.point if run.stage.side == "keeper" else ""
    os.environ["FIRE_FOLDER"] = folder
    if run.stage.side == "run":
        hold_at(run.stage.point, folder)
    try:
        run.whole()
    except ServiceError as error:
        print(error)
