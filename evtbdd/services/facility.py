"""The services of a run, scope by scope, and those that a scenario uses."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from evtbdd.errors import PhraseError, UnknownName
from evtbdd.journal import Journal
from evtbdd.keeper import Keeper
from evtbdd.phrases import Data
from evtbdd.ports import ServiceHealth
from evtbdd.services.declaration import Declaration
from evtbdd.services.service import Service
from evtbdd.services.surroundings import Folders, Surroundings
from evtbdd.tables import located
from evtbdd.words import listed, quoted, suggestion


class Services:
    """What the settings declare, and what runs of it. The keeper starts with the first service."""

    def __init__(self, declared: Mapping[str, Declaration], project: Path, run_id: str) -> None:
        self.declared = declared
        self._run_id = run_id
        self._project = project
        self._keeper: Keeper | None = None
        self._folder: Path | None = None
        self._scopes: dict[str, dict[str, Service]] = {}

    def with_needs(self, names: Sequence[str]) -> Sequence[str]:
        """These services and all that they need, those that are needed first."""
        ordered: list[str] = []

        def add(name: str, asking: tuple[str, ...]) -> None:
            if name in asking:
                raise PhraseError(f"The services {listed((*asking, name))} need each other.")
            for needed in self.get(name).needs:
                add(needed, (*asking, name))
            if name not in ordered:
                ordered.append(name)

        for name in names:
            add(name, ())
        return ordered

    def get(self, name: str) -> Declaration:
        """The declaration of that name; UnknownName with a suggestion."""
        if name not in self.declared:
            raise UnknownName(
                f"No service is called {quoted(name)}. "
                f"{suggestion(name, self.declared, 'services')} A service is declared by a section "
                f"[evtbdd:service:{name}] of the settings."
            )
        return self.declared[name]

    def in_scope(self, scope: str, name: str) -> Service:
        """The service in a scope, made when first asked for; not started by that."""
        services = self._scopes.setdefault(scope, {})
        if name not in services:
            folders = Folders(self._project, self.folder(scope))
            scope_id = f"{self._run_id}-{scope}"
            services[name] = Service(self.get(name), scope_id, self.keeper, folders)
        return services[name]

    def keeper(self) -> Keeper:
        """The process that holds all services."""
        if self._keeper is None:
            self._keeper = Keeper.start()
        return self._keeper

    def folder(self, scope: str) -> Path:
        """A folder that lives as long as the scope; the keeper removes it if the run is killed."""
        if self._folder is None:
            keeper = self.keeper()
            self._folder = Path(tempfile.mkdtemp(prefix=f"evtbdd-{os.getpid()}-"))
            keeper.remove_at_end(self._folder)
        folder = self._folder / scope
        folder.mkdir(exist_ok=True)
        return folder

    def close_scope(self, scope: str, around: Surroundings) -> None:
        """End the services of a scope, all at the same time. Raises the first error after all."""
        services = list(self._scopes.pop(scope, {}).values())
        with ThreadPoolExecutor(max(1, len(services))) as pool:
            done = [pool.submit(service.finish, around) for service in services]
        errors = [each.exception() for each in done]
        if self._folder is not None:
            shutil.rmtree(self._folder / scope, ignore_errors=True)
        for error in errors:
            if error is not None:
                raise error

    def close(self) -> None:
        """End whatever is left, and forget the logs."""
        self._scopes.clear()
        if self._keeper is not None:
            self._keeper.close()
            self._keeper = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None


class ScenarioServices:
    """The services that one scenario speaks of."""

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
        self._used: dict[str, Service] = {}
        self._window_starts: dict[str, int] = {}

    def get(self, name: str) -> Service:
        """The service of that name in its scope, with its news going to this scenario's journal."""
        if name not in self._used:
            scope = self._scopes[self._services.get(name).scope]
            service = self._services.in_scope(scope, name)
            service.journal = self._journal
            self._used[name] = service
            self._window_starts[name] = service.mark()
        return self._used[name]

    def run(self, name: str, extra: Mapping[str, str]) -> None:
        """Have it and all that it needs running and ready."""
        for each in self._services.with_needs([name]):
            service = self.get(each)
            if extra and each == name and service.running:
                raise PhraseError(
                    f"The service {quoted(name)} runs already, so it cannot be given another "
                    "environment; its scope must be scenario, and the step the first about it."
                )
            if not service.running:
                service.start(self._around, extra if each == name else {})

    def run_with(self, name: str, data: Data) -> None:
        """Have it running with the environment variables of a table `name | value`."""
        extra: dict[str, str] = {}
        if data:
            filename, line = data.location
            if data.table is None or data.table.headings != ("name", "value"):
                raise PhraseError(
                    f"{filename}:{line}: the environment of a service is a table headed "
                    "name | value, with a row for each variable."
                )
            for row in data.table.rows:
                with located(filename, row.line):
                    extra[row.cells[0]] = self._around.values.text(row.cells[1])
        self.run(name, extra)

    def do(self, name: str, verb: str) -> None:
        """`started`, `stopped`, `killed`, `restarted`, `paused`, `resumed`."""
        service = self.get(name)
        match verb:
            case "started":
                service.start(self._around, {})
            case "stopped":
                service.stop(self._around)
            case "killed":
                service.kill(self._around)
            case "restarted":
                if service.running:
                    service.stop(self._around)
                service.start(self._around, {})
            case "paused":
                service.pause()
            case "resumed":
                service.resume()
            case _:
                raise PhraseError(f"A service cannot be {verb}.")

    def begin_block(self) -> None:
        """Note where the logs end as a block of acts is about to begin."""
        for name, service in self._used.items():
            self._window_starts[name] = service.mark()

    def log_since(self, name: str) -> tuple[Service, int]:
        """The service, and where in its log the window begins."""
        service = self.get(name)
        return service, self._window_starts[name]

    def health(self) -> Sequence[ServiceHealth]:
        """The services that were started and are of this scenario."""
        return [
            service.health(self._journal.began)
            for service in self._used.values()
            if service.running or service.exit is not None
        ]

    def known(self) -> Iterator[str]:
        """The names of all services that can be spoken of."""
        yield from self._services.declared

    def fact(self, dotted: str) -> object:
        """What stands for `${service.NAME.port}` and `${service.NAME.url}`."""
        name, _, fact = dotted.rpartition(".")
        service = self.get(name)
        if fact == "port":
            return service.port
        if fact == "url" and service.declaration.url is not None:
            return service.declaration.url.replace("${port}", str(service.port))
        raise UnknownName(
            f"The service {quoted(name)} has no {fact}."
            + (" Its settings name no url." if fact == "url" else " It has a port and a url.")
        )

    def folder(self) -> str:
        """A folder of the scenario's own: `${scenario.folder}`."""
        return str(self._services.folder(self._scopes["scenario"]))

    def end(self) -> None:
        """End those that live for the scenario; the others go on, unobserved."""
        for service in self._used.values():
            service.journal = None
        self._services.close_scope(self._scopes["scenario"], self._around)
