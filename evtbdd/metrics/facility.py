"""The metrics of services, as a scenario looks at them: as a window begins, and until they fit."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from evtbdd.clock import Deadline, looks
from evtbdd.errors import PhraseError, ServiceError
from evtbdd.expect.life import missed
from evtbdd.facilities import Run, Stage
from evtbdd.metrics.scrape import Unread, scrape
from evtbdd.metrics.selector import Sample, Selector
from evtbdd.services.served import Served
from evtbdd.words import duration, quoted

EVERY = 0.05
"""Seconds between two looks: each is a request to the service."""
CLOSE = 1e-9


class Metrics:
    """There is nothing to open: each look is a request of its own."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def begin(self, stage: Stage, scopes: Mapping[str, str]) -> ScenarioMetrics:  # noqa: ARG002 - as every facility
        """Those that one scenario looks at."""
        return ScenarioMetrics(self._run, stage)

    def close(self) -> None:
        """Nothing is left open."""


class ScenarioMetrics:
    """Looks, as a window begins, at the metrics of those services that a step will ask about."""

    def __init__(self, run: Run, stage: Stage) -> None:
        self._run = run
        self._stage = stage
        self._asked: Collection[str] = ()
        self._before: dict[str, Sequence[Sample] | Unread] = {}

    def foretell(self, names: Collection[str | None]) -> None:
        """Look as the scenario begins; what is not started yet counts from 0."""
        self._asked = [name for name in dict.fromkeys(names) if name is not None]
        declared = self._run.services.declared
        for name in self._asked:
            if name in declared:
                self._note(self._stage.services.get(name))

    def begin_block(self) -> None:
        """Look as a block of acts is about to begin."""
        for name in self._before:
            self._note(self._stage.services.get(name))

    def _note(self, service: Served) -> None:
        declared = service.declaration
        self._before[declared.name] = []
        if service.running or declared.elsewhere:
            try:
                self._before[declared.name] = self._samples(service)
            except (Unread, ServiceError) as error:
                self._before[declared.name] = Unread(str(error))

    def _samples(self, service: Served) -> Sequence[Sample]:
        patience = self._run.patience
        return scrape(self._url(service), Deadline.after(patience.broker * patience.scale))

    def _url(self, service: Served) -> str:
        name = service.declaration.name
        if service.declaration.handler is not None:
            service.process("its metrics cannot be read")
        text = self._run.settings.section("service", name)["metrics"]
        if text is None and service.declaration.url is not None:
            text = service.declaration.url.rstrip("/") + "/metrics"
        if text is None:
            raise ServiceError(
                f"The metrics of the service {quoted(name)} cannot be read: [evtbdd:service:{name}] "
                "has neither metrics = URL nor a url, where they would be at /metrics."
            )
        return self._stage.services.said(name, text)

    def increases(self, text: str, name: str, number: int, within: float | None) -> None:
        """Wait until a metric has increased by so much since the window's beginning, and no more.

        One that is lower than it was has begun anew, from 0. Raises ExpectationFailed, and
        ServiceError where nothing can be read.
        """
        if number < 1:
            raise PhraseError(
                f"{quoted(text)} increases by {number}: the number must be 1 or more."
            )
        service = self._stage.services.get(name)
        selector = Selector.parse(text)
        url = self._url(service)
        before = selector.total(self._samples_before(name)) or 0.0
        patience = self._stage.expect.patience(within)
        but = ""
        for _ in looks(patience, EVERY):
            try:
                there = self._samples(service)
            except Unread as error:
                unread, but = error, ""
                continue
            now = selector.total(there)
            since = before if now is None or now >= before else 0.0
            grown = 0.0 if now is None else now - since
            if abs(grown - number) <= CLOSE * number:
                return
            but = _but(selector, there, since, now)
            if grown > number:
                break
        wanted = f"the metric {quoted(text)} of the service {quoted(name)} to increase by {number}"
        expected = f"Expected {wanted} within {duration(patience.seconds)}"
        failure = missed(f"{expected}\nbut {but or unread} ({url})", self._stage.expect.witness)
        if but or isinstance(failure, ServiceError):
            raise failure
        raise ServiceError(f"The metrics of the service {quoted(name)} cannot be read: {unread}.")

    def _samples_before(self, name: str) -> Sequence[Sample]:
        before = self._before.get(name)
        if before is None:
            raise PhraseError(
                f"The metrics of the service {quoted(name)} were not looked at as the window began: "
                "the step must name the service as it is, without a placeholder."
            )
        if isinstance(before, Unread):
            raise ServiceError(
                f"The metrics of the service {quoted(name)} could not be read as the window began: "
                f"{before}."
            )
        return before

    def fact(self, name: str) -> object:
        """Metrics have no placeholders."""
        raise KeyError(name)

    def known(self) -> Sequence[str]:
        """Metrics have no placeholders."""
        return ()

    def end(self) -> None:
        """Nothing was taken."""


def _but(selector: Selector, there: Sequence[Sample], before: float, now: float | None) -> str:
    if now is None:
        return f"there is no such metric. {selector.near(there)}"
    if now == before:
        return f"it did not: it is {now:g}, as it was when the window began"
    return f"it increased by {now - before:g}, from {before:g} to {now:g}"
