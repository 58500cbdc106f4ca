"""Settings: read from the files, the command line and the environment, checked as a whole."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from evtbdd.errors import UnknownName
from evtbdd.settings.layers import Given, layered
from evtbdd.settings.schema import Section, merged
from evtbdd.words import quoted, suggestion

DEFAULT = "default"  # the source of a value that nobody gave


class Settings:
    """All settings of a run; immutable. Values have the kinds that their keys declare.

    A key of which only the beginning is declared (`config.NAME`) is there under the full name that
    was given, if one was.
    """

    def __init__(
        self,
        folder: Path,
        schema: Mapping[str, Section],
        given: Mapping[tuple[str, str], Mapping[str, Given]],
    ) -> None:
        self.folder = folder
        self.schema = schema
        self._given = given
        self._values = {
            place: MappingProxyType(_values(schema[place[0]], each))
            for place, each in given.items()
        }

    @classmethod
    def load(
        cls,
        folder: Path,
        *,
        sections: Sequence[Section],
        userdata: Mapping[str, str],
        environ: Mapping[str, str],
        reserved: Collection[str] = (),
    ) -> Settings:
        """Read `setup.cfg` and `evtbdd.cfg` of a folder, and what overrides them.

        What is given later in this list goes before what is given earlier: `setup.cfg`,
        `evtbdd.cfg`, the chosen profile, `userdata` (of the keys that begin with `evtbdd.`),
        `environ` (of those that begin with `EVTBDD_`). An empty value is a value. `reserved` are
        variables that are no settings; one that ends in `_` stands for all that begin with it.

        SettingsError lists all mistakes, each with its place and the nearest name.
        """
        schema = merged(sections)
        return cls(folder, schema, layered(folder, schema, userdata, environ, reserved))

    @property
    def main(self) -> Mapping[str, Any]:
        """The values of `[evtbdd]`."""
        return self.section("")

    def names(self, kind: str) -> tuple[str, ...]:
        """The names of the sections of a kind, in the order of the files, then of the overrides."""
        return tuple(name for each, name in self._given if each == kind and name)

    def section(self, kind: str, name: str = "") -> Mapping[str, Any]:
        """The values of a section, by key; UnknownName with the nearest, if there is none."""
        if (kind, name) not in self._values:
            near = suggestion(name, self.names(kind), f"{kind}s")
            raise UnknownName(f"There is no {kind} {quoted(name)} in the settings. {near}")
        return self._values[kind, name]

    def given(self, kind: str, name: str, key: str) -> Given | None:
        """What was given for a key; None, if its default holds."""
        return self._given.get((kind, name), {}).get(key)

    def source(self, kind: str, name: str, key: str) -> str:
        """Where a value comes from: `setup.cfg line 12`, `-D evtbdd.timeout`, …, or `default`."""
        given = self.given(kind, name, key)
        return given.source if given else DEFAULT


def _values(section: Section, given: Mapping[str, Given]) -> dict[str, Any]:
    values = {
        key.name: None if key.default is None else key.kind(key.default)
        for key in section.keys
        if key.stem is None
    }
    return {**values, **{name: each.value for name, each in given.items()}}
