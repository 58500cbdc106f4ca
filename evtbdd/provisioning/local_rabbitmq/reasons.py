"""Why RabbitMQ did not start, out of all that it has written."""

from __future__ import annotations

import re

MOST = 3
TAKEN = ("eaddrinuse", "dist_port_already_used", "Address already in use")

_ENTRY = re.compile(r"\S+ \S+ \[(?P<level>\w+)\] <\S+> (?P<text>.*)")
_SAYS_NOTHING = re.compile(r"=+|BOOT FAILED|Error during startup: .*|\s*Did you mean .*|")


def reasons(log: str) -> str:
    """The lines that say it, on one line without a full stop: no reports of processes, nothing twice.

    Where no entry is an error, what was said last.
    """
    said: list[str] = []
    other: list[str] = []
    for line in log.splitlines():
        entry = _ENTRY.fullmatch(line)
        text = entry["text"] if entry is not None else line
        is_error = entry is not None and entry["level"] in {"error", "critical"}
        if _SAYS_NOTHING.fullmatch(text) or (is_error and not _is_sentence(text)):
            continue
        text = text.strip().removeprefix("- ")
        target = said if is_error else other
        if text not in target:
            target.append(text)
    return "; ".join(said[:MOST] or other[-MOST:]).rstrip(".") or "nothing"


def is_port_taken(log: str) -> bool:
    """Whether another process was quicker to take a port."""
    return any(each in log for each in TAKEN)


def _is_sentence(text: str) -> bool:
    """Reports of what crashed are indented; the details of a sentence stand behind a dash."""
    return not text.startswith(" ") or text.startswith("  - ")
