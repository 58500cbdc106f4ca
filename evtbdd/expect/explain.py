"""The failure text: what was expected, what came instead, and where else it may have gone.

At most 25 lines; every difference of the nearest event is told, the others in a few words each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from evtbdd.expect.pattern import Pattern, brief
from evtbdd.expect.question import Question
from evtbdd.expect.sighting import Sighting
from evtbdd.words import listed, quoted

MOST_LINES = 25
MOST_DIFFERENCES = 8
MOST_OTHERS = 6


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What lies around a question: everything that its own events do not tell.

    `time` says how long was waited or watched; `where` names broker, address and channel;
    `elsewhere`, `too_early`, `own` and `before` are the events that would have fitted, but lie
    outside of the window; `services` are sentences about those that ended.
    """

    time: str
    waited: float
    where: str
    elsewhere: Sequence[Sighting] = ()
    too_early: Sequence[Sighting] = ()
    own: Sequence[Sighting] = ()
    before: Sequence[Sighting] = ()
    services: Sequence[str] = field(default_factory=tuple)


def explain(question: Question, around: Circumstances) -> str:
    """The whole text of a failed expectation."""
    lines = [f"Expected on {quoted(question.channel)}{around.time}: {question.expected()}"]
    lines += _aligned("  with  ", question.details())
    lines.append(f"but {question.but()} (waited {around.waited:.1f} s; {around.where})")
    lines += _shown(question)
    lines += _outside(question, around)
    lines += around.services
    return "\n".join(_cut(lines))


def _shown(question: Question) -> list[str]:
    """The events that matter, and then all others in short."""
    lines: list[str] = []
    told: set[int] = set()
    for sighting, pattern in list(question.culprits())[:3]:
        lines += _one("", sighting, pattern)
        told.add(sighting.number)
    met = {sighting.number for sighting in question.met}
    for name, pattern in list(question.unmatched())[:3]:
        rest = [s for s in question.seen if s.number not in met | told] or [
            s for s in question.seen if s.number not in told
        ]
        lines += _nearest(name, pattern, rest, told)
    others = [s for s in question.seen if s.number not in told]
    if others:
        said = question.patterns[0]
        shown = [f"{s} {brief(s.event, said)}" for s in others[:MOST_OTHERS]]
        more = f"; and {len(others) - MOST_OTHERS} more" if len(others) > MOST_OTHERS else ""
        lines.append(f"  others   {'; '.join(shown)}{more}")
    return lines


def _nearest(name: str, pattern: Pattern, rest: list[Sighting], told: set[int]) -> list[str]:
    lines = _aligned(f"  {name}: ", [", ".join(pattern.details()) or pattern.noun()])
    lines = lines if name else []
    if not rest:
        return lines
    nearest = min(rest, key=lambda sighting: pattern.judge(sighting.event).weight)
    told.add(nearest.number)
    return lines + _one("nearest", nearest, pattern)


def _one(label: str, sighting: Sighting, pattern: Pattern) -> list[str]:
    """One event: where it is, and how it differs."""
    event = sighting.event
    lead = f"  {label:<8} " if label else "  "
    words = brief(event, pattern)
    lines = [f"{lead}{sighting} at {sighting.moment}, {words}, {event.record.where}"]
    found = pattern.judge(event).differences
    lines += [" " * len(lead) + each.line() for each in found[:MOST_DIFFERENCES]]
    if len(found) > MOST_DIFFERENCES:
        lines.append(" " * len(lead) + f"and {len(found) - MOST_DIFFERENCES} more differences")
    return lines


def _outside(question: Question, around: Circumstances) -> list[str]:
    """Those that would have fitted, had they come at another place or time."""
    lines = []
    if around.elsewhere:
        shown = [f"{quoted(s.event.channel)} at {s.moment}" for s in around.elsewhere[:3]]
        lines.append(f"elsewhere: such an event arrived on {listed(shown)}")
    if around.too_early:
        shown = [s.moment for s in around.too_early[:3]]
        lines.append(
            f"too early: such an event came at {listed(shown)}, before the last act under When; "
            "`in all` looks at the whole scenario"
        )
    if around.own:
        lines.append(
            "its own: such an event was published by the scenario itself, which does not count "
            "where a service runs"
        )
    if around.before:
        lines.append("stray: such an event came from before this scenario")
    return lines


def _aligned(lead: str, lines: Sequence[str]) -> list[str]:
    return [(lead if n == 0 else " " * len(lead)) + line for n, line in enumerate(lines)]


def _cut(lines: list[str]) -> list[str]:
    if len(lines) <= MOST_LINES:
        return lines
    kept = lines[: MOST_LINES - 1]
    return [*kept, f"… and {len(lines) - len(kept)} more lines"]
