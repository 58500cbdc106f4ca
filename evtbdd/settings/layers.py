"""What is given for each setting: files, profile, command line, environment, one over the other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from evtbdd.errors import SettingsError
from evtbdd.settings.ini import Line, read
from evtbdd.settings.names import Names, Target
from evtbdd.settings.schema import Section
from evtbdd.words import counted, quoted, suggestion

FILES = ("setup.cfg", "evtbdd.cfg")  # the later goes before the earlier
PROFILE = Target("", "", "profile")


@dataclass(frozen=True, slots=True)
class Given:
    """A value that somebody gave: its text, where it was given, and what it means.

    `replaces`: it was given by a profile, the command line or the environment.
    """

    text: str
    source: str
    value: object
    replaces: bool = False


Layers = Mapping[tuple[str, str], Mapping[str, Given]]  # by kind and name of the section, then key


def layered(
    folder: Path,
    schema: Mapping[str, Section],
    userdata: Mapping[str, str],
    environ: Mapping[str, str],
    reserved: Collection[str],
) -> Layers:
    """All that is given, by section, sections in the order in which they were first named.

    SettingsError lists all mistakes: one as a sentence, several below one another.
    """
    loader = _Loader(schema)
    for name in FILES:
        loader.file(folder / name)
    direct = {key[len("evtbdd.") :]: v for key, v in userdata.items() if key.startswith("evtbdd.")}
    variables = {
        key: environ[key]
        for key in sorted(environ)
        if key.startswith("EVTBDD_") and not _is_reserved(key, reserved)
    }
    loader.profile(variables.get(PROFILE.variable, direct.get(PROFILE.dotted)))
    for key, value in direct.items():
        loader.override(Names.dotted, key, value, f"-D evtbdd.{key}")
    for key, value in variables.items():
        loader.override(Names.variable, key, value, key)
    if loader.mistakes:
        raise SettingsError(_listed(loader.mistakes))
    return loader.given


def _is_reserved(variable: str, reserved: Collection[str]) -> bool:
    return any(
        variable == each or (each[-1:] == "_" and variable.startswith(each)) for each in reserved
    )


def _listed(mistakes: list[str]) -> str:
    if len(mistakes) == 1:
        return mistakes[0]
    return "\n  ".join([f"{counted(len(mistakes), 'mistake')} in the settings:", *mistakes])


class _Loader:
    """Takes one layer after the other, and notes the mistakes instead of stopping at them."""

    def __init__(self, schema: Mapping[str, Section]) -> None:
        self._schema = schema
        self._profiles: dict[str, list[Line]] = {}
        self.mistakes: list[str] = []
        self.given: dict[tuple[str, str], dict[str, Given]] = {
            (kind, ""): {} for kind, section in schema.items() if not section.named
        }

    def file(self, path: Path) -> None:
        """Take a file; its profiles are kept for later."""
        file = read(path)
        self.mistakes += file.mistakes
        for line in file.lines:
            kind, name = self._parts(line.section)
            wrong = self._wrong_section(line.section, kind, name)
            if wrong and not line.key:  # the keys of such a section are not mistakes of their own
                self.mistakes.append(f"{line.place}: {wrong}")
            elif not wrong and kind == "profile":
                self._profiles.setdefault(name, []).extend([line] if line.key else [])
            elif not wrong:
                self.given.setdefault((kind, name), {})
                if line.key:
                    self._give(Target(kind, name, line.key), line.value, line.place)

    def profile(self, chosen: str | None) -> None:
        """Take the chosen profile, or that of the files; what is wrong in the others counts too."""
        in_files = self.given["", ""].get("profile")
        name = chosen if chosen is not None else in_files.text if in_files else None
        for each, lines in self._profiles.items():
            for line in lines:
                source = f"{line.place} (profile {each})"
                if line.key == PROFILE.key:
                    self.mistakes.append(f"{source}: a profile cannot choose a profile.")
                else:
                    self.override(Names.dotted, line.key, line.value, source, keep=each == name)
        if name is not None and name not in self._profiles:
            near = suggestion(name, self._profiles, "profiles")
            self.mistakes.append(f"There is no section [evtbdd:profile:{name}]. {near}")

    def override(
        self,
        find: Callable[[Names, str], Target],
        name: str,
        value: str,
        source: str,
        *,
        keep: bool = True,
    ) -> None:
        """Take a value under the name of an override; only check it, if it is not to be kept."""
        declared: dict[str, list[str]] = {}
        for kind, section in self.given:
            declared.setdefault(kind, []).append(section)
        used = (Target(*place, key) for place, keys in self.given.items() for key in keys)
        try:
            target = find(Names(self._schema, declared, used), name)
        except LookupError as error:
            said = source if source.endswith(name) else f"{source}: {quoted(name)}"
            self.mistakes.append(f"{said} {error}")
            return
        self._give(target, value, source, keep=keep, replaces=True)

    def _parts(self, heading: str) -> tuple[str, str]:
        """Kind and name of a section."""
        _, _, rest = heading.partition(":")
        kind, _, name = rest.partition(":")
        return kind.strip(), name.strip()

    def _wrong_section(self, heading: str, kind: str, name: str) -> str:
        """What is wrong with the heading of a section, as a sentence; nothing, if it is right."""
        if heading.partition(":")[0].strip() != "evtbdd":
            return f"[{heading}] is no section of evtbdd: write [evtbdd:KIND:NAME]."
        section = self._schema.get(kind)
        if kind == "profile":
            return "" if name else f"[{heading}] needs a name: [evtbdd:profile:NAME]."
        if section is None:
            near = suggestion(kind, [*filter(None, self._schema), "profile"], "kinds")
            return f"[{heading}]: there is no kind of section {quoted(kind)}. {near}"
        if section.named != bool(name):
            wrong = "needs a name" if section.named else "takes no name"
            return f"[{heading}] {wrong}: {section.title('NAME')}."
        return ""

    def _give(
        self,
        target: Target,
        value: str,
        source: str,
        *,
        keep: bool = True,
        replaces: bool = False,
    ) -> None:
        section = self._schema[target.kind]
        title = section.title(target.name)
        key = section.key(target.key)
        if key is None:
            near = suggestion(target.key, (each.name for each in section.keys), "keys")
            self.mistakes.append(f"{source}: {title} has no key {quoted(target.key)}. {near}")
            return
        try:
            read = key.kind(value)
        except ValueError as error:
            why = "the secret is not of its kind" if key.secret else str(error)
            self.mistakes.append(f"{source}: {title} {target.key}: {why}.")
            return
        if keep:
            self.given.setdefault((target.kind, target.name), {})[target.key] = Given(
                value, source, read, replaces
            )
