"""Everything that happens in a scenario, in one append-only list."""

from evtbdd.journal.entries import (
    Acted,
    Arrived,
    Entry,
    Published,
    Requested,
    ScenarioBegan,
    Seen,
    ServiceEnded,
    ServiceReady,
    ServiceStarted,
)
from evtbdd.journal.journal import Cursor, Journal, Noted

__all__ = [
    "Acted",
    "Arrived",
    "Cursor",
    "Entry",
    "Journal",
    "Noted",
    "Published",
    "Requested",
    "ScenarioBegan",
    "Seen",
    "ServiceEnded",
    "ServiceReady",
    "ServiceStarted",
]
