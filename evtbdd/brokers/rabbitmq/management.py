"""RabbitMQ's management API (HTTP), where there is one: what AMQP does not tell, and vhosts."""

from __future__ import annotations

import base64
import json
import ssl
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import quote, urlsplit

from evtbdd.brokers.certificates import untrusted
from evtbdd.brokers.handshake import Unreached
from evtbdd.brokers.rabbitmq.session import Session
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerError
from evtbdd.words import quoted

SHORT = 1.0
"""Seconds for a look whether there is one, where much can be done without it."""

HOW = (
    "enable the plugin rabbitmq_management, or say where it is: amqp://host:port/vhost?management="
    "PORT (or a URL)"
)


class NoManagement(BrokerError):
    """There is no management API, or it does not let the user in; the text is a sentence."""


class Management:
    """The management API of one broker; asked from the caller's thread."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._root = session.address.management
        self._absent: NoManagement | None = None
        self._met = False

    def is_there(self, deadline: Deadline) -> bool:
        """Whether there is one; found out once."""
        if not self._met:
            try:
                self.get("whoami", Deadline.after(min(SHORT, deadline.remaining())))
            except NoManagement as error:
                self._absent = error
            self._met = True
        return self._absent is None

    def get(self, path: str, deadline: Deadline) -> Any:
        """What stands at a path below `/api/`; None where there is nothing (404)."""
        if self._absent is not None:
            raise self._absent.with_traceback(None)
        return self._ask("GET", path, None, deadline)

    def put(self, path: str, body: Mapping[str, object], deadline: Deadline) -> None:
        """Make something there."""
        self._ask("PUT", path, json.dumps(body), deadline)

    def delete(self, path: str, deadline: Deadline) -> None:
        """Remove what is there; nothing where there is none."""
        self._ask("DELETE", path, None, deadline)

    def _ask(self, method: str, path: str, body: str | None, deadline: Deadline) -> Any:
        """Raises NoManagement, or BrokerError for what it refuses."""
        parts = urlsplit(self._root)
        seconds = max(0.01, deadline.remaining())
        connection: HTTPConnection
        if parts.scheme == "https":
            trust = self._session.access.context or ssl.create_default_context()
            connection = HTTPSConnection(parts.netloc, timeout=seconds, context=trust)
        else:
            connection = HTTPConnection(parts.netloc, timeout=seconds)
        try:
            connection.request(
                method, f"{parts.path}/api/{path}", body, {"Authorization": self._credentials()}
            )
            answer = connection.getresponse()
            content = answer.read()
        except ssl.SSLCertVerificationError as error:
            raise self._unreachable(untrusted(error, parts.hostname or "")) from error
        except (OSError, HTTPException, Unreached) as error:
            raise self._unreachable(_why(error)) from error
        finally:
            connection.close()
        return self._content(method, path, answer.status, content)

    def _content(self, method: str, path: str, status: int, content: bytes) -> Any:
        if status == 404:
            return None
        if status == 401:
            user = self._session.access.username
            raise self._unreachable(
                f"it does not let the user {quoted(user)} in, or not with that password"
            )
        try:
            found = json.loads(content) if content else None
        except ValueError:
            raise self._unreachable("something else answers there") from None
        if status >= 300:
            reason = found.get("reason", found) if isinstance(found, dict) else found
            raise BrokerError(
                f"RabbitMQ's management at {self._root} refused {method} {path}: "
                f"{str(reason).rstrip('.')} (status {status})."
            )
        return found

    def _unreachable(self, why: str) -> NoManagement:
        return NoManagement(
            f"RabbitMQ's management API cannot be used at {self._root}: {why}; {HOW}."
        )

    def _credentials(self) -> str:
        access = self._session.access
        both = f"{access.username}:{access.password}".encode()
        return f"Basic {base64.b64encode(both).decode()}"


def of_vhost(kind: str, vhost: str, *names: str) -> str:
    """`queues/%2F/orders`."""
    return "/".join([kind, *(quote(each, safe="") for each in (vhost, *names))])


def _why(error: Exception) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens there (connection refused)"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, OSError):
        return f"the connection broke ({error.strerror or error})"
    return "something else answers there"
