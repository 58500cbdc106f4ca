"""Names that nobody else uses, and that tell their age: `<prefix>-<born>-<scope>-<channel>-<check>`.

A FIFO queue's name ends in `.fifo` besides. `born` is base-36 seconds since 1970 and 5 random signs; `check` makes sure that a name is really
one of evtbdd's, before anything may be deleted by it.
"""

from __future__ import annotations

import re
import secrets
import time
import zlib
from dataclasses import dataclass
from hashlib import sha256

from evtbdd.ports import NameRule

ANY = NameRule()
CHECK = 4
HASH = 8
ENDING = ".fifo"
"""What SQS demands that the name of a FIFO queue ends in; nothing else may follow the check."""

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def base36(number: int) -> str:
    """A number in digits and small letters."""
    text = ""
    while number:
        number, rest = divmod(number, 36)
        text = DIGITS[rest] + text
    return text or "0"


def fresh_run_id() -> str:
    """An id that says when it was made, and that no other run has."""
    return base36(int(time.time())) + "".join(secrets.choice(DIGITS) for _ in range(5))


@dataclass(frozen=True, slots=True)
class Names:
    """The names of one run."""

    prefix: str
    run: str

    def channel(self, scope: str, channel: str, rule: NameRule = ANY) -> str:
        """The physical name of a channel in a scope (`s12` for the twelfth scenario).

        Where the rule of its broker forbids the channel's own name, a hash tells it from others.
        """
        start = f"{self.prefix}-{self.run}-{scope}-"
        room = None
        if rule.longest is not None:
            room = rule.longest - len(start) - len("-") - CHECK - len(rule.ending)
        name = f"{start}{_fitting(channel, rule.illegal, room)}"
        return f"{name}-{check(name + rule.ending)}{rule.ending}"


def _fitting(channel: str, illegal: str | None, room: int | None) -> str:
    """The channel's name as a part of one on a broker; with a hash of it where it must be changed."""
    fitting = channel if illegal is None else re.sub(illegal, "-", channel)
    if fitting == channel and (room is None or len(channel) <= room):
        return channel
    digest = int.from_bytes(sha256(channel.encode()).digest()[:8], "big")
    own = base36(digest % 36**HASH).rjust(HASH, "0")
    if room is not None:
        fitting = fitting[: max(1, room - len("-") - HASH)]
    return f"{fitting}-{own}"


def check(name: str) -> str:
    """Four signs that a name of evtbdd's ends in."""
    return base36(zlib.crc32(name.encode()) % 36**CHECK).rjust(CHECK, "0")


_REST = re.compile(
    r"(?P<born>[1-9a-z][0-9a-z]{5,6})(?P<random>[0-9a-z]{5})"
    r"-(?P<scope>[sf][1-9][0-9]*|run)-(?P<channel>.+)-[0-9a-z]{4}",
    re.DOTALL,
)
"""What follows the prefix. Six digits of base 36 are the seconds of 1971 to 2038, seven go on."""


@dataclass(frozen=True, slots=True)
class OwnName:
    """A name that evtbdd has given, and what it tells; `born` is when its run began.

    `born` is in seconds since 1970, and `scope` is `s12`, `f3` or `run`.
    """

    name: str
    run: str
    scope: str
    channel: str
    born: int

    @classmethod
    def parse(cls, name: str, prefix: str) -> OwnName | None:
        """What a name tells, if it is one that evtbdd has given under this prefix; else None.

        Where a name has been changed in any way before its check, one in 36**4 (1,679,616) of such
        changes fits the same check. A prefix that goes on as a run and a scope would (`evtbdd`, and
        `evtbdd-t3fkq0abcde-s1` beside it) cannot be told from the shorter one.
        """
        stem = name.removesuffix(ENDING)
        rest = _REST.fullmatch(stem.removeprefix(f"{prefix}-"))
        if rest is None or not name.startswith(f"{prefix}-"):
            return None
        whole, _, last = stem.rpartition("-")
        if check(whole + name[len(stem) :]) != last:
            return None
        run = rest["born"] + rest["random"]
        return cls(name, run, rest["scope"], rest["channel"], int(rest["born"], 36))


def is_of_scope(group: str, run: str) -> bool:
    """Whether the name of a group holds the id of a scope of the run (`shipping-<run>-s12`)."""
    return _holds(group, rf"{re.escape(run)}-(?:[sf][1-9][0-9]*|run)")


def holds(group: str, scope_id: str) -> bool:
    """Whether the name of a group holds the id of that very scope (`<run>-s1`, not `<run>-s12`)."""
    return _holds(group, re.escape(scope_id))


def _holds(name: str, pattern: str) -> bool:
    return re.search(rf"(?<![0-9A-Za-z]){pattern}(?![0-9A-Za-z])", name) is not None
