"""The traces of a run, and of a scenario: who is told of the collector, and what is asked of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from evtbdd.errors import PhraseError, ServiceError
from evtbdd.expect.pattern import Pattern
from evtbdd.facilities import Run, Stage
from evtbdd.isolation.modes import SCOPES
from evtbdd.journal import Acted, Requested, ScenarioBegan
from evtbdd.phrases import Data
from evtbdd.traces.collector import Collector
from evtbdd.traces.context import HEADER, traceparent
from evtbdd.traces.part import require_part
from evtbdd.words import quoted

DELAY = "50"
"""Milliseconds for which an exporter keeps spans back; 5,000 where nobody says anything."""


class Traces:
    """One collector for a run, and the services that were told of it."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.collector = Collector()
        self.told: set[str] = set()
        self.propagates: bool = run.settings.section("traces")["propagate"]

    def begin(self, stage: Stage, scopes: Mapping[str, str]) -> ScenarioTraces:  # noqa: ARG002 - as every facility
        """Those of one scenario."""
        return ScenarioTraces(self, stage)

    def close(self) -> None:
        """Collect nothing more."""
        self.collector.close()


class ScenarioTraces:
    """The traces as one scenario uses them: not at all, unless a step or the settings ask for them."""

    def __init__(self, traces: Traces, stage: Stage) -> None:
        self._traces = traces
        self._collector = traces.collector
        self._stage = stage
        self._asked = False
        self._collector.begin(stage.journal)
        stage.journal.append(ScenarioBegan(self._collector.ends()))

    def foretell(self, names: Collection[str | None]) -> None:
        """Steps will ask about these services; None is no service in particular."""
        self._asked = True
        declared = self._traces.run.services.declared
        for name in names:
            if name in declared:
                self._source(str(name))
        self._stage.journal.append(ScenarioBegan(self._collector.ends()))

    def _source(self, service: str) -> str:
        declared = self._traces.run.services.declared[service]
        return self._collector.source(service, lasting=declared.scope != SCOPES[0])

    def environment(self, service: str) -> Mapping[str, str]:
        """What OpenTelemetry's exporters read (its specification of environment variables)."""
        if not self._asked:
            self._traces.told.discard(service)
            return {}
        self._traces.told.add(service)
        return {
            "OTEL_EXPORTER_OTLP_ENDPOINT": self._collector.address(service),
            "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
            "OTEL_BSP_SCHEDULE_DELAY": DELAY,
        }

    def headers(self) -> Mapping[str, str]:
        """Each event that the scenario publishes begins a trace."""
        return {HEADER: traceparent()} if self._asked and self._traces.propagates else {}

    def headers_of_request(self, what: str, own: Mapping[str, str]) -> Mapping[str, str]:
        """Each request begins a trace; it is the one that steps mean from then on."""
        written = {HEADER: own[HEADER]} if HEADER in own else self.headers()
        if written:
            self._stage.journal.append(Requested(what, written[HEADER]))
        return {} if HEADER in own else written

    def begin_block(self) -> None:
        """Note how many spans each service has reported."""
        self._stage.journal.append(Acted(self._collector.ends()))

    def records(self, service: str, span: str, data: Data, within: float | None) -> None:
        """A service records a span. ServiceError where it could not have told evtbdd of it."""
        served = self._stage.services.get(service)
        declared = served.declaration
        if declared.handler is not None:
            served.process("it reports no spans")
        if declared.elsewhere:
            served.process("it is not told where to report its spans")
        if served.started and service not in self._traces.told:
            raise ServiceError(
                f"The service {quoted(service)} was started before a step asked for its spans, and "
                "was not told where to report them: set collect = always in [evtbdd:traces]."
            )
        source = self._source(service)
        pattern = Pattern(span, thing="span")
        self._stage.expect.arrives(source, pattern, data, within, False)

    def is_part(self, kind: str | None) -> None:
        """The event is part of the trace that the last request has begun."""
        if not self._traces.propagates:
            raise PhraseError(
                "No request begins a trace: [evtbdd:traces] has propagate = no, and a trace is told "
                f"by the header {HEADER}."
            )
        require_part(self._stage, kind)

    def fact(self, name: str) -> object:
        """Traces have no placeholders."""
        raise KeyError(name)

    def known(self) -> Sequence[str]:
        """Traces have no placeholders."""
        return ()

    def end(self) -> None:
        """What comes now is nobody's."""
        self._collector.begin(None)
