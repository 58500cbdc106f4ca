"""The services that one scenario speaks of: its own, and those of longer scopes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from evtbdd.errors import PhraseError, ServiceError, UnknownName
from evtbdd.journal import Journal, Published, Sent
from evtbdd.phrases import Data
from evtbdd.services.facility import Services
from evtbdd.services.late_kill import LateKill
from evtbdd.services.logs import Marks
from evtbdd.services.served import Served
from evtbdd.services.service import Service
from evtbdd.services.starting import Starting
from evtbdd.services.surroundings import Surroundings
from evtbdd.tables import located
from evtbdd.witness import ServiceHealth
from evtbdd.words import quoted


class ScenarioServices:
    """Starts, ends and looks at services for the steps of one scenario.

    `scopes` are the names of the scopes that are open: `{"scenario": "s3", "feature": "f1", …}`.
    """

    def __init__(
        self,
        services: Services,
        scopes: Mapping[str, str],
        journal: Journal,
        around: Surroundings,
    ) -> None:
        self._services = services
        self._scopes = scopes
        self._journal = journal
        self._around = around
        self._used: dict[str, Served] = {}
        self._window_starts: dict[str, Marks] = {}
        self._logs: Collection[str] = ()
        self._starting = Starting(services, self._used, self.get, around)
        self._kills: list[LateKill] = []

    def look_at_logs_of(self, names: Collection[str]) -> None:
        """Have it known exactly where the logs of these services stand as a window begins.

        It costs a question to the keeper each time. Where a log is looked at though nothing foretold
        it, its window may begin a moment early, with what was on its way then.
        """
        self._logs = names

    def start_together(self, groups: Sequence[Sequence[str]]) -> None:
        """Have services get ready side by side of which steps say one after another that they run."""
        self._starting.together = groups

    def adopt(self, channels: Collection[str]) -> None:
        """Take note of services of longer scopes that know one of these channels.

        What they do there is this scenario's matter, though no step of it names them.
        """
        for service in self._services.started_in(self._scopes.values()):
            if set(service.declaration.channels()) & set(channels):
                self.get(service.declaration.name)

    def get(self, name: str) -> Served:
        """The service of that name in its scope, with its news going to this scenario's journal."""
        if name not in self._used:
            scope = self._scopes[self._services.get(name).scope]
            service = self._services.in_scope(scope, name)
            service.journal = self._journal
            self._used[name] = service
            self._note_log(name)
        return self._used[name]

    def process(self, name: str, but: str) -> Service:
        """The service as processes of evtbdd's own; ServiceError, which ends in `but`, for another."""
        return self.get(name).process(but)

    def _note_log(self, name: str) -> None:
        """Have the window of its log begin here, if it has one."""
        service = self._used[name]
        if isinstance(service, Service):
            self._window_starts[name] = service.marks(exact=name in self._logs)

    def run(self, name: str, extra: Mapping[str, str]) -> None:
        """Have it, with these further variables, and all that it needs running and ready."""
        self._starting.run(name, extra)

    def run_with(self, name: str, data: Data) -> None:
        """Have it running with the environment variables of a table `name | value`."""
        self.run(name, self._variables(data) if data else {})

    def _variables(self, data: Data) -> Mapping[str, str]:
        filename, line = data.location
        if data.table is None or data.table.headings != ("name", "value"):
            raise PhraseError(
                f"{filename}:{line}: the environment of a service is a table headed "
                "name | value, with a row for each variable."
            )
        variables: dict[str, str] = {}
        for row in data.table.rows:
            name, value = row.cells
            with located(filename, row.line):
                if name in variables or not name or "=" in name:
                    wrong = (
                        "stands there twice" if name in variables else "is no name of a variable"
                    )
                    raise PhraseError(f"{quoted(name)} {wrong}.")
                variables[name] = self._around.values.text(value)
        return variables

    def run_several(self, name: str, number: int) -> None:
        """Have so many instances of it running and ready, and all that it needs."""
        if number < 2:
            raise PhraseError(
                f"{number} instances are running: the number must be 2 or more; for one write: "
                f"Given the service {quoted(name)} is running"
            )
        service = self.process(name, "there cannot be several instances of it")
        self.run(name, {})
        while len(service.living) < number:
            service.start_another(self._around)

    def start_another(self, name: str) -> None:
        """Start one more instance, and before it what it needs."""
        service = self.process(name, "there cannot be another instance of it")
        self._starting.start_needed(name)
        service.start_another(self._around)

    def do_to_one(self, name: str, verb: str) -> None:
        """`stopped`, `killed`, `paused`: the oldest instance that lives."""
        oldest = self.process(name, f"it cannot be {verb}").oldest()
        {"stopped": oldest.stop, "killed": oldest.kill, "paused": oldest.pause}[verb]()

    def kill_after(self, name: str, seconds: float) -> None:
        """Have it killed when that time is over, while the scenario goes on."""
        service = self.process(name, "it cannot be killed")
        service.oldest()
        self._kills.append(LateKill(service, seconds))

    def do(self, name: str, verb: str) -> None:
        """`started`, `stopped`, `killed`, `restarted`, `paused`, `resumed`."""
        service = self.get(name)
        match verb:
            case "started":
                self._start(service)
            case "stopped":
                service.stop()
            case "restarted":
                service.restart(self._around, lambda: self._starting.start_needed(name))
            case "killed":
                self.process(name, "it cannot be killed").kill()
            case "paused":
                self.process(name, "it cannot be paused").pause()
            case "resumed":
                self.process(name, "it cannot be resumed").resume()
            case _:
                raise PhraseError(f"A service cannot be {verb}.")

    def _start(self, service: Served) -> None:
        """Start it, and before it what it needs."""
        self._starting.start_needed(service.declaration.name)
        service.start(self._around, {})

    def begin_block(self) -> None:
        """Note where the logs end as a block of acts is about to begin."""
        for name in self._used:
            self._note_log(name)

    def log_since(self, name: str) -> tuple[Service, Marks]:
        """The service, and where in its logs the window begins."""
        service = self.process(name, "its log cannot be read")
        service.require_started()
        return service, self._window_starts[name]

    def health(self) -> Sequence[ServiceHealth]:
        """The services that were started and are of this scenario."""
        used = self._used.values()
        found = [health for each in used for health in each.health(self._journal.began)]
        if all(each.at_rest is not None for each in found) and not self._all_is_consumed():
            return [replace(each, at_rest=None) for each in found]
        return found

    def _all_is_consumed(self) -> bool:
        """Whether something was published, and each such channel has a service that consumes it.

        Only then that nothing is left to be done says something of what followed.
        """
        consumed = {c for each in self._used.values() for c in each.declaration.consumes}
        entries = [noted.entry for noted in self._journal.since()]
        published = {each.channel for each in entries if isinstance(each, Published)}
        requested = any(isinstance(each, Sent) and each.acts for each in entries)
        return bool(published) and published <= consumed and not requested

    def known(self) -> Sequence[str]:
        """All that can be said of services in `${service.…}`."""
        declared = self._services.declared.items()
        ports = [f"{name}.port" for name, _ in declared]
        return [*ports, *(f"{name}.url" for name, each in declared if each.url is not None)]

    def fact(self, dotted: str) -> object:
        """What stands for `${service.NAME.port}` and `${service.NAME.url}`; KeyError for others."""
        name, _, fact = dotted.rpartition(".")
        if name not in self._services.declared or fact not in {"port", "url"}:
            raise KeyError(dotted)
        service = self.get(name)
        if fact == "port":
            return service.port
        if service.declaration.url is None:
            raise UnknownName(
                f"The service {quoted(name)} has no url. It is declared in "
                f"[evtbdd:service:{name}], as in url = http://127.0.0.1:${{port}}."
            )
        return self.said(name, service.declaration.url)

    def said(self, name: str, text: str) -> str:
        """A text of the settings about a service, with its placeholders replaced."""
        return self.get(name).said(self._around, text)

    def folder(self) -> str:
        """A folder of the scenario's own: `${scenario.folder}`."""
        return str(self._services.folder(self._scopes["scenario"]))

    def end(self) -> None:
        """End those that live for the scenario; the others go on, unobserved.

        ServiceError where one was to be killed, and was not: the scenario has not tested that.
        """
        kills, self._kills = self._kills, []
        missed = [missed for kill in kills if (missed := kill.call_off()) is not None]
        for service in self._used.values():
            service.journal = None
        self._used.clear()
        self._services.close_scope(self._scopes["scenario"])
        if missed:
            raise ServiceError(" ".join(missed))
