"""What the steps and hooks of a run ask of the test that watches it.

The run calls `order(folder, what)`, which returns when that is done; the test gives the answers by
`Orders(folder, {what: act})`. Both speak through named pipes in the folder.
"""

from __future__ import annotations

import json
import os
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import count
from pathlib import Path
from threading import Thread
from types import TracebackType

NUMBERS = count()


def order(folder: str, what: str, with_: str = "") -> None:
    """Have the test do something, with a word for it; AssertionError where it could not."""
    answer = Path(folder, f"answer-{os.getpid()}-{next(NUMBERS)}")
    os.mkfifo(answer)
    # Open before it is asked, so that the answer is lost only if nobody waits for it any more.
    with os.fdopen(os.open(answer, os.O_RDWR)) as answers:
        with Path(folder, "orders").open("w") as orders:
            orders.write(f"{answer.name}\t{what}\t{with_}\n")
        said = json.loads(answers.readline())
    answer.unlink()
    assert said == "done", said


class Orders:
    """Carries out what is asked for, one thing after the other, in a thread of its own."""

    def __init__(self, folder: Path, acts: Mapping[str, Callable[[str], None]]) -> None:
        self._folder = folder
        self._acts = acts
        self._thread = Thread(target=self._listen, name="orders")

    def __enter__(self) -> Orders:
        os.mkfifo(self._folder / "orders")
        # For writing too, so that it does not end with the first who writes.
        self._pipe = os.open(self._folder / "orders", os.O_RDWR)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.write(self._pipe, b"\n")
        self._thread.join()
        os.close(self._pipe)

    def _listen(self) -> None:
        with os.fdopen(os.dup(self._pipe)) as orders:
            while line := orders.readline().rstrip("\n"):
                answer, what, with_ = line.split("\t")
                said = self._carry_out(what, with_)
                with suppress(OSError):  # who has asked may have been killed
                    pipe = os.open(self._folder / answer, os.O_WRONLY | os.O_NONBLOCK)
                    os.write(pipe, f"{json.dumps(said)}\n".encode())
                    os.close(pipe)

    def _carry_out(self, what: str, with_: str) -> str:
        try:
            self._acts[what](with_)
        except Exception:  # noqa: BLE001 - told to who has asked
            return traceback.format_exc()
        return "done"
