"""A round trip without the driver, which only says that it could not bootstrap.

An ApiVersions request, version 0 (https://kafka.apache.org/protocol), is what every Kafka since
0.10 answers before anything else.
"""

from __future__ import annotations

import socket
import struct

from evtbdd.clock import Deadline
from evtbdd.errors import BrokerUnavailable, SettingsError
from evtbdd.words import duration

CORRELATION = 20_181
ENOUGH = 8
"""Bytes of the answer: its length, and the number of the request that it answers."""

REQUEST = struct.pack(">ihhih", 10, 18, 0, CORRELATION, -1)


def probe(address: str, deadline: Deadline) -> None:
    """Return when the first of the addresses that answers did so as a Kafka would.

    `address` is `host:port`, or several with commas. Raises BrokerUnavailable with the cause for
    each of them, SettingsError where an address cannot be meant.
    """
    causes = []
    for one in address.split(","):
        host, port = host_and_port(one.strip())
        cause = _cause(host, port, deadline)
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


def _cause(host: str, port: int, deadline: Deadline) -> str | None:
    """Why it did not answer, as a clause; None where it did."""
    try:
        with socket.create_connection((host, port), max(0.01, deadline.remaining())) as link:
            link.settimeout(max(0.01, deadline.remaining()))
            link.sendall(REQUEST)
            answer = b""
            while len(answer) < ENOUGH and (more := link.recv(ENOUGH - len(answer))):
                answer += more
                link.settimeout(max(0.01, deadline.remaining()))
    except ConnectionRefusedError:
        return "nothing listens there (connection refused)"
    except socket.gaierror:
        return f"the name {host} cannot be resolved"
    except TimeoutError:
        return "no answer in time"
    except OSError as error:
        return f"the connection broke ({error.strerror or error})"
    if not answer:
        return "it closed the connection (TLS or a password expected, or no Kafka)"
    if len(answer) < ENOUGH or struct.unpack(">ii", answer)[1] != CORRELATION:
        return "something else than Kafka answers there"
    return None
