"""moto's SQS in a process of its own, which can be killed and takes no turn from ours."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SqsProcess:
    """`address` is what stands behind `sqs://`."""

    address: str
    process: subprocess.Popen[str]

    @property
    def endpoint(self) -> str:
        """The URL that its clients write."""
        return self.address.partition("endpoint=")[2].partition("&")[0]

    def kill(self) -> None:
        """Return when nothing listens any more."""
        self.process.kill()
        self.process.wait()


@contextmanager
def sqs_process() -> Iterator[SqsProcess]:
    """One that is there until the end of the block."""
    command = [sys.executable, "-m", "evtbdd.cli.main", "broker", "sqs"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            assert url.startswith("sqs://"), url
            yield SqsProcess(url.removeprefix("sqs://"), process)
        finally:
            process.kill()
