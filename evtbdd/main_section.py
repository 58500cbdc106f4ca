"""The settings of the run as a whole: `[evtbdd]`."""

from __future__ import annotations

from evtbdd.isolation.modes import MODES
from evtbdd.settings import kinds
from evtbdd.settings.schema import Key, Section

SECTION = Section(
    "",
    named=False,
    help="The run as a whole.",
    keys=(
        Key("timeout", kinds.patience, "5 seconds", "patience of a step that names no time"),
        Key("connect timeout", kinds.patience, "5 seconds", "patience with a broker's answer"),
        Key(
            "proof timeout",
            kinds.patience,
            "10 seconds",
            "how long a claim about all or none waits for what earlier scenarios have left open",
        ),
        Key(
            "settle",
            kinds.duration,
            "500 ms",
            "waited after an acknowledgement of a service that is not known to acknowledge last",
        ),
        Key("timeout scale", kinds.number, "1", "multiplies every patience, never a during"),
        Key(
            "isolation",
            kinds.choice(*MODES),
            "names",
            "what keeps scenarios apart: names of channels that are their own; a namespace (a "
            "broker, a vhost, an account) of their own; shared: positions and correlation alone",
        ),
        Key("prefix", kinds.text, "evtbdd", "of the name of everything that evtbdd creates"),
        Key("allow no scenarios", kinds.yes_no, "no", "a run that ran none is red otherwise"),
    ),
)
