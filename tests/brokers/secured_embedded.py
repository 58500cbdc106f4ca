"""Embedded Kafkas that let in by each way they know: a broker for what is a listener of a real one."""

from __future__ import annotations

import ssl
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from brokers.secured import PASSWORD, USER, Secured, write_certificates

from evtbdd.embedded.demands import Demands
from evtbdd.embedded.kafka import EmbeddedKafka


def _context(certificates: Path, name: str, *, mutual: bool = False) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / f"{name}.pem")
    if mutual:
        context.load_verify_locations(certificates / "ca.pem")
        context.verify_mode = ssl.CERT_REQUIRED
    return context


@contextmanager
def secured_embedded() -> Iterator[Secured]:
    """Start them; nothing of them is left afterwards."""
    users = {USER: PASSWORD}
    with ExitStack() as given_back:
        folder = Path(given_back.enter_context(tempfile.TemporaryDirectory()))
        write_certificates(folder)
        demands = {
            "plain": Demands(),
            "sasl": Demands(users=users),
            "plainonly": Demands(users=users),
            "sasltls": Demands(_context(folder, "server"), users),
            "tls": Demands(_context(folder, "server")),
            "mutual": Demands(_context(folder, "server", mutual=True)),
            "expired": Demands(_context(folder, "expired")),
            "othername": Demands(_context(folder, "othername")),
        }
        brokers = {
            name: given_back.enter_context(EmbeddedKafka(demands=each))
            for name, each in demands.items()
        }
        yield Secured({name: each.address for name, each in brokers.items()}, folder)
