"""How numbers, names and lists are written for people; the one place for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches


def quoted(text: str) -> str:
    r"""The text in the quotes of a feature file: `say "hi"` becomes `"say \\"hi\\""`."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def duration(seconds: float) -> str:
    """A time as an author would write it: `500 ms`, `1 second`, `1.5 seconds`, `2 minutes`."""
    milliseconds = round(seconds * 1000, 6)
    if milliseconds < 1000:
        return f"{_plain(milliseconds)} ms"
    if milliseconds % 60_000 == 0:
        return counted(round(milliseconds / 60_000), "minute")
    return f"{_plain(milliseconds / 1000)} second" + ("" if milliseconds == 1000 else "s")


def _plain(number: float) -> str:
    """The number without an exponent, and without a fraction that is zero."""
    return f"{number:.6f}".rstrip("0").rstrip(".")


def counted(number: int, noun: str) -> str:
    """`1 event`, `3 events`."""
    return f"{number} {noun}" + ("" if number == 1 else "s")


def listed(items: Iterable[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    several = list(items)
    if len(several) < 2:
        return "".join(several)
    return f"{', '.join(several[:-1])} {last} {several[-1]}"


def suggestion(name: str, known: Iterable[str], what: str = "") -> str:
    """What an unknown name may have been meant for, as a sentence to append; never empty.

    `what` names the things that are known, in the plural (`channels`).
    """
    candidates: Sequence[str] = sorted(set(known))
    near = get_close_matches(name, candidates, n=3, cutoff=0.6)
    near += [c for c in candidates if c.lower() == name.lower() and c not in near]
    if near:
        return f"Did you mean {listed(map(quoted, near), 'or')}?"
    if not candidates:
        return f"There are no {what}." if what else "None is known."
    shown = [quoted(c) for c in candidates[:12]] + (["…"] if len(candidates) > 12 else [])
    return f"Known{' ' + what if what else ''}: {', '.join(shown)}."


def a(noun: str) -> str:
    """`a shipment`, `an event`, `an "OrderPlaced" event`, `a "UserCreated" event`: by its sound."""
    return f"{'an' if _VOWEL_SOUND.match(noun) else 'a'} {noun}"


_VOWEL_SOUND = re.compile(
    r'"?(?!us[aeu]|uti|uni(?![dmn])|eu|one)(?:[aeiou]|hour|hono|hones|heir)', re.IGNORECASE
)
