"""Everything that happens in a scenario, in one append-only list."""

from evtbdd.journal.entries import (
    Acted,
    Arrived,
    Entry,
    NothingMore,
    Published,
    Requested,
    ScenarioBegan,
    Seen,
    Sent,
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
    "NothingMore",
    "Published",
    "Requested",
    "ScenarioBegan",
    "Seen",
    "Sent",
    "ServiceEnded",
    "ServiceReady",
    "ServiceStarted",
]
