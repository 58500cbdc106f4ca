"""What the name of an override means: `broker.main.url`, `EVTBDD_BROKER_MAIN_URL`.

Such a name is read against the sections that the files declare. It may also declare a section that
they do not (`-D evtbdd.broker.main.url=…` alone is enough for a broker), unless it is so near to a
declared one that it is rather a slip.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from evtbdd.settings.schema import Section
from evtbdd.words import listed, quoted, suggestion

Declared = Mapping[str, Iterable[str]]  # the names of the sections of each kind


@dataclass(frozen=True, slots=True)
class Target:
    """A key in a section."""

    kind: str
    name: str
    key: str

    @property
    def dotted(self) -> str:
        """As after `-D evtbdd.`."""
        return ".".join(filter(None, (self.kind, self.name, self.key)))

    @property
    def variable(self) -> str:
        """As an environment variable."""
        return "_".join(["EVTBDD", *(_shouted(p) for p in (self.kind, self.name, self.key) if p)])


class Names:
    """Finds what an override means; LookupError says, as a sentence, why it means nothing."""

    def __init__(
        self, schema: Mapping[str, Section], declared: Declared, given: Iterable[Target]
    ) -> None:
        self._schema, self._given = schema, tuple(given)
        self._declared = {kind: tuple(names) for kind, names in declared.items()}

    def dotted(self, name: str) -> Target:
        """The meaning of `SECTION.NAME.KEY`, `SECTION.KEY` or `KEY`; spaces may be underscores."""
        first, _, rest = name.partition(".")
        section = self._schema.get(first) if first and rest else None
        if section is None:
            return self._only(name, list(self._keys("", "", name)))
        found = [] if section.named else list(self._keys(first, "", rest))
        for place in (dot.start() for dot in re.finditer(r"\.", rest)) if section.named else ():
            found += self._keys(first, rest[:place], rest[place + 1 :])
        return self._only(name, found)

    def variable(self, name: str) -> Target:
        """The meaning of an environment variable."""
        known = [target for target in self._known() if target.variable == name]
        if known:
            return self._only(name, list(dict.fromkeys(known)))
        return self._only(name, list(self._new(name)))

    def _keys(self, kind: str, name: str, key: str) -> Iterator[Target]:
        section = self._schema[kind]
        if not section.key(key):
            plain = [each.name for each in section.keys if _shouted(each.name) == _shouted(key)]
            key = plain[0] if plain else ""
        if key and (name or not section.named):
            yield Target(kind, name, key)

    def _known(self) -> Iterator[Target]:
        """All that can be named: the keys of the declared sections, and the open ones in use."""
        for kind, section in self._schema.items():
            for name in self._declared.get(kind, ()) if section.named else ("",):
                for key in section.keys:
                    if key.stem is None:
                        yield Target(kind, name, key.name)
        yield from self._given

    def _new(self, variable: str) -> Iterator[Target]:
        """The sections that a variable could declare; their names are in small letters."""
        for kind, section in self._schema.items():
            for key in section.keys if section.named else ():
                fits = re.fullmatch(f"EVTBDD_{_shouted(kind)}_(.+)_{_shouted(key.name)}", variable)
                if fits and key.stem is None:
                    yield Target(kind, fits[1].lower(), key.name)

    def _only(self, name: str, found: list[Target]) -> Target:
        declared = [t for t in found if not t.name or t.name in self._declared.get(t.kind, ())]
        several = declared or found
        if len(several) > 1:
            each = (f"{self._schema[t.kind].title(t.name)} {t.key}" for t in several)
            raise LookupError(f"could mean {listed(each, 'or')}; write it in a file instead.")
        if not several:
            raise LookupError(f"means no setting. {self._nearest(name)}")
        target = several[0]
        names = self._declared.get(target.kind, ())
        if not declared and get_close_matches(target.name, names, n=1, cutoff=0.75):
            title = self._schema[target.kind].title(target.name)
            near = suggestion(target.name, names)
            raise LookupError(f"means a {title} that no file declares. {near} If not, declare it.")
        return target

    def _nearest(self, name: str) -> str:
        known = list(self._known())
        if not name.startswith("EVTBDD_"):
            kind, _, rest = name.partition(".")
            if rest and kind in self._schema and self._schema[kind].named:
                return self._nearest_key(kind, rest)
            return suggestion(name, (target.dotted for target in known))
        open_stems = (
            f"{Target(kind, 'NAME', key.stem[:-1]).variable}_"
            for kind, section in self._schema.items()
            for key in section.keys
            if key.stem is not None
        )
        for stem in open_stems:
            if re.match(stem.replace("_NAME_", "_.+_"), name):
                return (
                    "A name that is left open is set in a file or by -D, where its spelling shows."
                )
        return suggestion(name, (target.variable for target in known))

    def _nearest_key(self, kind: str, rest: str) -> str:
        """The nearest keys to that of `NAME.KEY`, for what is most likely the name."""
        declared = [name for name in self._declared.get(kind, ()) if rest.startswith(f"{name}.")]
        name = max(declared, key=len, default=rest.partition(".")[0])
        section, key = self._schema[kind], rest[len(name) + 1 :]
        near = suggestion(key, (each.name for each in section.keys), "keys")
        return f"{section.title(name)} has no key {quoted(key)}. {near}"


def _shouted(text: str) -> str:
    return re.sub("[^A-Z0-9]", "_", text.upper())
