"""The context of a trace, as it travels in the header `traceparent`.

W3C Trace Context, level 1, https://www.w3.org/TR/trace-context-1/#traceparent-header
"""

from __future__ import annotations

import re
import secrets

HEADER = "traceparent"
_FORM = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?"
)


def traceparent() -> str:
    """A new trace, sampled, whose first span is the caller's: `00-TRACE-SPAN-01`."""
    return f"00-{_some(16)}-{_some(8)}-01"


def trace_of(header: object) -> str | None:
    """The trace that a header is of, 32 hexadecimal digits; None where it is no such header."""
    found = _FORM.fullmatch(header.strip()) if isinstance(header, str) else None
    return None if found is None else found[1]


def _some(number: int) -> str:
    """So many random bytes, in hexadecimal digits, of which one at least is not zero."""
    while not (found := secrets.token_bytes(number)).strip(b"\0"):
        pass
    return found.hex()
