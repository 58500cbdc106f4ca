"""One request, or several alike, and what comes in answer to it: a source of responses."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import Enum
from threading import Lock
from typing import cast

from evtbdd.clock import Deadline
from evtbdd.errors import ServiceError
from evtbdd.events import Event, Headers, Position, Record
from evtbdd.expect.source import Source
from evtbdd.http.bodies import reading
from evtbdd.http.drafts import Pairs
from evtbdd.http.target import Target
from evtbdd.words import counted


@dataclass(frozen=True, slots=True)
class Wanted:
    """A request as it is sent, whole; `path` is how its step calls where it goes."""

    method: str
    path: str
    target: Target
    headers: Pairs
    body: bytes | None


@dataclass(frozen=True, slots=True)
class Given:
    """A response as it came: of a larger body than is kept, the beginning, and `whole` is False."""

    status: int
    headers: Headers
    body: bytes
    whole: bool
    seconds: float


class Missed(Enum):
    """Why there is no response: the service was not reached, or it was and did not answer."""

    UNREACHED = "cannot be reached"
    DROPPED = "was not answered"


@dataclass(frozen=True, slots=True)
class Failure:
    """That no response will come; `why` is a clause."""

    kind: Missed
    why: str

    def error(self, service: str, url: str) -> ServiceError:
        """As an error, for a service that was not reached."""
        who = f"{service[0].upper()}{service[1:]}" if service else "What is asked"
        return ServiceError(f"{who} {self.kind.value} at {url}: {self.why}.")


class Response(Event):
    """The `number`th response (from 0) in answer to a request: `@status`, `@header.NAME`."""

    @staticmethod
    def of(given: Given, source: Source, number: int) -> Response:
        """The response as an event."""
        record = Record(
            channel=str(source),
            key=None,
            value=given.body,
            headers=given.headers,
            position=Position("", number),
            timestamp=time.time(),
            where=f"after {given.seconds:.2f} s",
            facts={"status": given.status},
        )
        return Response(record, source, reading(whole=given.whole))

    @property
    def status(self) -> int:
        """Its status."""
        return cast(int, self.record.facts["status"])

    @property
    def title(self) -> str:
        """`status 201`."""
        return f"status {self.status}"

    def header(self, name: str) -> object:
        """The last header of that name, whatever its case."""
        return super().header(name.lower())


class Asked(Source):
    """A request that a step has sent, `number` times: `the POST request to "/orders"`.

    What became of each is told to it by those who send.
    """

    noun = "response"
    at = "in answer to"
    decided = True
    number = 1
    url = ""
    service = ""

    def __init__(self, _: str) -> None:
        self._lock = Lock()
        self._came = 0
        self._failed: list[Failure] = []

    def came(self) -> int:
        """Count one more response; its number, from 0."""
        with self._lock:
            self._came += 1
            return self._came - 1

    def fail(self, failure: Failure) -> None:
        """Take note that a response will not come."""
        with self._lock:
            self._failed.append(failure)

    @property
    def done(self) -> bool:
        """Whether it is known of all what became of them."""
        with self._lock:
            return self._came + len(self._failed) >= self.number

    def where(self) -> str:
        """Its URL."""
        return self.url

    def over(self) -> str | None:
        """Why some response will never come, once nothing is under way any more."""
        if not (self._failed and self.done):
            return None
        more = f"; {counted(len(self._failed) - 1, 'more')}" if len(self._failed) > 1 else ""
        return f"{Missed.DROPPED.value}: {self._failed[0].why}{more}"

    def read_up(self, deadline: Deadline) -> None:
        """Raise ServiceError where the service was not reached: it has not had the request."""
        del deadline
        for failure in self._failed:
            if failure.kind is Missed.UNREACHED:
                raise failure.error(self.service, self.url)
