"""ServiceLog by itself: offsets, lines and waits."""

import threading

import pytest

from evtbdd.clock import Deadline
from evtbdd.keeper import LogLine, ServiceLog

LONG = 20.0
NOW = 0.0


@pytest.fixture
def log():
    return ServiceLog()


def test_text(log):
    """The text is all that has arrived, in order."""
    log.feed(b"one\ntw")
    log.feed(b"o\n")
    assert log.text() == "one\ntwo\n"
    assert log.text(since=4) == "two\n"
    assert log.text(since=100) == ""


def test_character_in_two_pieces(log):
    """A character that arrives in two pieces is one character."""
    log.feed(b"gr\xc3")
    log.feed(b"\xbcn")
    assert log.text() == "grün"


@pytest.mark.parametrize(
    ("data", "number", "lines"),
    [
        (b"", 3, []),
        (b"\n\n", 3, []),
        (b"a\nb\nc\n", 2, ["b", "c"]),
        (b"a\nb\nc", 2, ["b", "c"]),
        (b"a\n\nc\n\n", 2, ["", "c"]),
        (b"a\nb\n", 10, ["a", "b"]),
        (b"a\n", 0, []),
    ],
)
def test_last_lines(log, data, number, lines):
    """The last lines come without their ends, and empty ones at the very end do not count."""
    log.feed(data)
    assert log.last_lines(number) == lines


def test_text_that_is_there_already(log):
    """A text that has been written is found at once, with its line and the offset behind it."""
    log.feed(b"one\nservice ready on 8080\n")
    assert log.wait_for("ready", Deadline.after(NOW)) == LogLine("service ready on 8080", 17)


def test_text_since_an_offset(log):
    """What lies before the offset does not count."""
    log.feed(b"ready\n")
    moment = log.offset
    assert log.wait_for("ready", Deadline.after(NOW), since=moment) is None
    log.feed(b"ready again\n")
    assert log.wait_for("ready", Deadline.after(NOW), since=moment).text == "ready again"


def test_text_after_text(log):
    """From the offset of one find the next one is found."""
    log.feed(b"x1 x2\nx3\n")
    position, offsets = 0, []
    while line := log.wait_for("x", Deadline.after(NOW), since=position):
        position = line.offset
        offsets.append((line.text, position))
    assert offsets == [("x1 x2", 1), ("x1 x2", 4), ("x3", 7)]


def waiting(log, sought, since=0):
    """A thread that waits, and the list that its result will be in."""
    results = []
    thread = threading.Thread(
        target=lambda: results.append(log.wait_for(sought, Deadline.after(LONG), since))
    )
    thread.start()
    return thread, results


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_text_in_pieces(log, size):
    """A text is found however its bytes arrive."""
    thread, results = waiting(log, "grün ready")
    data = "starting\nservice grün ready\n".encode()
    for start in range(0, len(data), size):
        log.feed(data[start : start + size])
    thread.join(LONG)
    assert results[0].offset == len("starting\nservice grün ready".encode())


def test_predicate_sees_each_line_once(log):
    """A predicate is asked about finished lines only, in order, each once."""
    seen = []

    def fits(line):
        seen.append(line)
        return line == "three"

    log.feed(b"one\ntw")
    thread, results = waiting(log, fits)
    for piece in (b"o\n", b"th", b"ree\r\nfour\n"):
        log.feed(piece)
    thread.join(LONG)
    assert seen[:3] == ["one", "two", "three"]
    assert results == [LogLine("three", 15)]


def test_predicate_and_the_unfinished_line(log):
    """An unfinished line counts when the log has ended."""
    log.feed(b"one\ntwo")
    assert log.wait_for(lambda line: line == "two", Deadline.after(NOW)) is None
    log.end()
    assert log.wait_for(lambda line: line == "two", Deadline.after(LONG)) == LogLine("two", 7)


def test_end_wakes(log):
    """Whoever waits is told when the log has ended."""
    thread, results = waiting(log, "never")
    log.end()
    thread.join(LONG)
    assert results == [None]


def test_two_processes_in_one_log(log):
    """A log has ended when the last of the processes that write to it is gone."""
    log.begin()
    log.begin()
    log.end()
    assert not log.ended
    log.end()
    assert log.ended
    log.begin()
    assert not log.ended


def test_many_waiters(log):
    """Everyone who waits gets what he waits for."""
    waits = [waiting(log, f"line {n}.") for n in range(20)]
    for n in range(20):
        log.feed(f"this is line {n}.\n".encode())
    for n, (thread, results) in enumerate(waits):
        thread.join(LONG)
        assert results[0].text == f"this is line {n}."


def test_shortened():
    """Beyond its limit a log keeps its beginning and its latest lines, and offsets stay true."""
    log = ServiceLog(limit=1000)
    offsets = []
    for n in range(200):
        offsets.append(log.offset)
        log.feed(b"line %03d\n" % n)
    text = log.text()
    assert len(text) <= 1000
    lines = text.splitlines()
    gap = lines.index(next(line for line in lines if line.startswith("[evtbdd")))
    first, last = lines[:gap], lines[gap + 1 :]
    assert first == [f"line {n:03d}" for n in range(len(first))]
    assert last == [f"line {n:03d}" for n in range(200 - len(last), 200)]
    missing = 200 * 9 - (len(first) + len(last)) * 9
    assert lines[gap] == f"[evtbdd: {missing} bytes of the log were dropped here]"
    assert log.text(since=offsets[-3]) == "line 197\nline 198\nline 199\n"
    assert log.text(since=offsets[2]).startswith("line 002\n")
    assert (
        log.wait_for("line 198", Deadline.after(NOW), since=offsets[-3]).offset == offsets[-1] - 1
    )
    assert log.wait_for("line 198", Deadline.after(NOW), since=offsets[-1]) is None


def test_wait_across_a_gap():
    """A wait whose position has been dropped goes on behind the gap."""
    log = ServiceLog(limit=1000)
    log.feed(b"first\n")
    moment = log.offset
    for n in range(500):
        log.feed(b"line %03d\n" % n)
    found = log.wait_for(lambda line: line == "line 499", Deadline.after(NOW), since=moment)
    assert found == LogLine("line 499", log.offset)


def test_bytes_lost_on_the_way(log):
    """Where bytes were lost before they arrived, a line says how many."""
    log.feed(b"one\ntw")
    log.feed(b"three\n", dropped=12)
    assert log.text() == ("one\ntw\n[evtbdd: 12 bytes of the log were dropped here]\nthree\n")
