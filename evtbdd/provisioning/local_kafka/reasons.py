"""Why Kafka did not start, out of all that it has written."""

from __future__ import annotations

import re

MOST = 3
_ENTRY = re.compile(r"(FATAL|ERROR|WARN|INFO|DEBUG|TRACE) \S+ (.*)")
_FRAME = re.compile(r"\s+(at |\.\.\. \d+ more)|\s*Suppressed: ")
_THROWN = re.compile(r"(?:Caused by: )?(?:[a-z]\w*\.)+([A-Z][\w$]*)(: .*)?")
_NOISE = ("Picked up ", "SLF4J")
_SAYS_NOTHING = "Exiting Kafka due to fatal exception"


def reasons(log: str) -> str:
    """The lines that say it, on one line without a full stop: no stack, no packages, nothing twice.

    An error says what was thrown, and what caused that where it says something new. Where no entry
    is an error, what was said last.
    """
    said: list[str] = []
    other: list[str] = []
    within = ""
    for line in log.splitlines():
        entry = _ENTRY.fullmatch(line)
        if entry is not None:
            within, text = entry[1], entry[2]
        elif not line.strip() or _FRAME.match(line) or line.startswith(_NOISE):
            continue
        else:
            text = line.strip()
        thrown = _THROWN.fullmatch(text)
        text = f"{thrown[1]}{thrown[2] or ''}" if thrown else text
        target = said if within in {"ERROR", "FATAL"} else other
        if text != _SAYS_NOTHING and not any(_message(text) in known for known in target):
            target.append(text)
    return "; ".join(said[:MOST] or other[-MOST:]).rstrip(".") or "nothing"


def _message(text: str) -> str:
    """What a line says, without the name of what was thrown."""
    return text.partition(": ")[2] or text
