"""Where the settings say that a service exposes its metrics."""

from __future__ import annotations

from evtbdd.settings import kinds
from evtbdd.settings.schema import Key, Section

SECTION = Section(
    "service",
    named=True,
    keys=(
        Key(
            "metrics",
            kinds.text,
            None,
            "the URL of its metrics, in the text format of Prometheus",
            otherwise="/metrics of its url",
        ),
    ),
)
