"""The settings, printed."""

from __future__ import annotations

from evtbdd.settings import kinds
from evtbdd.settings.reference import markdown, text
from evtbdd.settings.schema import Key, Section

from .conftest import BROKER, KAFKA, SECTIONS

SHORT = (
    Section(
        "", False, (Key("timeout", kinds.patience, "5 seconds", "patience of a step"),), "the run"
    ),
    BROKER,
    KAFKA,
)


def test_what_there_is() -> None:
    """Without settings, the reference lists sections, keys, defaults and help."""
    assert text(SHORT) == (
        "[evtbdd]  the run\n"
        "  profile        –          [evtbdd:profile:NAME]: keys that replace others\n"
        "  timeout        5 seconds  patience of a step\n"
        "\n"
        "[evtbdd:broker:NAME]  where events travel\n"
        "  url            memory://  where it comes from\n"
        "  username       –          at the broker\n"
        "  password       –          at the broker\n"
        "  password file  –          holds the password\n"
        "  seen at        –          HOST:PORT that services have built in\n"
        "\n"
        "[evtbdd:channel:NAME]  a topic, an exchange, a queue\n"
        "  partitions     1          lanes of their own order\n"
        "  config.NAME    –          a setting of the topic\n"
    )


def test_what_was_given(folder) -> None:
    """With settings, what was given stands below its key, with its source and without secrets."""
    folder.write("evtbdd.cfg", """\
        [evtbdd:broker:main]
        url = amqp://user:pass@host
        password = hunter2
        username = hunter2
        [evtbdd:channel:orders]
        config.retention.ms = 5
        partitions = 3
        types = A,
          B
        """)  # fmt: skip
    shown = text(SECTIONS, folder.load({"evtbdd.timeout": "9 seconds"}))
    given = [line for line in shown.splitlines() if line.startswith("      ") or "(none is" in line]
    assert given == [
        "      = 9 seconds  (-D evtbdd.timeout)",
        "      main = amqp://user:***@host  (evtbdd.cfg line 2)",
        "      main = ***  (evtbdd.cfg line 4)",
        "      main = ***  (evtbdd.cfg line 3)",
        "      orders = A, B  (evtbdd.cfg line 8)",
        "      orders = 3  (evtbdd.cfg line 7)",
        "      orders config.retention.ms = 5  (evtbdd.cfg line 6)",
        "  (none is declared)",
    ]


def test_the_page() -> None:
    """For the documentation, the reference is a table in Markdown."""
    page = markdown(
        [Section("a", True, (Key("x", kinds.text, None, "a | b", otherwise="the one"),))]
    )
    assert page == (
        "| section | key | default | |\n"
        "|---|---|---|---|\n"
        "| `[evtbdd]` | `profile` | – | [evtbdd:profile:NAME]: keys that replace others |\n"
        "| `[evtbdd:a:NAME]` | `x` | the one | a \\| b |\n"
    )
