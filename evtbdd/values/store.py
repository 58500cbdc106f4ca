"""The values of one scenario: what `${…}` stands for in its steps, tables and texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from evtbdd.errors import PhraseError, UnknownName
from evtbdd.events import MISSING
from evtbdd.values import reserved
from evtbdd.values.addresses import Address
from evtbdd.values.cells import parse_cell
from evtbdd.values.documents import DocumentError, parse_document
from evtbdd.values.fresh import Sources, fresh
from evtbdd.values.matcher_words import MatcherWords
from evtbdd.values.placeholders import Placeholder, expand, expand_to_text, expand_to_text_or_bytes
from evtbdd.values.render import show
from evtbdd.words import quoted, suggestion


@dataclass(frozen=True, slots=True)
class _Provider:
    lookup: Callable[[str], object]
    known: Callable[[], Iterable[str]]


_NAME = re.compile(r"\w[\w-]*(?: [\w-]+)*")


class Values:
    """What one scenario remembers, and everything else that its placeholders can name.

    `folder` is where relative paths in `${bytes from FILE}` begin; `now` gives an aware time.
    `fresh_ids` are those that were made to be remembered.
    `text`, `key`, `sent` and `expected` raise PhraseError for a placeholder that cannot be meant,
    and UnknownName, with the near names, for one that nobody knows.
    """

    def __init__(
        self,
        *,
        folder: Path,
        environment: Mapping[str, str],
        now: Callable[[], datetime],
        fresh_id: Callable[[], str] = lambda: str(uuid4()),
        matchers: MatcherWords | None = None,
    ) -> None:
        self._sources = Sources(folder, environment, now, fresh_id)
        self._matchers = MatcherWords() if matchers is None else matchers
        self._remembered: dict[str, object] = {}
        self._providers: dict[str, _Provider] = {}
        self._counter = 1
        self.fresh_ids: list[str] = []

    def remember(self, name: str, value: object) -> None:
        """From now on `${name}` is `value`, whatever it was before.

        A name is made of words: letters, digits, `_` and `-`, with single spaces between them.
        Raises PhraseError for another one, and for one that `${…}` understands already.
        """
        if not _NAME.fullmatch(name):
            raise PhraseError(
                f"{quoted(name)} cannot be remembered as a name: write words of letters, digits, "
                "_ and -."
            )
        words = [*reserved.FRESH, *self._matchers.words()]
        word = name if name in self._providers else reserved.taken(name, words)
        if word is not None:
            raise PhraseError(
                f"{quoted(name)} cannot be remembered: ${{{word}}} has a meaning already."
            )
        self._remembered[name] = value

    def remember_fresh(self, name: str) -> None:
        """As `remember`, an id that was never there before."""
        made = self._sources.fresh_id()
        self.remember(name, made)
        self.fresh_ids.append(made)

    def provide(
        self,
        prefix: str,
        lookup: Callable[[str], object],
        known: Callable[[], Iterable[str]],
    ) -> None:
        """From now on `${prefix.REST}` is `lookup(REST)`; a KeyError means that it is unknown.

        `known` gives every REST that is worth suggesting. Raises ValueError for a prefix that has
        a meaning already.
        """
        words = [*reserved.FRESH, *self._matchers.words(), *self._providers, *self._remembered]
        if not prefix.isidentifier() or prefix in words:
            raise ValueError(f"{prefix!r} cannot be provided: it is no word, or is taken")
        self._providers[prefix] = _Provider(lookup, known)

    def begin_step(self) -> None:
        """A step begins: `${counter}` is 1 again."""
        self._counter = 1

    def next_event(self) -> None:
        """The event that was being made is complete: `${counter}` is one more for the next."""
        self._counter += 1

    def names(self) -> tuple[str, ...]:
        """Everything that may stand in `${…}`, without braces; for suggestions."""
        provided = [
            f"{prefix}.{name}"
            for prefix, provider in self._providers.items()
            for name in provider.known()
        ]
        return (*self._remembered, *provided, *reserved.FRESH, *self._matchers.words())

    def text(self, text: str) -> str:
        """The text with every placeholder replaced by its text; for names and words of a step."""
        return expand_to_text(text, self._resolve_sent)

    def key(self, text: str) -> str | bytes:
        """As `text`, but one placeholder alone that stands for bytes gives bytes."""
        return expand_to_text_or_bytes(text, self._resolve_sent)

    def sent(self, cell: str) -> object:
        """The value of a cell of data that is sent."""
        return expand(parse_cell(cell), self._resolve_sent)

    def sent_document(self, text: str) -> object:
        """The value of a JSON text that is sent; PhraseError says where it is no JSON."""
        return expand(_document(text), self._resolve_sent)

    def expected(self, cell: str) -> object:
        """The value of a cell of expected data; it may hold PyHamcrest matchers at any depth."""
        return expand(parse_cell(cell), self._resolve_expected)

    def expected_document(self, text: str) -> object:
        """The value of an expected JSON text; it may hold PyHamcrest matchers at any depth."""
        return expand(_document(text), self._resolve_expected)

    def _resolve_expected(self, placeholder: Placeholder) -> object:
        matcher = self._matchers.matcher(placeholder.inside, _Arguments(self))
        return self._resolve_sent(placeholder) if matcher is None else matcher

    def _resolve_sent(self, placeholder: Placeholder) -> object:
        inside = placeholder.inside
        if not inside:
            raise PhraseError("${} names nothing; a literal ${ is written $${.")
        if self._matchers.knows(inside):
            raise PhraseError(f"{placeholder} only makes sense in expected data.")
        if inside == "counter":
            return self._counter
        made = fresh(inside, self._sources, self.text)
        if made is not None:
            return made
        prefix, dot, rest = inside.partition(".")
        if dot and prefix in self._providers:
            return self._provided(prefix, rest)
        return self._recalled(inside)

    def _provided(self, prefix: str, rest: str) -> object:
        provider = self._providers[prefix]
        try:
            return provider.lookup(rest)
        except KeyError as error:
            known = [f"{prefix}.{name}" for name in provider.known()]
            hint = suggestion(f"{prefix}.{rest}", known)
            raise UnknownName(f"${{{prefix}.{rest}}} is not known. {hint}") from error

    def _recalled(self, inside: str) -> object:
        name = re.split(r"[.\[]", inside, maxsplit=1)[0]
        if name not in self._remembered:
            raise UnknownName(f"${{{inside}}} is not known. {self._near(inside, name)}")
        value = self._remembered[name]
        if name == inside:
            return value
        address = Address.parse(inside[len(name) :].removeprefix("."))
        found = address.find_in(value) if address.is_payload else MISSING
        if found is MISSING:
            raise PhraseError(f"${{{inside}}} finds nothing: {quoted(name)} is {show(value)}.")
        return found

    def _near(self, inside: str, name: str) -> str:
        word = reserved.taken(inside, reserved.FRESH)
        if word is not None:
            return f"Did you mean {quoted(word)}?"
        names = self.names()
        whole = suggestion(inside, names)
        first = suggestion(name, names)
        return first if first.startswith("Did") and not whole.startswith("Did") else whole


class _Arguments:
    """How the arguments of expected data are read, by the values of the scenario."""

    def __init__(self, values: Values) -> None:
        self._values = values
        self.cell = values.expected
        self.text = values.text
        self.now = values._sources.now

    def named(self, name: str) -> object:
        return self._values._resolve_sent(Placeholder(name))


def _document(text: str) -> object:
    try:
        return parse_document(text)
    except DocumentError as error:
        raise PhraseError(f"The text is no JSON: {error}.") from error
