"""The settings of a command: those of the folder, with what is given on its line."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from pathlib import Path

from evtbdd.errors import SettingsError
from evtbdd.sections import SECTIONS
from evtbdd.settings.load import Settings


def add_overrides(parser: argparse.ArgumentParser) -> None:
    """Have a command take `-D evtbdd.NAME=VALUE`, as behave does."""
    parser.add_argument(
        "-D",
        dest="overrides",
        metavar="evtbdd.NAME=VALUE",
        action="append",
        default=[],
        help="a setting that goes before those of the files, such as evtbdd.profile=unit",
    )


def settings_of(options: argparse.Namespace) -> Settings:
    """The settings that hold here. SettingsError where one cannot be meant."""
    return Settings.load(
        Path.cwd(), sections=SECTIONS, userdata=_given(options.overrides), environ=os.environ
    )


def _given(overrides: list[str]) -> Mapping[str, str]:
    """By their names; as behave reads it, a name without a value is `true`."""
    given: dict[str, str] = {}
    for each in overrides:
        name, equals, value = (part.strip() for part in each.partition("="))
        if not name.startswith("evtbdd."):
            raise SettingsError(f"-D {name}: a setting is given by -D evtbdd.NAME=VALUE.")
        given[name] = value if equals else "true"
    return given
