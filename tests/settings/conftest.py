"""A few sections, as the parts of evtbdd declare them, and a way to load settings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from evtbdd.settings import kinds
from evtbdd.settings.load import Settings
from evtbdd.settings.schema import Key, Section

MAIN = Section(
    "",
    False,
    (
        Key("timeout", kinds.patience, "5 seconds", "patience of a step that names no time"),
        Key("connect timeout", kinds.patience, "5 seconds", "to a broker, database, service"),
        Key("timeout scale", kinds.number, "1", "multiplies every patience"),
        Key("isolation", kinds.choice("names", "namespace", "shared"), "names", "how runs are kept apart"),
        Key("allow no scenarios", kinds.yes_no, "no", "a run that ran none is red otherwise"),
    ),
    "the run",
)  # fmt: skip
BROKER = Section(
    "broker",
    True,
    (
        Key("url", kinds.text, "memory://", "where it comes from"),
        Key("username", kinds.text, None, "at the broker"),
        Key("password", kinds.text, None, "at the broker", secret=True),
        Key("password file", kinds.secret_file, None, "holds the password"),
        Key("seen at", kinds.host_and_port, None, "HOST:PORT that services have built in"),
    ),
    "where events travel",
)
CHANNEL = Section(
    "channel",
    True,
    (
        Key("broker", kinds.text, None, "the broker it is on", otherwise="the only one"),
        Key("types", kinds.comma_list, None, "the types that can appear"),
        Key("attempts", kinds.count, None, "after how many deliveries"),
    ),
)
KAFKA = Section(
    "channel",
    True,
    (
        Key("partitions", kinds.count, "1", "lanes of their own order"),
        Key("config.NAME", kinds.text, None, "a setting of the topic"),
    ),
    "a topic, an exchange, a queue",
)
SERVICE = Section(
    "service",
    True,
    (
        Key("command", kinds.words, None, "run without a shell"),
        Key("environment", kinds.names_and_values, None, "lines NAME = value"),
    ),
)
SECTIONS = (MAIN, BROKER, CHANNEL, KAFKA, SERVICE)


class Folder:
    """A folder of settings; `load` reads it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, name: str, text: str) -> Folder:
        (self.path / name).write_text(dedent(text), encoding="utf-8")
        return self

    def load(
        self,
        userdata: Mapping[str, str] | None = None,
        environ: Mapping[str, str] | None = None,
        reserved: tuple[str, ...] = (),
    ) -> Settings:
        return Settings.load(
            self.path,
            sections=SECTIONS,
            userdata=userdata or {},
            environ=environ or {},
            reserved=reserved,
        )


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)
