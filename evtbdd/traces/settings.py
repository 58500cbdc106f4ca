"""What the settings say of traces."""

from __future__ import annotations

from evtbdd.settings import kinds
from evtbdd.settings.schema import Key, Section

SECTION = Section(
    "traces",
    named=False,
    help="Spans that services report to evtbdd, by OpenTelemetry's protocol over HTTP.",
    keys=(
        Key(
            "collect",
            kinds.choice("asked", "always"),
            "asked",
            "asked: in scenarios with a step about traces; always: in all of them, for services "
            "that outlive a scenario",
        ),
        Key(
            "propagate",
            kinds.yes_no,
            "yes",
            "where spans are collected, what evtbdd publishes and requests has a header traceparent",
        ),
    ),
)
