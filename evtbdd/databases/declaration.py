"""What the settings say of a database."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evtbdd.errors import SettingsError
from evtbdd.isolation.modes import SCOPES, longest
from evtbdd.services.declaration import Declaration as ServiceDeclaration
from evtbdd.settings import kinds
from evtbdd.settings.load import Settings
from evtbdd.settings.schema import Key, Section
from evtbdd.words import quoted

LOCAL = "postgresql+local://"
FOLDER = "${scenario.folder}"
OF_THE_SCENARIO = ("${scenario.", "${scope.")
_TOLD = re.compile(r"\$\{database\.([^}]+)\}")

SECTION = Section(
    "database",
    named=True,
    help="A database, by the name that scenarios use for it.",
    keys=(
        Key(
            "url",
            kinds.text,
            None,
            "SQLAlchemy's: postgresql://user:password@host:port/name, "
            "sqlite:///${scenario.folder}/FILE, …; or postgresql+local://, a private server",
        ),
        Key("prepare", kinds.comma_list, "", "SQL files that are run once, before the first use"),
        Key(
            "reset",
            kinds.comma_list,
            "",
            "SQL files that are run before each scenario that finds it used already",
        ),
        Key(
            "writable",
            kinds.yes_no,
            None,
            "whether evtbdd may write: fixtures, prepare, reset",
            otherwise="yes where evtbdd made it, else no",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Declaration:
    """A database as declared; the URL may still hold placeholders."""

    name: str
    url: str
    prepare: Sequence[Path]
    reset: Sequence[Path]
    writable: bool

    @classmethod
    def of_settings(cls, settings: Settings, name: str, project: Path) -> Declaration:
        """The declaration in `[evtbdd:database:NAME]`. SettingsError where it cannot be meant."""
        given = settings.section("database", name)
        where = f"[evtbdd:database:{name}]"
        url = given["url"]
        if not url:
            raise SettingsError(
                f"{where} has no url: evtbdd does not know where it is. A private one is "
                f"url = {LOCAL}"
            )
        own = is_own(url)
        writable = own if given["writable"] is None else given["writable"]
        scripts = [key for key in ("prepare", "reset") if given[key]]
        if scripts and not writable:
            not_own = "" if own else ", and evtbdd did not make this database"
            raise SettingsError(
                f"{where} {scripts[0]}: SQL files may write{not_own}: set writable = yes where that "
                "may be."
            )
        return cls(
            name=name,
            url=url,
            prepare=[project / each for each in given["prepare"]],
            reset=[project / each for each in given["reset"]],
            writable=writable,
        )

    @property
    def is_local(self) -> bool:
        """Whether it lies on a private server of the run's own."""
        return self.url.startswith(LOCAL)

    @property
    def is_own(self) -> bool:
        """Whether evtbdd makes it, and so nobody else's rows can be in it."""
        return is_own(self.url)

    def lives(self, services: Iterable[ServiceDeclaration]) -> str:
        """How long one database of it lives: scenario, feature or run.

        A private one lives as long as the longest-lived service that is told of it. SettingsError
        where it is the scenario's by its URL, and a service of a longer scope is told of it.
        """
        told = [each for each in services if self.name in _names_told(each)]
        scope = longest([each.scope for each in told])
        if self.is_local:
            return scope
        if not any(each in self.url for each in OF_THE_SCENARIO):
            return SCOPES[-1]
        if scope != SCOPES[0]:
            service = next(each for each in told if each.scope == scope)
            raise SettingsError(
                f"[evtbdd:database:{self.name}] is by its url another one for each scenario, and the "
                f"service {quoted(service.name)}, which is told of it, lives for the {scope}."
            )
        return SCOPES[0]


def is_own(url: str) -> bool:
    """Whether a URL leads to a database that evtbdd makes."""
    return url.startswith(LOCAL) or (url.startswith("sqlite") and f"/{FOLDER}/" in url)


def declared(settings: Settings, project: Path) -> Mapping[str, Declaration]:
    """All that the settings declare, by their names."""
    names = settings.names("database")
    return {name: Declaration.of_settings(settings, name, project) for name in names}


def _names_told(service: ServiceDeclaration) -> set[str]:
    """The names behind `database.` in the placeholders of a service, with and without a fact."""
    told = [name for text in service.texts() for name in _TOLD.findall(text)]
    return {*told, *(name.rpartition(".")[0] for name in told)}
