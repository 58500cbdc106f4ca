"""A round trip without the driver, which only says that it could not bootstrap.

ApiVersions, version 0 (https://kafka.apache.org/protocol), is what every Kafka since 0.10 answers
before anything else, also before it knows who asks.
"""

from __future__ import annotations

import socket
import ssl
import struct

from evtbdd.brokers.certificates import speaks_tls
from evtbdd.brokers.kafka.access import OPEN, Access
from evtbdd.brokers.kafka.sasl import HANDSHAKE, authenticate, require_no_user
from evtbdd.brokers.kafka.tls import NoTls, refused, shaken
from evtbdd.brokers.kafka.wire import Closed, Unreached, exchange
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerUnavailable, SettingsError
from evtbdd.words import duration

API_VERSIONS = 18
ALERT = b"\x15"
"""What a record of TLS that refuses something begins with."""

SECOND_LOOK = 1.0
"""Seconds to find out whether the other protocol is spoken there, at the most."""

TLS_THERE = "it speaks TLS there: set security ca, or security tls = yes, or use another port"
PLAIN_THERE = "it speaks no TLS there: remove security tls, ca and certificate, or use another port"


def probe(address: str, deadline: Deadline, access: Access = OPEN) -> None:
    """Return when the first of the addresses that answers has let evtbdd in as a Kafka would.

    `address` is `host:port`, or several with commas. Raises BrokerUnavailable with the cause for
    each of them, SettingsError where an address cannot be meant.
    """
    causes = []
    for one in address.split(","):
        host, port = host_and_port(one.strip())
        cause = _cause(host, port, access, deadline)
        if cause is None:
            return
        causes.append(f"{one.strip()}: {cause}")
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


def _cause(host: str, port: int, access: Access, deadline: Deadline) -> str | None:
    """Why it cannot be used, as a clause; None where it can."""
    try:
        _enter(host, port, access, deadline)
    except NoTls as error:
        return PLAIN_THERE if _speaks_plainly(host, port, deadline) else str(error)
    except Closed as error:
        may_be_tls = access.context is None and error.said[:1] in {b"", ALERT}
        if may_be_tls and speaks_tls(host, port, _second_look(deadline)):
            return TLS_THERE
        return str(error)
    except Unreached as error:
        return str(error)
    except ConnectionRefusedError:
        return "nothing listens there (connection refused)"
    except socket.gaierror:
        return f"the name {host} cannot be resolved"
    except TimeoutError:
        return "no answer in time"
    except ssl.SSLError as error:
        return refused(error, access)
    except OSError as error:
        return f"the connection broke ({error.strerror or error})"
    except (struct.error, IndexError):
        return "something else than Kafka answers there"
    return None


def _enter(host: str, port: int, access: Access, deadline: Deadline) -> None:
    """Connect, as far as the first question of a client. Raises Unreached, or OSError."""
    with socket.create_connection((host, port), max(0.01, deadline.remaining())) as plain:
        plain.settimeout(max(0.01, deadline.remaining()))
        link = plain if access.context is None else shaken(plain, host, access.context)
        with link:
            versions = exchange(link, API_VERSIONS, 0, b"", deadline)
            if access.username is not None:
                authenticate(link, access, deadline)
            elif HANDSHAKE in _known(versions):
                require_no_user(link, deadline)


def _known(versions: bytes) -> set[int]:
    """The requests that it knows."""
    (count,) = struct.unpack_from(">i", versions, 2)
    return {struct.unpack_from(">h", versions, 6 + 6 * each)[0] for each in range(count)}


def _speaks_plainly(host: str, port: int, deadline: Deadline) -> bool:
    left = _second_look(deadline)
    try:
        with socket.create_connection((host, port), max(0.01, left.remaining())) as link:
            exchange(link, API_VERSIONS, 0, b"", left)
    except (OSError, Unreached):
        return False
    return True


def _second_look(deadline: Deadline) -> Deadline:
    return Deadline.after(min(SECOND_LOOK, deadline.remaining()))
