"""How patiently a Kafka is asked: again while that may help, and why not where it is not there."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import TypeVar

from kafka import errors as driver

from evtbdd.brokers.kafka.access import OPEN, Access
from evtbdd.brokers.kafka.errors import unanswered
from evtbdd.brokers.kafka.probe import probe
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerUnavailable

Answer = TypeVar("Answer")

PAUSE = 0.02
"""Seconds until a question is repeated."""

NOT_SENT = (
    driver.NodeNotReadyError,
    driver.CoordinatorNotAvailableError,
    driver.CoordinatorLoadInProgressError,
    driver.NotCoordinatorError,
    driver.NotControllerError,
    driver.LeaderNotAvailableError,
    driver.UnknownBrokerIdError,
)
"""The question reached nobody who could have acted on it: it may be repeated, whatever it is."""

LOST = (driver.KafkaConnectionError, driver.Cancelled)
"""Nobody knows whether the question was acted on: one that only asks may be repeated."""


class Asking:
    """What all questions to one Kafka have in common; from any thread."""

    def __init__(self, address: str, access: Access = OPEN) -> None:
        self.address = address
        self.access = access
        self._closed = Event()

    def answer(
        self,
        doing: str,
        deadline: Deadline,
        question: Callable[[], Answer],
        repeated: tuple[type[Exception], ...] = (*NOT_SENT, *LOST),
    ) -> Answer:
        """What the question returns; `doing` says for an error what it was about.

        It is repeated while the broker is there, and what the question raised is among `repeated`.
        Raises BrokerUnavailable, or what the table of errors makes of the driver's error.
        """
        while True:
            self.require_open()
            try:
                return question()
            except driver.KafkaError as error:
                self.require_open()
                if not isinstance(error, repeated) or deadline.expired():
                    raise unanswered(error, self.address, doing, deadline, self.access) from error
                self._ping(error, deadline)
                self.pause(PAUSE, deadline)

    def pause(self, seconds: float, deadline: Deadline) -> None:
        """Wait so long, but not beyond the deadline, nor once it is closed."""
        self._closed.wait(min(seconds, deadline.remaining()))

    def is_closed(self) -> bool:
        """Whether nobody may ask any more."""
        return self._closed.is_set()

    def require_open(self) -> None:
        """Raise BrokerUnavailable once it is closed."""
        if self.is_closed():
            raise BrokerUnavailable(f"The connection to Kafka at {self.address} is closed.")

    def close(self) -> None:
        """Have questions from now on raise BrokerUnavailable."""
        self._closed.set()

    def _ping(self, error: Exception, deadline: Deadline) -> None:
        """Say why a broker is not there, where it is not; the driver's own words are no cause."""
        try:
            probe(self.address, deadline, self.access)
        except BrokerUnavailable as unavailable:
            raise unavailable from error
