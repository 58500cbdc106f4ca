"""The parts of the keeper's own side that can be seen without a process."""

import json
import socket
import subprocess
import sys

import pytest

from evtbdd.keeper.supervision import kernel
from evtbdd.keeper.supervision.logfile import LogFile
from evtbdd.keeper.supervision.shorten import mark, shortened
from evtbdd.keeper.supervision.wire import Frames, Outbox, encoded

FRAMES = [
    ({"started": 1}, b""),
    ({"log": 0}, b"a\nb\n\xff"),
    ({"exit": -9, "moment": 1.5}, b""),
    ({"log": 3}, b"\n"),
]


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_frames_in_pieces(size):
    """Frames and their payloads arrive whole, however the stream is cut."""
    stream = b"".join(encoded(frame, payload) for frame, payload in FRAMES)
    frames = Frames()
    arrived = []
    for start in range(0, len(stream), size):
        for frame, payload in frames.feed(stream[start : start + size]):
            arrived.append(({k: v for k, v in frame.items() if k != "bytes"}, payload))
    assert arrived == FRAMES


@pytest.fixture
def ends():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def everything(outbox, theirs):
    frames = Frames()
    while not outbox.empty:
        outbox.send()
        yield from frames.feed(theirs.recv(1_000_000))


def test_outbox_keeps_order(ends):
    """Frames and pieces of log leave in the order in which they came."""
    outbox = Outbox(ends[0])
    outbox.put({"started": 1})
    outbox.put_log(b"one ")
    outbox.put_log(b"two")
    outbox.put({"exit": 0})
    outbox.put_log(b"three")
    told = [
        (frame.get("started"), frame.get("exit"), payload)
        for frame, payload in everything(outbox, ends[1])
    ]
    assert told == [
        (1, None, b""),
        (None, None, b"one two"),
        (None, 0, b""),
        (None, None, b"three"),
    ]


def test_outbox_drops_the_oldest_log(ends):
    """Beyond the limit the oldest log is dropped and counted, and nothing else is."""
    outbox = Outbox(ends[0], limit=1_000_000)
    outbox.put({"started": 1})
    for n in range(50):
        outbox.put_log(bytes([n]) * 100_000)
    outbox.put({"exit": 0})
    told = list(everything(outbox, ends[1]))
    assert [frame for frame, _ in told if "log" not in frame] == [{"started": 1}, {"exit": 0}]
    logs = [(frame["log"], payload) for frame, payload in told if "log" in frame]
    assert sum(dropped + len(payload) for dropped, payload in logs) == 5_000_000
    assert [dropped for dropped, _ in logs] == [4_000_000] + [0] * 9
    assert b"".join(payload for _, payload in logs) == b"".join(
        bytes([n]) * 100_000 for n in range(40, 50)
    )


def test_outbox_without_anyone_to_hear(ends):
    """Sending to a run that is gone is an error, not a signal."""
    ends[1].close()
    outbox = Outbox(ends[0])
    outbox.put({"exit": 0})
    with pytest.raises(OSError, match="Broken pipe"):
        outbox.send()


def test_frames_are_lines_of_json():
    """A frame can be read by whoever looks at the stream."""
    assert json.loads(encoded({"do": "kill"})) == {"do": "kill"}
    assert encoded({"log": 0}, b"ab") == b'{"log":0,"bytes":2}\nab'


def test_shortened_without_lines():
    """A log without any end of line is cut where it must be, and the mark stands on its own."""
    kept, rest = shortened(b"x" * 2000, 1000)
    assert (kept, rest) == (200, b"\n" + mark(1400) + b"x" * 400)


def test_shortened_again_counts_on():
    """The beginning stays, there is one mark, and it counts all that is missing."""
    data = b"".join(b"line %03d\n" % n for n in range(200))
    written = len(data)
    for n in range(200, 400):
        kept, rest = shortened(data, 1000)
        data = data[:kept] + rest
        added = b"line %03d\n" % n * 60
        data += added
        written += len(added)
    lines = data.splitlines(keepends=True)
    (gap,) = [line for line in lines if line.startswith(b"[evtbdd")]
    assert gap == mark(written - len(data) + len(gap))
    assert data.startswith(b"line 000\n")


def test_log_file_goes_on(tmp_path):
    """What is in the file stays, and counts towards the limit."""
    path = tmp_path / "log"
    path.write_bytes(b"before\n" * 10)
    for _ in range(10):
        file = LogFile(bytes(path), limit=1000)
        for n in range(30):
            file.write(b"line %03d\n" % n)
        file.close()
        assert path.stat().st_size <= 1000
    content = path.read_bytes()
    assert content.startswith(b"before\n" * 10)
    assert content.endswith(b"line 028\nline 029\n")
    (gap,) = [line for line in content.splitlines(keepends=True) if line.startswith(b"[evtbdd")]
    assert gap == mark(70 + 10 * 30 * 9 - len(content) + len(gap))


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_children_without_the_kernels_list(monkeypatch):
    """A kernel that keeps no list of children gives the same answer by all of /proc."""

    def without_list(path, **how):
        if path.endswith("/children"):
            raise FileNotFoundError(path)
        return open(path, **how)  # noqa: PTH123

    with subprocess.Popen(["sleep", "1000"]) as child:
        listed = kernel.children()
        monkeypatch.setattr(kernel, "open", without_list, raising=False)
        assert sorted(kernel.children()) == sorted(listed)
        assert child.pid in listed
        child.kill()


def test_log_file_on_a_full_disk():
    """A disk that is full ends the writing and nothing else."""
    file = LogFile(b"/dev/full")
    file.write(b"something")
    file.write(b"something")
    file.close()
