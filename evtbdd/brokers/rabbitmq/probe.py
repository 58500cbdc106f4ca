"""A look at what answers at an address, without the driver, which only says that it could not open.

The protocol header is what a client sends first, and Connection.Start what RabbitMQ answers before
it knows who asks (AMQP 0-9-1, 4.2.2).
"""

from __future__ import annotations

import socket
import ssl
from dataclasses import replace

from evtbdd.brokers.certificates import speaks_tls
from evtbdd.brokers.handshake import NoTls, Unreached, refused, shaken
from evtbdd.brokers.rabbitmq.access import Access
from evtbdd.brokers.rabbitmq.address import Address
from evtbdd.clock import Deadline

HEADER = b"AMQP\x00\x00\x09\x01"
START = b"\x01\x00\x00"
"""What the frame begins with: a method, on channel 0."""

METHOD = b"\x00\x0a\x00\x0a"
LONGEST = 100_000
ALERT = b"\x15"
"""What a record of TLS that refuses something begins with."""

SECOND_LOOK = 1.0
"""Seconds to find out whether the other protocol is spoken there, at the most."""

TLS_THERE = "it speaks TLS there: write amqps://, or set security ca, or use another port"
PLAIN_THERE = (
    "it speaks no TLS there: write amqp://, and remove security tls, ca and certificate, or use "
    "another port"
)
PROTOCOL_VERSION = "TLSV1_ALERT_PROTOCOL_VERSION"
TOO_OLD = "it and evtbdd have no version of TLS in common"
SOMETHING_ELSE = "something else than RabbitMQ answers there"


def cause(address: Address, access: Access, deadline: Deadline) -> str | None:
    """Why no AMQP is spoken with evtbdd there, as a clause; None where it is."""
    if access.looking is not None:
        found = _cause(address, replace(access, context=access.looking), deadline)
        if found != TOO_OLD:
            return found
    return _cause(address, access, deadline)


def _cause(address: Address, access: Access, deadline: Deadline) -> str | None:
    try:
        greeting(address.host, address.port, access, deadline)
    except NoTls as error:
        return PLAIN_THERE if _speaks_plainly(address, deadline) else str(error)
    except Unreached as error:
        closed = access.context is None and isinstance(error, HungUp)
        if closed and speaks_tls(address.host, address.port, _second_look(deadline)):
            return TLS_THERE
        return str(error)
    except ConnectionRefusedError:
        return "nothing listens there (connection refused)"
    except socket.gaierror:
        return f"the name {address.host} cannot be resolved"
    except TimeoutError:
        return "no answer in time"
    except ssl.SSLError as error:
        if error.reason == PROTOCOL_VERSION:
            return TOO_OLD
        return refused(error, shows_certificate=access.shows_certificate)
    except OSError as error:
        return f"the connection broke ({error.strerror or error})"
    return None


class HungUp(Unreached):
    """It closed the connection, or answered with an alert of TLS."""


def greeting(host: str, port: int, access: Access, deadline: Deadline) -> bytes:
    """The arguments of Connection.Start. Raises Unreached, or OSError."""
    with socket.create_connection((host, port), _left(deadline)) as plain:
        plain.settimeout(_left(deadline))
        link = plain if access.context is None else shaken(plain, host, access.context)
        with link:
            link.sendall(HEADER)
            try:
                head = _receive(link, 7, deadline)
            except ConnectionResetError as error:
                raise HungUp("it closed the connection") from error
            if not head or head.startswith(ALERT):
                raise HungUp("it closed the connection (TLS expected, or no RabbitMQ)")
            length = int.from_bytes(head[3:7], "big")
            if not head.startswith(START) or not 4 <= length <= LONGEST:
                raise Unreached(SOMETHING_ELSE)
            frame = _receive(link, length, deadline)
            if not frame.startswith(METHOD):
                raise Unreached(SOMETHING_ELSE)
            return frame


def _receive(link: socket.socket, wanted: int, deadline: Deadline) -> bytes:
    """As many bytes, or fewer where the connection was closed before."""
    found = bytearray()
    while len(found) < wanted:
        link.settimeout(_left(deadline))
        more = link.recv(wanted - len(found))
        if not more:
            break
        found += more
    return bytes(found)


def _speaks_plainly(address: Address, deadline: Deadline) -> bool:
    try:
        greeting(address.host, address.port, Access(), _second_look(deadline))
    except (OSError, Unreached):
        return False
    return True


def _second_look(deadline: Deadline) -> Deadline:
    return Deadline.after(min(SECOND_LOOK, deadline.remaining()))


def _left(deadline: Deadline) -> float:
    return max(0.01, deadline.remaining())
