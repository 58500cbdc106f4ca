"""What is said of rows that are not as expected: the nearest, how it differs, what else is there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from evtbdd.expect.layout import Block, fitted
from evtbdd.expect.pattern import Pattern
from evtbdd.expect.question import MOST_SAID
from evtbdd.expect.sighting import Sighting
from evtbdd.values.render import show
from evtbdd.words import listed

MOST_SHOWN = 3
MOST_OTHERS = 6
LABEL = 8
WIDE, NARROW = 200, 60

Missing = Sequence[tuple[str, Pattern]]
"""What nothing has met, each with what it is called in the step."""


def described(pattern: Pattern) -> str:
    """` with status = "shipped" and total = 20`, or nothing: what follows the noun."""
    details = pattern.details()
    if not details:
        return ""
    more = f" and {len(details) - MOST_SAID} more" if len(details) > MOST_SAID else ""
    return f" with {listed(details[:MOST_SAID])}{more}"


def told(
    but: str,
    where: str,
    rows: Sequence[Sighting],
    *,
    missing: Missing = (),
    met: Sequence[Sighting] = (),
    culprits: Sequence[Sighting] = (),
) -> str:
    """What is there instead, below a clause: `of its 3 rows none fits`.

    `missing` has found nothing, `met` are the rows that were expected, and `culprits` those that
    should not be there.
    """
    blocks = [Block([f"{but} ({where})"])]
    seen = {each.number for each in met}
    for name, pattern in missing[:MOST_SHOWN]:
        nearest = _nearest(pattern, rows, seen)
        blocks += _missing(name, pattern, nearest)
        seen |= {nearest.number} if nearest else set()
    if len(missing) > MOST_SHOWN:
        names = [name.removeprefix("row ") for name, _ in missing[MOST_SHOWN:]]
        names = [*names[:12], "…"] if len(names) > 12 else names
        blocks.append(Block([f"  nor is there anything for the rows {listed(names)}"]))
    blocks += [
        Block([f"  {each} {show(each.event.payload, WIDE)}"]) for each in culprits[:MOST_SHOWN]
    ]
    shown = {each.number for each in culprits[:MOST_SHOWN]}
    also = [each for each in culprits if each.number not in shown]
    seen |= {each.number for each in culprits}
    lines = [
        *_in_short("also", also),
        *_in_short("matched", met),
        *_in_short("others", [each for each in rows if each.number not in seen]),
    ]
    return "\n".join(fitted([*blocks, Block(lines)]))


def _missing(name: str, pattern: Pattern, nearest: Sighting | None) -> Iterator[Block]:
    if name:
        yield Block([f"  {name}: {show_details(pattern)}"])
    if nearest is not None:
        lead = f"  {'nearest':<{LABEL}} "
        line = f"{lead}{nearest} {show(nearest.event.payload, WIDE)}"
        differences = [each.line() for each in pattern.judge(nearest.event).differences]
        yield Block([line], len(lead) + 3, differences, "differences")


def show_details(pattern: Pattern) -> str:
    """All that a row of a step says, in one line that is not too long."""
    whole = ", ".join(pattern.details()) or "any row"
    return whole if len(whole) <= WIDE else f"{whole[: WIDE - 1]}…"


def _nearest(pattern: Pattern, rows: Sequence[Sighting], taken: Collection[int]) -> Sighting | None:
    """The row that is not taken and lies nearest to the pattern, the first of several."""
    free = [each for each in rows if each.number not in taken]
    return min(free, key=lambda each: pattern.judge(each.event).weight, default=None)


def _in_short(label: str, rows: Sequence[Sighting]) -> list[str]:
    """One line for several rows."""
    if not rows:
        return []
    shown = [f"{each} {show(each.event.payload, NARROW)}" for each in rows[:MOST_OTHERS]]
    more = f"; and {len(rows) - MOST_OTHERS} more" if len(rows) > MOST_OTHERS else ""
    return [f"  {label:<{LABEL}} {'; '.join(shown)}{more}"]
