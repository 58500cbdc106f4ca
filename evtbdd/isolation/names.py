"""Names that nobody else uses, and that tell their age: `<prefix>-<born>-<scope>-<channel>-<check>`.

`born` is base-36 seconds since 1970 and 5 random signs; `check` makes sure that a name is really
one of evtbdd's, before anything may be deleted by it.
"""

from __future__ import annotations

import secrets
import time
import zlib
from dataclasses import dataclass

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

    def channel(self, scope: str, channel: str) -> str:
        """The physical name of a channel in a scope (`s12` for the twelfth scenario)."""
        name = f"{self.prefix}-{self.run}-{scope}-{channel}"
        return f"{name}-{check(name)}"


def check(name: str) -> str:
    """Four signs that a name of evtbdd's ends in."""
    return base36(zlib.crc32(name.encode()) % 36**4).rjust(4, "0")
