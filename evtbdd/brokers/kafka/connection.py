"""Administration of a Kafka, through an admin client that is opened with the first question."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any, TypeVar

from kafka import KafkaAdminClient
from kafka import errors as driver

from evtbdd.brokers.kafka.access import OPEN, Access
from evtbdd.brokers.kafka.asking import LOST, NOT_SENT, Asking
from evtbdd.brokers.kafka.client import Client, opened
from evtbdd.brokers.kafka.errors import unanswered
from evtbdd.brokers.kafka.probe import probe
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerUnavailable

Answer = TypeVar("Answer")
Question = Callable[[KafkaAdminClient], Answer]


class Connection:
    """One admin client for a whole run; may be asked from any thread."""

    def __init__(self, address: str, options: Mapping[str, Any], access: Access = OPEN) -> None:
        self.address = address
        self._access = access
        self._options = options
        self._asking = Asking(address, access)
        self._opening = Lock()
        self._opened: tuple[KafkaAdminClient, Client] | None = None

    def ask(self, doing: str, deadline: Deadline, question: Question[Answer]) -> Answer:
        """What the question returns; `doing` says for an error what it was about.

        It is repeated while the broker is there, but was not reached or the connection was lost.
        Raises BrokerUnavailable, or what the table of errors makes of the driver's error.
        """
        return self._answer(doing, deadline, question, (*NOT_SENT, *LOST))

    def tell(self, doing: str, deadline: Deadline, order: Question[Answer]) -> Answer:
        """As `ask`, for what must not be done twice: repeated only where it reached nobody."""
        return self._answer(doing, deadline, order, NOT_SENT)

    def _answer(
        self,
        doing: str,
        deadline: Deadline,
        question: Question[Answer],
        repeated: tuple[type[Exception], ...],
    ) -> Answer:
        def asked() -> Answer:
            admin, client = self._open(doing, deadline)
            try:
                with client.within(deadline):
                    return question(admin)
            except driver.UnknownBrokerIdError:
                client.refresh(deadline)
                raise
            except RuntimeError:
                # What the driver's event loop says when `close` came between.
                self._asking.require_open()
                raise

        return self._asking.answer(doing, deadline, asked, repeated)

    def require_open(self) -> None:
        """Raise BrokerUnavailable once it is closed."""
        self._asking.require_open()

    def _open(self, doing: str, deadline: Deadline) -> tuple[KafkaAdminClient, Client]:
        self.require_open()
        if self._opened is not None:
            return self._opened
        if not self._opening.acquire(timeout=deadline.remaining()):
            raise BrokerUnavailable(
                f"Kafka at {self.address} could not {doing}: it could not be connected to in time."
            )
        try:
            if self._opened is None:
                probe(self.address, deadline, self._access)
                try:
                    self._opened = opened(self._options, deadline)
                except driver.KafkaError as error:
                    raise unanswered(error, self.address, doing, deadline, self._access) from error
            return self._opened
        finally:
            self._opening.release()

    def close(self) -> None:
        """Close the admin client; questions from now on raise BrokerUnavailable."""
        self._asking.close()
        with self._opening:
            if self._opened is not None:
                admin, _ = self._opened
                self._opened = None
                admin.close()
