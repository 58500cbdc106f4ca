"""`evtbdd settings`: every setting, and what it is here."""

from __future__ import annotations

import argparse
from typing import Any

from evtbdd.cli.given import add_overrides, settings_of
from evtbdd.sections import SECTIONS
from evtbdd.settings import reference


def add_to(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("settings", help="print every setting, and what it is here")
    parser.add_argument("--markdown", action="store_true", help="as tables for a document")
    add_overrides(parser)
    parser.set_defaults(carry_out=carry_out)


def carry_out(options: argparse.Namespace) -> None:
    """Print the reference, with the values that hold in this folder."""
    if options.markdown:
        print(reference.markdown(SECTIONS))
        return
    print(reference.text(SECTIONS, settings_of(options)))
