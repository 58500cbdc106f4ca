"""Starting the command of a service."""

from __future__ import annotations

import errno
import os

from .kernel import die_with_parent
from .signals import hold_signals, release_signals, restore_signals

TYPE_CHECKING = False  # importing typing would make the start of the keeper slower
if TYPE_CHECKING:
    from .wire import Frame


class Refused(Exception):
    """The command did not start: `stage` is what failed (log, directory, program)."""

    def __init__(self, stage: str, number: int) -> None:
        super().__init__(stage, number)
        self.stage = stage
        self.number = number


class Command:
    """What is to be executed; everything in the bytes that the kernel takes.

    Over the wire each byte is one character (Latin-1), whatever encoding the run's names are in.
    """

    def __init__(self, frame: Frame) -> None:
        self.program = frame["program"].encode("latin-1")
        self.words = [word.encode("latin-1") for word in frame["words"]]
        self.environment = {
            name.encode("latin-1"): value.encode("latin-1")
            for name, value in frame["environment"].items()
        }
        self.directory = frame["directory"].encode("latin-1")
        self.stdin_open = frame["stdin"] == "open"


class Started:
    """A command that runs: its process, where its output comes from, and what holds its input."""

    def __init__(self, pid: int, output: int, stdin: int | None) -> None:
        self.pid = pid
        self.output = output
        self.stdin = stdin


def start(command: Command) -> Started:
    """Returns when the program has taken over (execve has worked); else raises `Refused`."""
    output, output_end = os.pipe()
    failure, failure_end = os.pipe()
    stdin: int | None = None
    if command.stdin_open:
        stdin_end, stdin = os.pipe()
    else:
        stdin_end = os.open(os.devnull, os.O_RDONLY)
    parent = os.getpid()
    hold_signals()
    pid = os.fork()
    if pid == 0:
        _become(command, parent, stdin_end, output_end, failure_end)
    release_signals()
    for end in (output_end, failure_end, stdin_end):
        os.close(end)
    told = os.read(failure, 100)
    os.close(failure)
    if told:
        os.waitpid(pid, 0)
        os.close(output)
        if stdin is not None:
            os.close(stdin)
        stage, number = told.decode().split()
        raise Refused(stage, int(number))
    os.set_blocking(output, False)
    return Started(pid, output, stdin)


def _become(command: Command, parent: int, stdin: int, output: int, failure: int) -> None:
    """In the child: turn into the command, or say why not; never returns."""
    stage = "program"
    try:
        os.setsid()
        restore_signals()
        die_with_parent()
        if os.getppid() != parent:
            return
        os.dup2(stdin, 0)
        os.dup2(output, 1)
        os.dup2(output, 2)
        stage = "directory"
        os.chdir(command.directory)
        stage = "program"
        os.execve(command.program, command.words, command.environment)
    except (OSError, ValueError) as error:  # ValueError: a word with a NUL in it
        number = error.errno if isinstance(error, OSError) else errno.EINVAL
        os.write(failure, f"{stage} {number}".encode())
    finally:
        os._exit(127)
