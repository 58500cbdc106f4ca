"""Connections that a Kafka has let in, or why it does not: the driver only says that it could not.

ApiVersions, version 0 (https://kafka.apache.org/protocol), is what every Kafka since 0.10 answers
before anything else, also before it knows who asks.
"""

from __future__ import annotations

import socket
import ssl
import struct
from collections.abc import Mapping

from evtbdd.brokers.certificates import speaks_tls
from evtbdd.brokers.handshake import NoTls, Unreached, refused, shaken
from evtbdd.brokers.kafka.access import OPEN, Access
from evtbdd.brokers.kafka.fields import Fields
from evtbdd.brokers.kafka.sasl import HANDSHAKE, authenticate, require_no_user
from evtbdd.brokers.kafka.wire import CLIENT, Closed, Link, connected
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerUnavailable, SettingsError
from evtbdd.words import duration

API_VERSIONS = 18
ALERT = b"\x15"
"""What a record of TLS that refuses something begins with."""

SECOND_LOOK = 1.0
"""Seconds to find out whether the other protocol is spoken there, at the most."""

_VERSIONS = struct.Struct(">hhh")

TLS_THERE = "it speaks TLS there: set security ca, or security tls = yes, or use another port"
PLAIN_THERE = "it speaks no TLS there: remove security tls, ca and certificate, or use another port"


def probe(address: str, deadline: Deadline, access: Access = OPEN) -> None:
    """Return when one of the addresses has let evtbdd in as a Kafka would; else as `entered`."""
    entered(address, deadline, access).close()


def entered(address: str, deadline: Deadline, access: Access = OPEN) -> Link:
    """A connection to the first of the addresses that lets evtbdd in.

    `address` is `host:port`, or several with commas. Raises BrokerUnavailable with the cause for
    each of them, SettingsError where an address cannot be meant.
    """
    causes = []
    places = [(one.strip(), host_and_port(one.strip())) for one in address.split(",")]
    for left, (one, (host, port)) in zip(range(len(places), 0, -1), places, strict=True):
        # One that does not answer leaves time for the others.
        share = Deadline.after(deadline.remaining() / left, deadline.clock)
        try:
            return entered_at(host, port, share, access)
        except Unreached as cause:
            causes.append(f"{one}: {cause}")
    raise BrokerUnavailable(
        f"Kafka cannot be reached at {'; '.join(causes)} (waited up to {duration(deadline.seconds)})."
    )


def host_and_port(address: str) -> tuple[str, int]:
    """The parts of `host:port`."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise SettingsError(
            f'"{address}" is no address of a Kafka broker; it is written host:port, '
            "as in kafka://localhost:9092."
        )
    return host, int(port)


def entered_at(host: str, port: int, deadline: Deadline, access: Access = OPEN) -> Link:
    """A connection to that very place. Raises Unreached with the cause, as a clause."""
    try:
        return _enter(host, port, access, deadline)
    except NoTls as error:
        if _speaks_plainly(host, port, deadline):
            raise Unreached(PLAIN_THERE) from error
        raise
    except Closed as error:
        may_be_tls = access.context is None and error.said[:1] in {b"", ALERT}
        if may_be_tls and speaks_tls(host, port, _second_look(deadline)):
            raise Unreached(TLS_THERE) from error
        raise
    except (OSError, struct.error, IndexError) as error:
        raise Unreached(_cause(error, host, access)) from error


def _cause(error: Exception, host: str, access: Access) -> str:
    """What keeps evtbdd out, as a clause."""
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens there (connection refused)"
    if isinstance(error, socket.gaierror):
        return f"the name {host} cannot be resolved"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ssl.SSLError):
        return refused(error, shows_certificate=access.shows_certificate)
    if isinstance(error, OSError):
        return f"the connection broke ({error.strerror or error})"
    return "something else than Kafka answers there"


def _enter(host: str, port: int, access: Access, deadline: Deadline) -> Link:
    """Connect, as far as the first question of a client. Raises Unreached, or OSError."""
    plain = connected(host, port, deadline)
    try:
        link = Link(plain if access.context is None else shaken(plain, host, access.context))
    except BaseException:
        plain.close()
        raise
    try:
        link.versions = _known(link.exchange(API_VERSIONS, 0, b"", deadline))
        link.client = CLIENT
        if access.username is not None:
            authenticate(link, access, deadline)
        elif HANDSHAKE in link.versions:
            require_no_user(link, deadline)
    except BaseException:
        link.close()
        raise
    return link


def _known(answer: bytes) -> Mapping[int, tuple[int, int]]:
    """The requests that it knows, with the lowest and the highest version of each."""
    fields = Fields(answer)
    fields.int16()
    known = {}
    for _ in fields.elements():
        api, lowest, highest = fields.take(_VERSIONS)
        known[api] = (lowest, highest)
    return known


def _speaks_plainly(host: str, port: int, deadline: Deadline) -> bool:
    left = _second_look(deadline)
    try:
        link = Link(connected(host, port, left))
    except OSError:
        return False
    try:
        link.exchange(API_VERSIONS, 0, b"", left)
    except (OSError, Unreached):
        return False
    finally:
        link.close()
    return True


def _second_look(deadline: Deadline) -> Deadline:
    return Deadline.after(min(SECOND_LOOK, deadline.remaining()))
