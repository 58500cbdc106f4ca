"""`evtbdd steps`: every phrase, with an example."""

from __future__ import annotations

import argparse
from importlib import import_module
from typing import Any

from evtbdd.phrases import catalogue


def add_to(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("steps", help="print every phrase, with an example of each")
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.set_defaults(carry_out=carry_out)


def load_libraries() -> None:
    """Register the phrases of all step libraries of evtbdd."""
    libraries = import_module("evtbdd.steps")
    for name in libraries.__all__:
        import_module(f"evtbdd.steps.{name}")


def carry_out(options: argparse.Namespace) -> None:
    """Print the catalogue."""
    load_libraries()
    phrases = catalogue.registered()
    print(catalogue.as_json(phrases) if options.json else catalogue.text(phrases))
