"""The settings of the run as a whole: `[evtbdd]`."""

from __future__ import annotations

from evtbdd.settings import kinds
from evtbdd.settings.schema import Key, Section

SECTION = Section(
    "",
    named=False,
    help="The run as a whole.",
    keys=(
        Key("timeout", kinds.patience, "5 seconds", "patience of a step that names no time"),
        Key("connect timeout", kinds.patience, "5 seconds", "patience with a broker's answer"),
        Key("timeout scale", kinds.number, "1", "multiplies every patience, never a during"),
        Key("isolation", kinds.choice("names"), "names", "what keeps scenarios apart"),
        Key("prefix", kinds.text, "evtbdd", "of the name of everything that evtbdd creates"),
        Key("allow no scenarios", kinds.yes_no, "no", "a run that ran none is red otherwise"),
    ),
)
