"""How a binding to the exchange of another channel is written in the settings: `CHANNEL: KEY`."""

from __future__ import annotations

import re
from collections.abc import Callable

_ELSEWHERE = re.compile(r"(?P<channel>[^:]+):(?: +(?P<key>.*))?")


def elsewhere(line: str) -> tuple[str, str] | None:
    """The channel and the routing key; None for a key of the channel's own exchange (`urn:eu`)."""
    found = _ELSEWHERE.fullmatch(line)
    return None if found is None else (found["channel"], found["key"] or "")


def renamed(line: str, physical: Callable[[str], str]) -> str:
    """The same with the channel's physical name."""
    found = elsewhere(line)
    return line if found is None else f"{physical(found[0])}: {found[1]}"
