"""The log of a process, from its output to the file and to those who wait."""

import os
import re
import select
import signal
import sys
from pathlib import Path

import pytest

from evtbdd.clock import Deadline

LONG = 20.0
MARK = re.compile(r"^\[evtbdd: (\d+) bytes of the log were dropped here\]$", re.MULTILINE)


def test_both_outputs_in_order(spawn, tmp_path):
    """Standard output and error are one log, in the file as in the run."""
    process = spawn("echo one; echo two >&2; echo three")
    process.wait(Deadline.after(LONG))
    assert process.log.text() == "one\ntwo\nthree\n"
    assert (tmp_path / "service.log").read_text() == "one\ntwo\nthree\n"


def test_all_is_there_at_the_end(spawn):
    """When the exit is told, all that was written before it has arrived."""
    process = spawn("i=0; while [ $i -lt 2000 ]; do echo line $i; i=$((i+1)); done; kill -KILL $$")
    process.wait(Deadline.after(LONG))
    assert process.log.last_lines(1) == ["line 1999"]


def test_unfinished_line(spawn):
    """A prompt without an end of line is found."""
    process = spawn("printf 'ready> '; read line")
    assert process.log.wait_for("ready>", Deadline.after(LONG)).text == "ready> "


def test_mark(spawn, python):
    """Everything that the service has written before a mark lies before it."""
    source = (
        "import os, signal, time\n"
        "signal.signal(signal.SIGUSR1, lambda *_: os.write(1, b'heard'))\n"
        "print('ready', flush=True)\n"
        "while True: time.sleep(0.01)\n"
    )
    process = spawn(python(source))
    assert process.log.wait_for("ready", Deadline.after(LONG))
    process.pause()
    moment = process.mark()
    assert moment == len("ready\n")
    process.signal(signal.SIGUSR1)
    process.resume()
    assert process.log.wait_for("heard", Deadline.after(LONG), since=moment)


def test_mark_after_the_end(spawn):
    """The mark of a service that is gone is the end of its log."""
    process = spawn("echo done")
    process.kill()
    assert process.mark() == process.log.offset


def test_second_process_goes_on_in_the_same_log(spawn, tmp_path):
    """A service that is started again goes on in its log: offsets, text and file."""
    first = spawn("echo first")
    first.wait(Deadline.after(LONG))
    first.kill()
    assert first.log.ended
    moment = first.log.offset
    second = spawn("echo second; read line", log=first.log)
    assert second.log.wait_for("second", Deadline.after(LONG), since=moment)
    assert not second.log.ended
    assert second.log.wait_for("first", Deadline.after(0), since=moment) is None
    assert (tmp_path / "service.log").read_text() == "first\nsecond\n"


def test_waiting_ends_with_the_service(spawn):
    """A wait for what can never come ends when the service is gone, not at the deadline."""
    process = spawn("echo something")
    assert process.log.wait_for("else", Deadline.after(10 * LONG)) is None
    assert process.log.ended


def test_flood(spawn, tmp_path):
    """100 MB of output: the file stays small, with beginning, end, and how much is missing."""
    process = spawn("echo BEGIN; yes 'a line of the flood' | head -c 100000000; echo; echo END")
    assert process.log.wait_for("END", Deadline.after(3 * LONG))
    process.wait(Deadline.after(LONG))
    content = (tmp_path / "service.log").read_text()
    assert len(content) < 10_000_000
    assert content.startswith("BEGIN\na line of the flood\n")
    assert content.endswith("a line of the flood\n\nEND\n")
    (mark,) = MARK.finditer(content)
    written = len("BEGIN\n\nEND\n") + 100_000_000
    assert int(mark[1]) + len(content) - len(mark[0]) - 1 == written
    assert set(content.splitlines()[1:-2]) <= {"a line of the flood", mark[0]}
    in_memory = process.log.text()
    assert len(in_memory) <= 4_000_000
    assert in_memory.startswith("BEGIN\n")
    assert in_memory.endswith("END\n")
    assert MARK.search(in_memory)


FLOODED_RUN = """
import os, sys
from pathlib import Path
from evtbdd.clock import Deadline
from evtbdd.keeper import Keeper
home = Path(sys.argv[1])
with Keeper.start() as keeper:
    process = keeper.spawn(
        ["sh", "-c", "read go < go; yes | head -c 100000000; echo END > gone; echo END; exit 3"],
        environment=dict(os.environ), directory=home, log=home / "log", name="shipping",
    )
    print(keeper.pid, flush=True)
    print(process.wait(Deadline.after(60)).code, process.log.last_lines(1)[0], flush=True)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_flood_while_the_run_stands_still(run, tmp_path):
    """A run that stands in a debugger holds no service up, and costs its supervisor no memory."""
    os.mkfifo(tmp_path / "go")
    os.mkfifo(tmp_path / "gone")
    still = run(FLOODED_RUN)
    keeper = int(still.says()[0])
    (supervisor,) = Path(f"/proc/{keeper}/task/{keeper}/children").read_text().split()
    still.process.send_signal(signal.SIGSTOP)
    (tmp_path / "go").write_text("go\n")
    gone = os.open(tmp_path / "gone", os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert select.select([gone], [], [], LONG)[0] == [gone]
        resident = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{supervisor}/status").read_text())
        assert int(resident[1]) < 60_000
    finally:
        os.close(gone)
        still.process.send_signal(signal.SIGCONT)
    assert still.says() == ["3", "END"]


def test_closed_output(spawn):
    """A service that closes its output goes on, and is stopped like any other."""
    process = spawn("echo last words; exec >&- 2>&-; sleep 0.1; exit 9")
    assert process.wait(Deadline.after(LONG)).code == 9
    assert process.log.text() == "last words\n"


def test_child_that_keeps_the_output_open(spawn):
    """The exit is told although a child still holds the output."""
    process = spawn("sleep 1000 & echo over; exit 4")
    assert process.wait(Deadline.after(LONG)).code == 4
    assert process.log.text() == "over\n"
    assert not process.log.ended
    process.kill()
    assert process.log.ended


def test_bytes_that_are_no_text(spawn, tmp_path):
    """Bytes that are no UTF-8 are shown as U+FFFD, and are in the file as they were."""
    process = spawn(r"printf 'gr\303\274n \377\n'")
    process.wait(Deadline.after(LONG))
    assert process.log.text() == "grün \ufffd\n"
    assert (tmp_path / "service.log").read_bytes() == b"gr\xc3\xbcn \xff\n"
