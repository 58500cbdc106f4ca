"""What the parsed steps of a scenario tell ahead: the channels and services that they name."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from evtbdd.channels.declaration import Declaration as ChannelDeclaration
from evtbdd.errors import EvtbddError
from evtbdd.phrases import Table


@dataclass
class Plan:
    """Filled step by step, before the scenario begins."""

    channels: list[str] = field(default_factory=list)
    services: list[str] = field(default_factory=list)
    declared: dict[str, ChannelDeclaration] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)
    settings: Mapping[str, ChannelDeclaration] = field(default_factory=dict)

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
