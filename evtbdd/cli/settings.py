"""`evtbdd settings`: every setting, and what it is here."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from evtbdd.sections import SECTIONS
from evtbdd.settings import reference
from evtbdd.settings.load import Settings


def add_to(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("settings", help="print every setting, and what it is here")
    parser.add_argument("--markdown", action="store_true", help="as tables for a document")
    parser.set_defaults(carry_out=carry_out)


def carry_out(options: argparse.Namespace) -> None:
    """Print the reference, with the values that hold in this folder."""
    if options.markdown:
        print(reference.markdown(SECTIONS))
        return
    here = Settings.load(Path.cwd(), sections=SECTIONS, userdata={}, environ=os.environ)
    print(reference.text(SECTIONS, here))
