"""Why PostgreSQL did not start, out of all that it has written."""

from __future__ import annotations

import re

MOST = 3
TAKEN = "Address already in use"
_LINE = re.compile(r"(?:\S+: )?(?P<level>[A-Za-z]+): +(?P<text>.+)")
_TELLING = {"FATAL", "PANIC", "ERROR", "error", "DETAIL", "detail"}
_TELLS_TOO = ("could not ", "invalid ", "unrecognized ")
"""How lines begin that PostgreSQL only notes, and that are why it ends."""

_SAYS_NOTHING = re.compile(r'configuration file ".*" contains errors')


def reasons(log: str) -> str:
    """The lines that say it, on one line without a full stop, nothing twice.

    Where none is an error, what was said last.
    """
    said: list[str] = []
    other: list[str] = []
    for line in filter(None, map(str.strip, log.splitlines())):
        found = _LINE.fullmatch(line)
        text = line if found is None else found["text"]
        if _SAYS_NOTHING.fullmatch(text):
            continue
        telling = found is not None and (found["level"] in _TELLING or text.startswith(_TELLS_TOO))
        target = said if telling else other
        if text not in target:
            target.append(text)
    return "; ".join(text.rstrip(".") for text in said[:MOST] or other[-MOST:]) or "nothing"


def is_port_taken(log: str) -> bool:
    """Whether another process was quicker to take the port."""
    return TAKEN in log
