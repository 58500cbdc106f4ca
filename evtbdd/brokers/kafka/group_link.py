"""A connection of one's own to the node that knows a group: what is asked waits behind nobody else.

Requests and answers are kafka-python's own classes, in versions that have no tagged fields.
"""

from __future__ import annotations

import struct
from typing import Any

import kafka.protocol.admin
import kafka.protocol.consumer
import kafka.protocol.metadata

from evtbdd.brokers.handshake import Unreached
from evtbdd.brokers.kafka.access import Access
from evtbdd.brokers.kafka.fields import string
from evtbdd.brokers.kafka.probe import entered_at
from evtbdd.clock import Deadline

_MODULES = (kafka.protocol.admin, kafka.protocol.consumer, kafka.protocol.metadata)


class Lost(Exception):
    """The connection broke, or was never made; the text is a clause."""


class GroupLink:
    """Open until `close`; every method raises Lost, and then it is of no use any more."""

    def __init__(
        self, host: str, port: int, access: Access, client_id: str, deadline: Deadline
    ) -> None:
        self._place = f"{host}:{port}"
        self._asked: Any = None
        try:
            self._link = entered_at(host, port, deadline, access)
        except Unreached as error:
            raise Lost(f"{self._place} cannot be reached ({error})") from error
        self._link.client = string(client_id)

    def ask(self, request: Any, deadline: Deadline) -> Any:
        """The answer to a request."""
        self.send(request, deadline)
        return self.receive(deadline)

    def send(self, request: Any, deadline: Deadline) -> None:
        """Send a request, whose answer must be received before the next one is sent."""
        self._asked = request
        body = bytes(request.encode())
        try:
            self._link.send(request.API_KEY, request.API_VERSION, body, deadline)
        except OSError as error:
            raise Lost(f"the connection to {self._place} broke ({error})") from error

    def receive(self, deadline: Deadline) -> Any:
        """The answer to the request that was sent last."""
        answer = type(self._asked).__name__.replace("Request", "Response")
        kind = next(getattr(each, answer) for each in _MODULES if hasattr(each, answer))
        try:
            raw = self._link.receive(deadline)
            return kind.decode(raw, version=self._asked.API_VERSION)
        except TimeoutError as error:
            raise Lost(f"{self._place} did not answer in time") from error
        except (OSError, Unreached, ValueError, struct.error) as error:
            raise Lost(f"the connection to {self._place} broke ({error})") from error

    def close(self) -> None:
        """Close it."""
        self._link.close()
