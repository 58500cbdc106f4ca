"""Questions to SQS or SNS, each within its deadline, repeated where that does no harm."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import Any, TypeVar
from urllib.parse import urlsplit

from botocore import exceptions as driver
from botocore.parsers import ResponseParserError

from evtbdd.brokers.certificates import speaks_tls
from evtbdd.brokers.sqs.address import Endpoint
from evtbdd.brokers.sqs.clients import Clients
from evtbdd.brokers.sqs.errors import THROTTLED, Unanswered, answered, code, failed, status
from evtbdd.brokers.sqs.transport import Lost, Transport, Unreached
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerError, BrokerUnavailable
from evtbdd.words import duration

Answer = TypeVar("Answer")

PAUSE = 0.05
"""Seconds until a question is repeated; twice as many each time."""

LONGEST_PAUSE = 1.0
SECOND_LOOK = 1.0
"""Seconds to find out whether TLS is spoken there, at the most."""


class Connection:
    """One service, `sqs` or `sns`, at one endpoint; may be asked from any thread."""

    def __init__(
        self, service: str, endpoint: Endpoint, clients: Clients, transport: Transport
    ) -> None:
        self.kind = service.upper()
        self.address = endpoint.url
        self._service = service
        self._endpoint = endpoint
        self._clients = clients
        self._transport = transport
        self._closed = Event()

    def ask(self, doing: str, deadline: Deadline, question: Callable[[Any], Answer]) -> Answer:
        """What the question returns; `doing` says for an error what it was about.

        It is repeated until the deadline while it is throttled, fails there, or an answer is lost.
        Raises BrokerUnavailable, or what the table of errors makes of an answer.
        """
        return self._answer(doing, deadline, question, BrokerError, repeated=True)

    def tell(
        self,
        doing: str,
        deadline: Deadline,
        order: Callable[[Any], Answer],
        refusal: type[BrokerError] = BrokerError,
    ) -> Answer:
        """As `ask`, for what must not be done twice: repeated only where it is throttled.

        Raises Unanswered where it may have been done; `refusal` where it is refused.
        """
        return self._answer(doing, deadline, order, refusal, repeated=False)

    def _answer(
        self,
        doing: str,
        deadline: Deadline,
        question: Callable[[Any], Answer],
        refusal: type[BrokerError],
        *,
        repeated: bool,
    ) -> Answer:
        pause = PAUSE
        while True:
            self.require_open()
            try:
                client = self._clients.get(self._service)
                with self._transport.within(deadline):
                    return question(client)
            except driver.ClientError as error:
                self.require_open()
                again = code(error) in THROTTLED or (repeated and status(error) >= 500)
                if not again or deadline.remaining() <= pause:
                    raise answered(error, self.kind, self.address, doing, refusal) from error
            except Unreached as error:
                self.require_open()
                raise self._unreachable(error, deadline) from error
            except Lost as error:
                self.require_open()
                if not repeated or deadline.remaining() <= pause:
                    raise Unanswered(
                        f"{self.kind} at {self.address} could not {doing}: {self._why(error)}."
                    ) from error
            except (driver.BotoCoreError, ResponseParserError) as error:
                self.require_open()
                raise failed(error, self.kind, self.address, doing) from error
            self._closed.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def _why(self, error: Lost) -> str:
        """Why no answer came; where none ever did, it may be the wrong protocol."""
        endpoint = urlsplit(self.address)
        if endpoint.scheme == "http" and not self._transport.was_answered:
            port = endpoint.port or 80
            if speaks_tls(endpoint.hostname or "", port, Deadline.after(SECOND_LOOK)):
                return "it speaks TLS there: the endpoint must begin with https://"
        return str(error)

    def _unreachable(self, error: Unreached, deadline: Deadline) -> BrokerUnavailable:
        return BrokerUnavailable(
            f"{self.kind} cannot be reached at {self._endpoint}: {error} (waited up to "
            f"{duration(deadline.seconds)})."
        )

    def require_open(self) -> None:
        """Raise BrokerUnavailable once it is closed."""
        if self._closed.is_set():
            raise BrokerUnavailable(f"The connection to {self.kind} at {self.address} is closed.")

    def close(self) -> None:
        """Questions from now on raise BrokerUnavailable, and so do those that wait for an answer."""
        self._closed.set()
        self._transport.close()
