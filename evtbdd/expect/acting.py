"""When a watch begins: with the last act of the scenario, or the last arrival that it waited for."""

from __future__ import annotations

from evtbdd.journal import (
    Acted,
    Arrived,
    Entry,
    Journal,
    Published,
    ScenarioBegan,
    Sent,
    ServiceEnded,
    ServiceReady,
)


def last_act(journal: Journal) -> float:
    """The moment of the last one; that of the scenario's beginning where there was none."""
    noted = reversed(journal.since())
    return next((each.at for each in noted if _acts(each.entry)), journal.began)


def _acts(entry: Entry) -> bool:
    if isinstance(entry, ServiceEnded):
        return entry.asked
    if isinstance(entry, Sent):
        return entry.acts
    return isinstance(entry, ScenarioBegan | Acted | Published | Arrived | ServiceReady)
