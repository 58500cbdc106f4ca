"""How a log is kept from growing without end: its beginning, its latest part, a line between."""

from __future__ import annotations

import re

_MARK = re.compile(rb"\[evtbdd: (\d+) bytes of the log were dropped here\]\n")


def mark(dropped: int) -> bytes:
    """The line that stands where bytes are missing."""
    return b"[evtbdd: %d bytes of the log were dropped here]\n" % dropped


def shortened(data: bytes | bytearray, limit: int) -> tuple[int, bytes]:
    """What to do with a log that has grown beyond `limit` bytes.

    Returned are how much of its beginning stays (a fifth of `limit`), and what follows there: a
    line that says how many bytes are missing, and the latest two fifths of `limit`. Lines stay whole where there are any. A log that was shortened before keeps the same beginning,
    and its line counts on.
    """
    beginning = limit // 5
    earlier = _MARK.search(data, 0, beginning + 100)
    if earlier:
        kept, gap_end, dropped = earlier.start(), earlier.end(), int(earlier[1])
        line_break = b""
    else:
        kept = gap_end = data.rfind(b"\n", 0, beginning) + 1 or beginning
        dropped = 0
        line_break = b"" if data[kept - 1 : kept] == b"\n" else b"\n"
    latest = max(gap_end, len(data) - limit * 2 // 5)
    latest = data.find(b"\n", latest) + 1 or latest
    dropped += latest - gap_end
    return kept, line_break + mark(dropped) + bytes(data[latest:])
