"""`evtbdd steps`: every phrase, with an example."""

from __future__ import annotations

import argparse
from importlib import import_module
from typing import Any

from evtbdd.phrases import catalogue

FORMS = {
    "json": catalogue.as_json,
    "markdown": catalogue.markdown,
    "text": catalogue.text,
}


def add_to(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("steps", help="print every phrase, with an example of each")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="for programs")
    form.add_argument("--markdown", action="store_true", help="as a page of a document")
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
    form = "json" if options.json else "markdown" if options.markdown else "text"
    print(FORMS[form](phrases), end="")
