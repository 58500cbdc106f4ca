"""A connection of one's own to one broker of a Kafka: requests and answers, one after the other.

For what must not wait behind other requests, as the driver's connections do not promise.
"""

from __future__ import annotations

import socket
import ssl
import struct
from typing import Any

from kafka import errors as driver
from kafka.protocol.parser import KafkaProtocol

from evtbdd.brokers.kafka.access import Access
from evtbdd.brokers.kafka.sasl import authenticate
from evtbdd.brokers.kafka.tls import shaken
from evtbdd.brokers.kafka.wire import Unreached
from evtbdd.clock import Deadline

MANY = 65_536
"""Bytes that are read at once."""


class Lost(Exception):
    """The connection broke, or was never made; the text is a clause."""


class Link:
    """Open until `close`; every method raises Lost, and then it is of no use any more."""

    def __init__(
        self, host: str, port: int, access: Access, client_id: str, deadline: Deadline
    ) -> None:
        self._protocol = KafkaProtocol(client_id=client_id)
        try:
            self._socket = _connected(host, port, access, deadline)
        except (OSError, Unreached) as error:
            raise Lost(f"{host}:{port} cannot be reached ({error})") from error
        self._place = f"{host}:{port}"

    def ask(self, request: object, deadline: Deadline) -> Any:
        """The answer to a request."""
        self.send(request, deadline)
        return self.receive(deadline)

    def send(self, request: object, deadline: Deadline) -> None:
        """Send a request, whose answer must be received later."""
        self._protocol.send_request(request)
        try:
            self._socket.settimeout(_left(deadline))
            self._socket.sendall(self._protocol.send_bytes())
        except OSError as error:
            raise Lost(f"the connection to {self._place} broke ({error})") from error

    def receive(self, deadline: Deadline) -> Any:
        """The answer to the oldest request that has none yet."""
        try:
            while True:
                self._socket.settimeout(_left(deadline))
                data = self._socket.recv(MANY)
                if not data:
                    raise Lost(f"{self._place} closed the connection")
                for _, answer in self._protocol.receive_bytes(data):
                    return answer
        except TimeoutError as error:
            raise Lost(f"{self._place} did not answer in time") from error
        except (OSError, driver.KafkaError, struct.error) as error:
            raise Lost(f"the connection to {self._place} broke ({error})") from error

    def close(self) -> None:
        """Close it."""
        self._socket.close()


def _connected(host: str, port: int, access: Access, deadline: Deadline) -> socket.socket:
    plain = socket.create_connection((host, port), _left(deadline))
    link: socket.socket = plain
    try:
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        plain.settimeout(_left(deadline))
        if access.context is not None:
            link = shaken(plain, host, access.context)
        if access.username is not None:
            authenticate(link, access, deadline)
    except (OSError, Unreached, ssl.SSLError):
        link.close()
        plain.close()
        raise
    return link


def _left(deadline: Deadline) -> float:
    return max(0.01, deadline.remaining())
