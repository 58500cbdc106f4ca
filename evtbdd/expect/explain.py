"""The failure text: what was expected, what came instead, and where else it may have gone.

At most 25 lines; every difference of the nearest event is told as far as they reach, the others in
a few words each.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from evtbdd.expect.layout import DETAILS, Block, fitted
from evtbdd.expect.pattern import Pattern, brief
from evtbdd.expect.question import Question
from evtbdd.expect.sighting import Sighting
from evtbdd.expect.source import of, place
from evtbdd.words import a, counted, listed, quoted

MOST_SHOWN = 3
MOST_OTHERS = 6
WIDEST_ROW = 160
LABEL = 8


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What lies around a question: everything that its own events do not tell.

    `time` says how long was to be waited or watched; `waited` is how many seconds it was, as
    `spent` calls it; `where` names broker, address and channel; `elsewhere`, `too_early`, `own`,
    `before` and `history` are the events that would have fitted, but lie outside of the window;
    `strays` are those of earlier scenarios, each with its name, and `foreign` counts those of
    somebody else; `services` are sentences about those that ended, or are busy with something else.
    """

    time: str
    waited: float
    where: str
    spent: str = "waited"
    elsewhere: Sequence[Sighting] = ()
    too_early: Sequence[Sighting] = ()
    own: Sequence[Sighting] = ()
    before: Sequence[Sighting] = ()
    history: Sequence[Sighting] = ()
    strays: Sequence[tuple[Sighting, str]] = ()
    foreign: int = 0
    services: Sequence[str] = field(default_factory=tuple)


def explain(question: Question, around: Circumstances) -> str:
    """The whole text of a failed expectation."""
    but = f"but {question.but()} ({around.spent} {around.waited:.1f} s; {around.where})"
    blocks = [
        Block([f"Expected {place(question.channel)}{around.time}: {question.expected()}"]),
        _details(question),
        Block([but]),
        *_shown(question),
        Block([*_outside(around, question.noun), *around.services]),
    ]
    return "\n".join(" ".join(line.split("\n")) for line in fitted(blocks))


def _details(question: Question) -> Block:
    details = question.details()
    if not details:
        return Block([])
    lead = f"  {question.lead}  "
    return Block([lead + details[0]], len(lead), details[1:], DETAILS)


def _shown(question: Question) -> list[Block]:
    """The events that matter, and then all others in short."""
    blocks: list[Block] = []
    told: set[int] = set()
    met = {sighting.number for sighting in question.met}
    missing = list(question.unmatched())
    for name, pattern in missing[:MOST_SHOWN]:
        named = name if len(question.patterns) > 1 else ""
        free = _nearest(pattern, question.seen, met | told)
        fitting = next((s for s in question.met if pattern.fits(s.event)), None)
        blocks += _missing(named, pattern, free, fitting)
        told |= {free.number} if free else set()
    if len(missing) > MOST_SHOWN:
        rows = [name.removeprefix("row ") for name, _ in missing[MOST_SHOWN:]]
        word = "row" if len(rows) == 1 else "rows"
        rows = [*rows[:12], "…"] if len(rows) > 12 else rows
        blocks.append(Block([f"  {word} {listed(rows)} did not come either"]))
    culprits = [each for each in question.culprits() if each[0].number not in told]
    for sighting, pattern in culprits[:MOST_SHOWN]:
        blocks.append(_one("", sighting, pattern))
        told.add(sighting.number)
    also = {sighting.number for sighting, _ in culprits}
    lines = _in_short("also", question, lambda number: number in also, told)
    lines += _in_short("matched", question, lambda number: number in met, told)
    lines += _in_short("others", question, lambda _: True, told)
    return [*blocks, Block(lines)]


def _nearest(pattern: Pattern, seen: Sequence[Sighting], taken: Collection[int]) -> Sighting | None:
    """The event that is not taken and lies nearest to the pattern, the first of several."""
    nearest: Sighting | None = None
    least = 0
    for sighting in seen:
        if sighting.number in taken or (nearest and pattern.distance(sighting.event) >= least):
            continue
        weight = pattern.judge(sighting.event).weight
        if nearest is None or weight < least:
            nearest, least = sighting, weight
    return nearest


