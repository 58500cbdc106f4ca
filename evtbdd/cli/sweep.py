"""`evtbdd sweep`: remove from the declared brokers what crashed runs have left behind."""

from __future__ import annotations

import argparse
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Any

from evtbdd.channels.pool import DEFAULT_NAME, Brokers
from evtbdd.cli.given import add_overrides, settings_of
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerError, UnknownName
from evtbdd.isolation.sweep import Leftover, find, remove
from evtbdd.keeper import HeldKeeper
from evtbdd.ports import Broker
from evtbdd.provisioning.provision import WAYS
from evtbdd.provisioning.url import BrokerUrl
from evtbdd.settings import kinds
from evtbdd.words import counted, listed, quoted, suggestion

LONG = {"minute": 60, "hour": 3_600, "day": 86_400}


def add_to(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("sweep", help="remove from brokers what crashed runs have left")
    parser.add_argument(
        "--older-than",
        metavar="TIME",
        type=age,
        default="1 hour",
        help='what runs have left that began longer ago than "30 minutes", "2 hours", "7 days" '
        "(1 hour if left out)",
    )
    parser.add_argument("--dry-run", action="store_true", help="only print what would be removed")
    parser.add_argument(
        "--broker", metavar="NAME", help="only this one; without it all that are declared"
    )
    add_overrides(parser)
    parser.set_defaults(carry_out=carry_out)


def age(text: str) -> float:
    """Seconds, of a duration as the phrases have them, and of hours and days."""
    found = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,9})?) +(hour|day)s?", text)
    if found:
        return float(found[1]) * LONG[found[2]]
    try:
        return kinds.duration(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"{quoted(text)} is not a time such as 30 minutes, 2 hours or 7 days"
        ) from error


def carry_out(options: argparse.Namespace) -> None:
    """Sweep one broker after another; what could not be done on one keeps no other from it."""
    settings = settings_of(options)
    urls = {name: settings.section("broker", name)["url"] for name in settings.names("broker")}
    patience = settings.main["connect timeout"] * settings.main["timeout scale"]
    names = _chosen(options.broker, list(urls) or [DEFAULT_NAME])
    before = time.time() - options.older_than
    removed: Counter[str] = Counter()
    refused: list[str] = []
    with closing(Brokers.of_settings(settings, HeldKeeper())) as brokers:
        for name in names:
            if (passing := _passed_over(urls.get(name, "memory://"))) is not None:
                print(f"{name} is passed over: what is on {passing} ends with its run.")
                continue
            try:
                broker = brokers.get(name)
                sweeping = Sweeping(
                    name, broker, lambda: Deadline.after(patience), removed, refused
                )
                sweeping.sweep(settings.main["prefix"], before, dry=options.dry_run)
            except BrokerError as error:
                refused.append(str(error))
    print(_summary(removed, dry=options.dry_run))
    if refused:
        raise BrokerError("\n".join(refused))


class Sweeping:
    """One broker being swept; `removed` counts by kind, `refused` collects sentences."""

    def __init__(
        self,
        name: str,
        broker: Broker,
        deadline: Callable[[], Deadline],
        removed: Counter[str],
        refused: list[str],
    ) -> None:
        self._name = name
        self._broker = broker
        self._deadline = deadline
        self._removed = removed
        self._refused = refused

    def sweep(self, prefix: str, before: float, *, dry: bool) -> None:
        """Remove what there is, or print what would be. Raises BrokerError."""
        for leftover in find(self._broker, prefix, before, self._deadline()):
            if leftover.alive is not None:
                print(
                    f"{self._name}: the run {leftover.run} stays: "
                    f"somebody is in the group {leftover.alive}."
                )
            elif dry:
                things = [("group", each) for each in leftover.groups]
                things += [("channel", each) for each in leftover.channels]
                for kind, thing in things:
                    self._tell("would remove", kind, thing, leftover)
            else:
                for kind, thing in remove(self._broker, leftover, self._deadline, self._refused):
                    self._tell("removed", kind, thing, leftover)

    def _tell(self, done: str, kind: str, thing: str, leftover: Leftover) -> None:
        said = self._broker.capabilities.channel if kind == "channel" else kind
        self._removed[said] += 1
        print(f"{self._name}: {done} the {said} {thing} (of {ago(time.time() - leftover.born)})")


def ago(seconds: float) -> str:
    """`3 hours ago`, in the largest of minutes, hours and days that is there once."""
    whole = max(0, int(seconds))
    for noun in ("day", "hour", "minute"):
        if whole >= LONG[noun]:
            return f"{counted(whole // LONG[noun], noun)} ago"
    return f"{counted(whole, 'second')} ago"


def _chosen(name: str | None, known: Sequence[str]) -> Sequence[str]:
    if name is None:
        return known
    if name not in known:
        raise UnknownName(
            f"No broker is called {quoted(name)}. {suggestion(name, known, 'brokers')}"
        )
    return [name]


def _passed_over(url: str) -> str | None:
    """What kind of broker of the run's own is at a URL; None where it is one that outlives runs."""
    parsed = BrokerUrl.parse(url)
    if parsed.scheme != "memory" and parsed.how not in WAYS:
        return None
    return f"{parsed.scheme}{'+' if parsed.how else ''}{parsed.how}://"


def _summary(removed: Counter[str], *, dry: bool) -> str:
    counts = listed(counted(number, kind) for kind, number in sorted(removed.items()))
    if not counts:
        return "Nothing is left behind." if dry else "Nothing was removed."
    return f"{counts} would be removed." if dry else f"{counts} removed."
