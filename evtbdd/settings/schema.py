"""What settings there are: declared by the parts of evtbdd that use them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from evtbdd.settings.kinds import Kind, text


@dataclass(frozen=True, slots=True)
class Key:
    """One setting.

    `name` as in the file; where it ends in ` NAME` or `.NAME`, that is any name (`config.NAME`).
    `default` is a text as in the file, None for none; `otherwise` says in words what then holds.
    `help` is one line. The value of a `secret` one is never shown. ValueError, if the default is
    not of the kind.
    """

    name: str
    kind: Kind
    default: str | None
    help: str
    secret: bool = False
    otherwise: str = ""

    def __post_init__(self) -> None:
        if self.default is not None:
            self.kind(self.default)

    @property
    def stem(self) -> str | None:
        """The part before the name that is left open; None, if none is."""
        return self.name[:-4] if self.name.endswith((" NAME", ".NAME")) else None

    def fits(self, name: str) -> bool:
        """Whether it is meant by this name in a file."""
        if self.stem is None:
            return name == self.name
        return name.startswith(self.stem) and len(name) > len(self.stem)


@dataclass(frozen=True, slots=True)
class Section:
    """A kind of section and its keys: `[evtbdd]` (kind ""), `[evtbdd:KIND]`, `[evtbdd:KIND:NAME]`.

    Several parts may declare keys of one kind.
    """

    kind: str
    named: bool
    keys: tuple[Key, ...]
    help: str = ""

    def key(self, name: str) -> Key | None:
        """The key that a name in a file means; an exact one goes before one that leaves a name open."""
        fitting = [key for key in self.keys if key.fits(name)]
        return min(fitting, key=lambda key: key.stem is not None, default=None)

    def title(self, name: str) -> str:
        """How the section is written in a file."""
        return f"[{':'.join(filter(None, ('evtbdd', self.kind, name if self.named else '')))}]"


def merged(sections: Iterable[Section]) -> Mapping[str, Section]:
    """The sections by kind, with all keys that are declared for each, in order.

    ValueError, if two declarations contradict each other. `[evtbdd]` is always there, with the key
    `profile`.
    """
    profile = Key("profile", text, None, "[evtbdd:profile:NAME]: keys that replace others")
    together = {"": Section("", False, (profile,))}
    for section in sections:
        if section.kind == "profile":
            raise ValueError("[evtbdd:profile:NAME] is taken: the settings themselves use it")
        known = together.setdefault(section.kind, Section(section.kind, section.named, ()))
        if known.named != section.named:
            raise ValueError(f"[evtbdd:{section.kind}] is declared with names, and without")
        names = {key.name: key for key in known.keys}
        for key in section.keys:
            if names.setdefault(key.name, key) != key:
                raise ValueError(f"{section.title('NAME')} has two keys {key.name!r}")
        together[section.kind] = Section(
            known.kind, known.named, tuple(names.values()), known.help or section.help
        )
    return together
