"""All settings, for people: what there is, and what was given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from evtbdd.settings.layers import Given
from evtbdd.settings.load import Settings
from evtbdd.settings.mask import MASK, Secrets
from evtbdd.settings.names import Target
from evtbdd.settings.schema import Key, Section, merged

NOTHING = "–"


def text(sections: Sequence[Section], settings: Settings | None = None) -> str:
    """The settings as `evtbdd settings` prints them: a block a kind of section, a line a key.

    With `settings`, what was given stands below its key, with its source, secrets masked.
    """
    schema = merged(sections).values()
    keys = [key for section in schema for key in section.keys]
    widths = max(len(key.name) for key in keys), max(len(_default(key)) for key in keys)
    secrets = Secrets.of(settings) if settings else Secrets()
    blocks = []
    for section in schema:
        lines = [f"{section.title('NAME')}  {section.help}".rstrip()]
        for key in section.keys:
            columns = f"{key.name:{widths[0]}}  {_default(key):{widths[1]}}  {key.help}"
            lines.append(f"  {columns}".rstrip())
            if settings:
                lines += [f"      {line}" for line in _given(section, key, settings, secrets)]
        if settings and section.named and not settings.names(section.kind):
            lines.append("  (none is declared)")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def markdown(sections: Sequence[Section]) -> str:
    """The settings as a table of a documentation page."""
    rows = ["| section | key | default | |", "|---|---|---|---|"]
    for section in merged(sections).values():
        title = f"`{section.title('NAME')}`"
        for key in section.keys:
            default = _default(key).replace("|", "\\|")
            rows.append(
                f"| {title} | `{key.name}` | {default} | {key.help.replace('|', chr(92) + '|')} |"
            )
            title = ""
    return "\n".join(rows) + "\n"


def replaced(settings: Settings) -> Iterator[str]:
    """`broker.main.url = memory://  (source)` for all that no file alone says, secrets masked."""
    secrets = Secrets.of(settings)
    for section in settings.schema.values():
        for name in settings.names(section.kind) if section.named else ("",):
            for word in settings.section(section.kind, name):
                given, key = settings.given(section.kind, name, word), section.key(word)
                if key is None or given is None or not given.replaces:
                    continue
                where = Target(section.kind, name, word).dotted
                yield f"{where} = {_shown(key, given, secrets)}  ({given.source})"


def _default(key: Key) -> str:
    return key.otherwise or key.default or NOTHING


def _given(section: Section, key: Key, settings: Settings, secrets: Secrets) -> Iterator[str]:
    """`= value  (source)`, or `orders = value  (source)` in a section that has a name."""
    for name in settings.names(section.kind) if section.named else ("",):
        for word in _words(section, key, settings.section(section.kind, name)):
            given = settings.given(section.kind, name, word)
            if given is None:
                continue
            said = f"{name} {word}" if key.stem is not None else name
            yield f"{said} = {_shown(key, given, secrets)}  ({given.source})".lstrip()


def _shown(key: Key, given: Given, secrets: Secrets) -> str:
    return MASK if key.secret else secrets.mask(" ".join(given.text.split()))


def _words(section: Section, key: Key, names: Iterable[str]) -> list[str]:
    """The names under which a key was given; several for one that leaves its name open."""
    return [name for name in names if section.key(name) is key]
