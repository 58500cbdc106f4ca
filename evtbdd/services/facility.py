"""The services of a run, scope by scope: what is declared, what runs, and what is ended when."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from evtbdd.clock import Deadline
from evtbdd.errors import EvtbddError, SettingsError, UnknownName
from evtbdd.isolation.modes import SCOPES, longest
from evtbdd.keeper import Keeper
from evtbdd.services.declaration import Declaration
from evtbdd.services.made import made
from evtbdd.services.port import FreePorts
from evtbdd.services.served import Served
from evtbdd.services.surroundings import Place
from evtbdd.words import listed, quoted, suggestion


def consumers(declared: Iterable[Declaration]) -> Mapping[str, frozenset[str]]:
    """For each channel the names of the services that say they consume it."""
    found: dict[str, frozenset[str]] = {}
    for declaration in declared:
        for channel in declaration.consumes:
            found[channel] = found.get(channel, frozenset()) | {declaration.name}
    return found


class Services:
    """What the settings declare, and what runs of it.

    SettingsError for services that need each other, or one that nobody declared. `left_behind`
    says in sentences what could not be ended or deleted.
    """

    def __init__(
        self,
        declared: Mapping[str, Declaration],
        project: Path,
        run_id: str,
        keeper: Callable[[], Keeper],
        deadline: Callable[[], Deadline],
    ) -> None:
        self.declared = declared
        self.left_behind: list[str] = []
        self._project = project
        self._run_id = run_id
        self._deadline = deadline
        self._keeper = keeper
        self._folder: Path | None = None
        self._ports = FreePorts()
        self._scopes: dict[str, dict[str, Served]] = {}
        for name in declared:
            self.with_needs([name])

    def with_needs(self, names: Iterable[str]) -> Sequence[str]:
        """These services and all that they need, those that are needed first."""
        ordered: list[str] = []

        def add(name: str, asking: tuple[str, ...]) -> None:
            if name in asking:
                circle = listed(map(quoted, asking[asking.index(name) :]))
                raise SettingsError(f"The services {circle} need each other: none can be first.")
            if name not in self.declared and asking:
                raise SettingsError(
                    f"[evtbdd:service:{asking[-1]}] needs: no service is called {quoted(name)}. "
                    f"{suggestion(name, self.declared, 'services')}"
                )
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

    def lives(self) -> Mapping[str, str]:
        """For every channel that some service knows: the longest scope of those services."""
        lives: dict[str, str] = {}
        for declaration in self.declared.values():
            for channel in declaration.channels():
                lives[channel] = longest([declaration.scope, lives.get(channel, SCOPES[0])])
        return lives

    def lives_of_brokers(self, brokers: Iterable[str]) -> Mapping[str, str]:
        """For every broker that some service is told of: the longest scope of those services."""
        found: dict[str, str] = {}
        for broker in brokers:
            told = [
                each.scope
                for each in self.declared.values()
                if any(f"{text}.".startswith(f"{broker}.") for text in each.brokers())
            ]
            if told:
                found[broker] = longest(told)
        return found

    def in_scope(self, scope: str, name: str) -> Served:
        """The service in a scope, made when first asked for; not started by that."""
        services = self._scopes.setdefault(scope, {})
        if name not in services:
            place = Place(
                scope_id=f"{self._run_id}-{scope}",
                port=self._ports.next(),
                project=self._project,
                logs=lambda: self.folder(scope),
                keeper=self._keeper,
                deadline=self._deadline,
            )
            services[name] = made(self.get(name), place, self._ports.next)
        return services[name]

    def started_in(self, scopes: Iterable[str]) -> Sequence[Served]:
        """The services of these scopes that have been started, whether or not they still run."""
        services = [each for scope in scopes for each in self._scopes.get(scope, {}).values()]
        return [each for each in services if each.started]

    def folder(self, scope: str) -> Path:
        """A folder that lives as long as the scope; the keeper removes it if the run is killed."""
        if self._folder is None:
            self._folder = self._keeper().new_folder(f"evtbdd-{os.getpid()}-")
        folder = self._folder / scope
        folder.mkdir(exist_ok=True)
        return folder

    def close_scope(self, scope: str) -> None:
        """End the services of a scope, all at the same time.

        What stays behind fails no scenario: its verdict is in already.
        """
        services = list(self._scopes.pop(scope, {}).values())
        if services:
            with ThreadPoolExecutor(len(services)) as pool:
                done = {each.declaration.name: pool.submit(each.finish) for each in services}
            for name, finished in done.items():
                try:
                    finished.result()
                except EvtbddError as error:
                    self.left_behind.append(f"of the service {quoted(name)}: {error}")
        if self._folder is not None and (folder := self._folder / scope).exists():
            shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        """End what there is still, scope by scope, and forget the logs."""
        for scope in list(self._scopes):
            self.close_scope(scope)
        self._ports.close()
        folder, self._folder = self._folder, None
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
