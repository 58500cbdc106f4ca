"""Collects spans on a loopback port: each service has a path of its own, which tells whose they are."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from threading import Lock
from urllib.parse import quote, unquote

from evtbdd.clock import Deadline
from evtbdd.http.bodies import JSON, content_type
from evtbdd.http.drafts import Draft
from evtbdd.journal import Journal, Seen
from evtbdd.loopback import HOST
from evtbdd.ports import Ends
from evtbdd.traces.decode import spans
from evtbdd.traces.span import Spans, span_event
from evtbdd.webhooks.request import Came
from evtbdd.webhooks.script import Answer
from evtbdd.webhooks.server import Server
from evtbdd.words import counted, quoted

ENDING = "/v1/traces"
"""What OTLP puts behind the address that an exporter is given."""


class Collector:
    """Serves from when it is made until it is closed; spans go to the scenario that runs."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._journal: Journal | None = None
        self._sources: dict[str, Spans] = {}
        self._numbers: dict[str, int] = {}
        self._refused: dict[str, list[str]] = {}
        self._server = Server("the collector of traces", 0, self._received)

    def address(self, service: str) -> str:
        """What a service's exporter is given."""
        return f"http://{HOST}:{self._server.port}/{quote(service, safe='')}"

    def source(self, service: str, *, lasting: bool = False) -> Spans:
        """The spans of a service, as something that can be expected of."""
        with self._lock:
            return self._source(service, lasting=lasting)

    def _source(self, service: str, *, lasting: bool = False) -> Spans:
        if service not in self._sources:
            source = Spans(f"the service {quoted(service)}")
            source.collected = partial(self._told, service)
            source.lasting = lasting
            self._sources[service] = source
        return self._sources[service]

    def _told(self, service: str) -> str:
        """The address of a service, and what it has sent there that was no spans."""
        address, refused = self.address(service), self._refused.get(service)
        if not refused:
            return address
        return f"{address}; {counted(len(refused), 'report')} could not be read: {refused[-1]}"

    def begin(self, journal: Journal | None) -> None:
        """From now on what comes is noted there; nowhere, for None."""
        with self._lock:
            self._journal = journal

    def ends(self) -> Mapping[str, Ends]:
        """How many spans each service has reported so far."""
        with self._lock:
            return {
                source: {"": self._numbers.get(service, 0)}
                for service, source in self._sources.items()
            }

    def read_up(self, deadline: Deadline) -> None:
        """Return when all that was sent to it by now was received."""
        self._server.read_up(deadline)

    def _received(self, came: Came) -> Answer:
        kind, _ = content_type(came.headers)
        path = came.path
        if came.method != "POST" or not path.endswith(ENDING):
            return Answer(404)
        service = unquote(path.removesuffix(ENDING).strip("/"))
        try:
            found = spans(came.body, came.headers)
        except ValueError as error:
            self._refused.setdefault(service, []).append(str(error))
            return Answer(400)
        with self._lock:
            source = self._source(service)
            for each in found:
                number = self._numbers.get(service, 0)
                self._numbers[service] = number + 1
                if self._journal is not None:
                    self._journal.append(Seen(span_event(each, source, number)))
        # An empty answer is one without a complaint, in both encodings.
        return Answer(200, Draft(b"{}" if kind == JSON else b"", (("content-type", kind),)))

    def close(self) -> None:
        """Give back the port."""
        self._server.close()
