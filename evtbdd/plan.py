"""What the parsed steps of a scenario tell ahead: the channels and services that they name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain

from evtbdd.channels.declaration import Declaration as ChannelDeclaration
from evtbdd.channels.scenario import ScenarioChannels
from evtbdd.errors import EvtbddError
from evtbdd.phrases import Table
from evtbdd.services.facility import Services


@dataclass
class Plan:
    """Filled step by step, before the scenario begins.

    `title` is what a person calls the scenario; `logs` are the services whose log a step looks at;
    `vague`, whether a step under Then expects something of a channel without naming key or data;
    `needed` are for facilities the names that steps will use; `together` are services of which steps
    say one after another that they are running.
    """

    title: str = ""
    vague: bool = False
    channels: list[str] = field(default_factory=list)
    services: list[str] = field(default_factory=list)
    logs: set[str] = field(default_factory=set)
    declared: dict[str, ChannelDeclaration] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)
    settings: Mapping[str, ChannelDeclaration] = field(default_factory=dict)
    needed: dict[str, list[str | None]] = field(default_factory=dict)
    together: list[list[str]] = field(default_factory=lambda: [[]])

    def names(self, kind: str, name: str) -> None:
        """Note that a step names a channel or a service; what is not told yet is left to its step."""
        if "${" not in name:
            (self.channels if kind == "channel" else self.services).append(name)

    def declares_one(self, values: Mapping[str, str]) -> None:
        """Note a channel that a step declares by its values alone."""
        self.declares(values["channel"], {k: v for k, v in values.items() if k != "channel"})

    def declares_table(self, table: Table | None) -> None:
        """Note the channels of a table with a column `channel`; what is wrong is left to its step."""
        if table is None or "channel" not in table.headings:
            return
        for row in table.rows:
            cells = dict(zip(table.headings, row.cells, strict=True))
            self.declares(cells.pop("channel"), cells)

    def declares(self, name: str, cells: Mapping[str, str]) -> None:
        """Note that a step declares a channel; what is wrong with it is left to its step."""
        if "${" in name:
            return
        with suppress(EvtbddError):
            base = self.declared.get(name, self.settings.get(name))
            self.declared[name] = ChannelDeclaration.of_row(name, cells, base)
            self.channels.append(name)

    def wants_absent(self, name: str) -> None:
        """Note that a step wants a channel not to be there."""
        self.absent.append(name)

    def wants_log(self, service: str) -> None:
        """Note that a step looks at the log of a service."""
        self.logs.add(service)

    def runs(self, service: str, table: Table | None) -> None:
        """Note that a step has a service running; one that gets a table is left to its step."""
        if table is None and "${" not in service:
            self.together[-1].append(service)

    def parts(self) -> None:
        """Note that what the steps before have running is not followed by another."""
        if self.together[-1]:
            self.together.append([])

    def needs(self, facility: str, name: str | None) -> None:
        """Note that a step will use what a facility has under a name, or its only one."""
        if name is None or "${" not in name:
            self.needed.setdefault(facility, []).append(name)

    def tell(self, channels: ScenarioChannels, services: Services) -> Sequence[str]:
        """Have a scenario know what is declared, and what is not to be; the channels it needs."""
        for declaration in self.declared.values():
            channels.declare(declaration)
        for name in self.absent:
            channels.leave_out(name)
        known = [name for name in self.services if name in services.declared]
        of_services = [services.get(name).channels() for name in services.with_needs(known)]
        return list(dict.fromkeys(chain(self.channels, *of_services)))
