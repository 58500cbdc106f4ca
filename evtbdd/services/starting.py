"""How the services of a scenario come to run: what they need before, and side by side where they can."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from evtbdd.errors import EvtbddError, PhraseError
from evtbdd.services.facility import Services
from evtbdd.services.served import Served
from evtbdd.services.service import Service
from evtbdd.services.surroundings import Surroundings
from evtbdd.words import quoted


class Starting:
    """Starts services by their names, each after all that it needs.

    `used` are those that the scenario knows, and `get` gives any of them. Those of a group in
    `together` stand in steps that follow one another: the first such step begins them all.
    """

    def __init__(
        self,
        services: Services,
        used: Mapping[str, Served],
        get: Callable[[str], Served],
        around: Surroundings,
    ) -> None:
        self.together: Sequence[Sequence[str]] = ()
        self._services = services
        self._used = used
        self._get = get
        self._around = around

    def run(self, name: str, extra: Mapping[str, str]) -> None:
        """Have it, with these further variables, and all that it needs running and ready."""
        done = False
        for each in self._services.with_needs([name]):
            service = self._get(each)
            if extra and each == name and service.running:
                raise PhraseError(
                    f"The service {quoted(name)} runs already, so it cannot be given another "
                    "environment; its scope must be scenario, and the step the first about it."
                )
            done |= self._run(service, extra if each == name else {})
        if not done:
            self._around.nothing_done()

    def start_needed(self, name: str) -> None:
        """Start what a service needs; but not again what a step has ended."""
        *needed, _ = self._services.with_needs([name])
        for each in map(self._get, needed):
            if not each.started:
                each.start(self._around, {})

    def _run(self, service: Served, extra: Mapping[str, str]) -> bool:
        """Have it running and ready; whether there was anything to do for that."""
        if isinstance(service, Service) and service.is_beginning:
            service.await_ready()
        elif service.running or service.done:
            return False
        elif isinstance(service, Service):
            service.begin(self._around, extra)
            self._begin_those_beside(service.declaration.name)
            service.await_ready()
        else:
            service.start(self._around, extra)
        return True

    def _begin_those_beside(self, name: str) -> None:
        """Begin what the next steps want running; what cannot be begun is left to its own step."""
        beside = next((list(group) for group in self.together if name in group), [name])
        for each in beside[beside.index(name) + 1 :]:
            if each in self._services.declared and self._can_begin(each):
                with suppress(EvtbddError):
                    self._get(each).process("").begin(self._around, {})

    def _can_begin(self, name: str) -> bool:
        """Whether it was never started, all that it needs is ready, and it consumes by itself.

        A service is subscribed when there is a consumer more: two at a time could not be told apart.
        """
        service = self._get(name)
        if not isinstance(service, Service) or service.started:
            return False
        used = [each for each in self._used.values() if isinstance(each, Service)]
        beginning = [each for each in used if each.is_beginning]
        consumed = {channel for each in beginning for channel in each.declaration.consumes}
        *needed, _ = map(self._get, self._services.with_needs([name]))
        ready = [(each.running or each.done) and each not in beginning for each in needed]
        return all(ready) and consumed.isdisjoint(service.declaration.consumes)
