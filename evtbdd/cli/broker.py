"""`evtbdd broker kafka`: an embedded broker by hand, for a look around or another tool."""

from __future__ import annotations

import argparse
import signal
from typing import Any

from evtbdd.provisioning.provision import EMBEDDED, embedded


def add_to(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("broker", help="start an embedded broker, until it is interrupted")
    parser.add_argument("kind", choices=sorted(EMBEDDED))
    parser.add_argument("--port", type=int, default=0, help="a free one, if left out")
    parser.set_defaults(carry_out=carry_out)


def carry_out(options: argparse.Namespace) -> None:
    """Print the URL once the broker answers, then wait for SIGINT or SIGTERM."""
    signals = {signal.SIGINT, signal.SIGTERM}
    # Blocked before the broker's threads are started, so that only the wait below is handed them.
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    broker = embedded(options.kind, port=options.port)
    broker.start()
    try:
        print(f"{options.kind}://{broker.address}", flush=True)
        signal.sigwait(signals)
    finally:
        broker.stop()
