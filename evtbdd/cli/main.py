"""`evtbdd steps | settings | doctor | broker | sweep`: what there is to write, and to look after."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

import evtbdd
from evtbdd.cli import broker, doctor, settings, steps, sweep
from evtbdd.errors import EvtbddError

COMMANDS = (steps, settings, doctor, broker, sweep)


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out a command; 0 where it could be, 2 with a sentence where it could not."""
    parser = argparse.ArgumentParser(
        prog="evtbdd", description="Acceptance tests of event-driven systems, in plain language."
    )
    parser.add_argument("--version", action="version", version=f"evtbdd {evtbdd.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add_to(commands)
    options = parser.parse_args(arguments)
    try:
        options.carry_out(options)
    except EvtbddError as error:
        print(f"evtbdd: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # Somebody read no further (`evtbdd steps | head`); there is nobody left to tell.
        sys.stderr.close()
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
