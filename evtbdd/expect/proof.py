"""What keeps a claim that nothing has contradicted from being proven: rule 6 of the language."""

from __future__ import annotations

from collections.abc import Sequence

from evtbdd.errors import Unproven
from evtbdd.events import Unreadable
from evtbdd.expect.question import Claim
from evtbdd.expect.source import decided, over, place
from evtbdd.expect.view import View
from evtbdd.journal import Journal, Published, Seen
from evtbdd.values.render import show
from evtbdd.witness import ServiceHealth, Witness
from evtbdd.words import a, listed, quoted, suggestion


def prove(question: Claim, view: View, journal: Journal, witness: Witness) -> None:
    """Raise Unproven where a claim that nothing contradicts may still be untrue."""
    _require_life(question, witness)
    _require_open(question)
    _require_readable(question, view)
    _require_known_types(question, journal, witness)


def how_long(question: Claim, *, in_all: bool, meanwhile: Sequence[str] = ()) -> Unproven:
    """That a claim names no time to watch, with the step that would; `meanwhile` stands below."""
    form = question.watched_form(in_all=in_all)
    below = "\nwith the same table or text below it." if form.endswith(":") else ""
    around = "".join(f"\n{line}" for line in meanwhile)
    return Unproven(
        f"{_claimed(question, 'so far')} But nothing proves it either. Say how long to watch:\n"
        f"  Then {form}{below}{around}"
    )


def unreadable(view: View) -> str:
    """`#2 (key "7") at +0.41 s, partition 0 offset 3: no JSON: …`, and how many more."""
    first = view.unreadable[0]
    payload = first.event.payload
    reason = payload.reason if isinstance(payload, Unreadable) else show(payload)
    more = len(view.unreadable) - 1
    others = f" {more} more cannot be read either." if more else ""
    where = first.event.record.where
    return f"{first.with_key} at {first.moment}, {where}: {reason}.{others}"


def ended(service: ServiceHealth) -> str:
    """`the service "shipping" ended with exit code 1 at +0.30 s`."""
    return f"the service {quoted(service.name)} {service.lost}"


def lost(witness: Witness) -> Sequence[ServiceHealth]:
    """The services that ended, and nobody had asked them to."""
    return [each for each in witness.health() if each.lost]


def logs(services: Sequence[ServiceHealth]) -> str:
    """How the log of each of these services ends, on lines of their own below a sentence."""
    lines = []
    for each in services:
        if each.last_lines is None:
            continue
        name = quoted(each.name)
        ends = f"The log of the service {name} ends:"
        lines.append(ends if each.last_lines else f"The service {name} had logged nothing.")
        lines += [f"    {line}" for line in each.last_lines]
    return "".join(f"\n{line}" for line in lines)


def proves_nothing(claimed: str, dead: Sequence[ServiceHealth]) -> Unproven:
    """What a sentence amounts to that nothing has contradicted, where services are dead."""
    return Unproven(
        f"{claimed} But {listed(map(ended, dead))}, and a dead service proves nothing.{logs(dead)}"
    )


def _claimed(question: Claim, so_far: str = "") -> str:
    return (
        f"Nothing has contradicted this{' ' if so_far else ''}{so_far}: "
        f"{place(question.channel)} {question.sentence()}."
    )


def _require_life(question: Claim, witness: Witness) -> None:
    if dead := lost(witness):
        raise proves_nothing(_claimed(question), dead)


def _require_open(question: Claim) -> None:
    if not decided(question.channel) and (why := over(question.channel)) is not None:
        raise Unproven(
            f"{_claimed(question)} But {question.channel} {why}, so nothing more could come."
        )


def _require_readable(question: Claim, view: View) -> None:
    if view.unreadable:
        raise Unproven(
            f"{_claimed(question)} But {a(question.noun)} in its window cannot be read, and could be one that "
            f"counts: {unreadable(view)}"
        )


def _require_known_types(question: Claim, journal: Journal, witness: Witness) -> None:
    claimed = {pattern.type for pattern in question.patterns if pattern.type is not None}
    declared = witness.declared_types(question.channel)
    unknown = claimed - declared
    if not unknown:
        return
    known = set(declared)
    for noted in journal.since():
        if isinstance(noted.entry, Seen) and noted.entry.event.type is not None:
            known.add(noted.entry.event.type)
        elif isinstance(noted.entry, Published) and noted.entry.type is not None:
            known.add(noted.entry.type)
    for name in sorted(unknown - known):
        hint = f" {suggestion(name, known, 'types')}" if known else ""
        raise Unproven(
            f"{_claimed(question)} But no event of the type {quoted(name)} was ever seen, so it "
            f"may be misspelt.{hint} If it is right, declare it: "
            f"types = {', '.join([*sorted(declared), name])} in [evtbdd:channel:{question.channel}]."
        )