def _missing(
    name: str, pattern: Pattern, nearest: Sighting | None, fitting: Sighting | None
) -> list[Block]:
    """What nothing has met, and what comes nearest to it; or would fit, but meets another row."""
    blocks: list[Block] = []
    if name:
        row = f"  {name}: {', '.join(pattern.details()) or pattern.noun()}"
        row = row if len(row) <= WIDEST_ROW else row[: WIDEST_ROW - 1] + "…"
        taken = "" if fitting is None else f" ({fitting} fits, but meets another row)"
        blocks.append(Block([row + taken]))
    return [*blocks, _one("nearest", nearest, pattern)] if nearest else blocks


def _one(label: str, sighting: Sighting, pattern: Pattern) -> Block:
    """One event: where it is, and how it differs."""
    event = sighting.event
    lead = f"  {label:<{LABEL}} " if label else "  "
    # A type that is said and differs is told below, as a difference.
    words = brief(event, None if pattern.type is None else event.type)
    line = f"{lead}{sighting} at {sighting.moment}, {words}, {event.record.where}"
    differences = [each.line() for each in pattern.judge(event).differences]
    return Block([line], len(lead) + (0 if label else 3), differences, "differences")


def _in_short(
    label: str, question: Question, belongs: Callable[[int], bool], told: set[int]
) -> list[str]:
    """One line for all the events that belong to it and are not told yet."""
    events = [s for s in question.seen if s.number not in told and belongs(s.number)]
    if not events:
        return []
    told |= {sighting.number for sighting in events}
    types = {pattern.type for pattern in question.patterns}
    said_type = types.pop() if len(types) == 1 else None
    shown = [f"{s} {brief(s.event, said_type)}" for s in events[:MOST_OTHERS]]
    more = f"; and {len(events) - MOST_OTHERS} more" if len(events) > MOST_OTHERS else ""
    return [f"  {label:<{LABEL}} {'; '.join(shown)}{more}"]


def _outside(around: Circumstances, noun: str) -> list[str]:
    """Those that would have fitted, had they come at another place or time."""
    lines = []
    if around.elsewhere:
        arrived = "arrived on" if noun == "event" else "came to"
        lines.append(f"elsewhere: such {a(noun)} {arrived} {_first_of(_places(around.elsewhere))}")
    if around.too_early:
        lines.append(
            f"too early: such {a(noun)} came at {_first_of([s.moment for s in around.too_early])}, "
            "before the last act under When; `in all` looks at the whole scenario"
        )
    if around.own:
        lines.append(
            "its own: such an event was published by the scenario itself, which does not count "
            "where a service runs"
        )
    if around.history:
        lines.append(
            "history: the channel already held such an event when the scenario began, which never "
            "counts"
        )
    if around.before:
        lines.append("stray: such an event came from before this scenario")
    if around.strays:
        strays = [
            f"{brief(each.event)} at {each.moment}, of the scenario {quoted(scenario)}"
            for each, scenario in around.strays
        ]
        more = f"; and {len(strays) - MOST_SHOWN} more" if len(strays) > MOST_SHOWN else ""
        lines.append(f"stray: {'; '.join(strays[:MOST_SHOWN])}{more}")
    if around.foreign:
        lines.append(
            f"ignored: {counted(around.foreign, 'event')} of somebody else's, by correlation"
        )
    return lines


def _places(elsewhere: Sequence[Sighting]) -> list[str]:
    """`"rejected" at +1.20 s`, `"audit" 3 times since +0.40 s`: each channel once."""
    by_channel: dict[str, list[Sighting]] = {}
    for sighting in elsewhere:
        by_channel.setdefault(sighting.event.channel, []).append(sighting)
    places = []
    for channel, several in by_channel.items():
        when = "at" if len(several) == 1 else f"{len(several)} times since"
        places.append(f"{of(channel)} {when} {several[0].moment}")
    return places


def _first_of(shown: Sequence[str]) -> str:
    more = len(shown) - MOST_SHOWN
    return listed([*shown[:MOST_SHOWN], f"{more} more" if more > 0 else ""][: len(shown)])
