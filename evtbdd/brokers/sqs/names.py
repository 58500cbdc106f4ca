"""Which names SQS takes for a queue (CreateQueue, Amazon SQS API Reference), and those of taps."""

from __future__ import annotations

import re
import secrets

LONGEST = 80
FIFO = ".fifo"
ILLEGAL = r"[^A-Za-z0-9_-]"

_TAP = "__tap_"
_SIGNS = "0123456789abcdefghijklmnopqrstuvwxyz"
_RANDOM = 6
TAPPED = LONGEST - len(_TAP) - _RANDOM
"""The longest name of a queue of which a tap can be called after it."""

_OF_TAP = re.compile(
    rf"(?P<stem>.+){_TAP}[0-9a-z]{{{_RANDOM}}}(?P<ending>{re.escape(FIFO)})?", re.DOTALL
)


def name_fault(name: str) -> str | None:
    """Why SQS would refuse a queue of that name, as a clause; None where it would not."""
    stem = name.removesuffix(FIFO)
    if not stem:
        return "it is empty"
    if len(name) > LONGEST:
        return f"it has {len(name)} characters, and SQS takes {LONGEST}"
    illegal = sorted(set(re.findall(ILLEGAL, stem)))
    if illegal:
        shown = " ".join("a space" if sign == " " else sign for sign in illegal)
        return f"it holds {shown}, and SQS takes only letters, digits, _ and -"
    return None


def tap_prefix(name: str) -> str:
    """What the names of all taps of a channel begin with."""
    return f"{name.removesuffix(FIFO)}{_TAP}"


def fresh_tap(name: str) -> str:
    """The name of a new tap of a channel; as long as SQS takes, where the channel's is not TAPPED."""
    random = "".join(secrets.choice(_SIGNS) for _ in range(_RANDOM))
    return f"{tap_prefix(name)}{random}{FIFO if name.endswith(FIFO) else ''}"


def tapped(name: str) -> str | None:
    """The channel that a queue is a tap of, by its name; None where it is none."""
    found = _OF_TAP.fullmatch(name)
    return None if found is None else found["stem"] + (found["ending"] or "")
