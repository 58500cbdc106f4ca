"""What the settings, or a step, say of a channel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from evtbdd.channels import options
from evtbdd.channels.options import foreign, require_known
from evtbdd.codecs.find import codec
from evtbdd.errors import PhraseError, SettingsError
from evtbdd.events import Reading
from evtbdd.ports import Capabilities, Capability, Codec
from evtbdd.settings import kinds
from evtbdd.settings.load import Settings
from evtbdd.settings.schema import Key, Section
from evtbdd.values.addresses import Address
from evtbdd.values.types import type_rule
from evtbdd.words import quoted, suggestion

SECTION = Section(
    "channel",
    named=True,
    help="A channel: a topic, an exchange or a queue, by the name that scenarios use for it.",
    keys=(
        Key("broker", kinds.text, None, "the broker it lies on", otherwise="the only one"),
        Key(
            "name",
            kinds.text,
            None,
            "its fixed name on the broker, with isolation = namespace or shared",
            otherwise="the channel's own",
        ),
        Key("codec", kinds.text, "json", "json, text, bytes, or package.module:object"),
        Key("type", kinds.text, None, "the address of an event's type, or none"),
        Key("types", kinds.comma_list, "", "the types that can appear, with commas"),
        Key(
            "correlation",
            kinds.text,
            None,
            "the address of a value by which events of different scenarios are told apart",
        ),
        Key("dead letter", kinds.text, None, "the channel that its dead letters go to"),
        Key("attempts", kinds.count, None, "after how many deliveries they go there"),
        Key(
            "watch",
            kinds.choice("tap", "consume", "none"),
            None,
            "how evtbdd looks on: tap, consume, or none",
            otherwise="as its broker can",
        ),
        Key("partitions", kinds.count, "1", "Kafka: how many partitions it has"),
        *options.KEYS,
    ),
)


@dataclass(frozen=True, slots=True)
class Declaration:
    """A channel as declared; `broker` None means the only one, `fixed` is its name there.

    `demanded` are the keys that a step has given: what the settings say can be for another broker.
    """

    name: str
    broker: str | None = None
    fixed: str | None = None
    codec: str = "json"
    type: str | None = None
    types: frozenset[str] = frozenset()
    correlation: Address | None = None
    partitions: int = 1
    dead_letter: str | None = None
    attempts: int | None = None
    watch: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    demanded: frozenset[str] = field(default=frozenset(), compare=False)

    @classmethod
    def of_settings(cls, settings: Settings, name: str) -> Declaration:
        """The declaration in the section `[evtbdd:channel:NAME]`."""
        return _declare(name, settings.section("channel", name))

    @classmethod
    def of_row(cls, name: str, cells: Mapping[str, str], base: Declaration | None) -> Declaration:
        """What a row of `these channels exist:` says, on top of what the settings say."""
        given: dict[str, object] = {}
        for column, text in cells.items():
            key = SECTION.key(column)
            if key is None:
                known = [each.name for each in SECTION.keys]
                raise PhraseError(
                    f"No channel has a {quoted(column)}. {suggestion(column, known, 'columns')}"
                )
            try:
                if text:
                    given[column] = key.kind(text)
            except ValueError as error:
                raise PhraseError(
                    f"The channel {quoted(name)} cannot have {column} = {text}: {error}."
                ) from error
        declared = _declare(name, given, base)
        return replace(declared, demanded=declared.demanded | given.keys())

    def on(self, broker: Capabilities) -> Declaration:
        """What of it is for this broker: one file of settings can serve several.

        UnsupportedCapability where a step demands an option that this broker does not understand.
        """
        unknown = foreign(self.options, broker)
        demanded = {name: self.options[name] for name in unknown if name in self.demanded}
        require_known(self.name, demanded, broker)
        known = {name: value for name, value in self.options.items() if name not in unknown}
        counts = Capability.PARTITIONS in broker.can or "partitions" in self.demanded
        return replace(self, options=known, partitions=self.partitions if counts else 1)

    @property
    def others(self) -> Sequence[str]:
        """The channels that must be there before it: where its dead letters go, what it is bound to."""
        dead = [] if self.dead_letter is None else [self.dead_letter]
        return list(dict.fromkeys([*dead, *options.others(self.options)]))

    def reading(self) -> Reading:
        """How its events are read."""
        return Reading(self.coded().decode, type_rule(self.type))

    def coded(self) -> Codec:
        """Its codec. SettingsError where there is none of that name."""
        try:
            return codec(self.codec)
        except SettingsError as error:
            raise SettingsError(f"[evtbdd:channel:{self.name}] codec: {error}") from error


def with_others(names: Iterable[str], declared: Mapping[str, Declaration]) -> Sequence[str]:
    """These channels and those that they name, and so on; what is named stands first."""
    asked: set[str] = set()
    ordered: list[str] = []

    def add(name: str) -> None:
        if name not in asked:
            asked.add(name)
            for other in declared[name].others if name in declared else ():
                add(other)
            ordered.append(name)

    for name in names:
        add(name)
    return ordered


def _declare(
    name: str, given: Mapping[str, object], base: Declaration | None = None
) -> Declaration:
    base = base or Declaration(name)
    partitions = given.get("partitions", base.partitions)
    if not isinstance(partitions, int) or partitions < 1:
        raise SettingsError(
            f"The channel {quoted(name)} cannot have {partitions} partitions; it needs 1 or more."
        )
    correlation = given.get("correlation")
    types = given.get("types", base.types)
    attempts = given.get("attempts") or base.attempts
    return Declaration(
        name,
        broker=_text(given.get("broker")) or base.broker,
        fixed=_text(given.get("name")) or base.fixed,
        codec=_text(given.get("codec")) or base.codec,
        type=_text(given.get("type")) or base.type,
        types=frozenset(map(str, types)) if isinstance(types, tuple | frozenset) else base.types,
        correlation=_address(name, correlation) if correlation else base.correlation,
        partitions=partitions,
        dead_letter=_text(given.get("dead letter")) or base.dead_letter,
        attempts=attempts if isinstance(attempts, int) else None,
        watch=_text(given.get("watch")) or base.watch,
        options={**base.options, **options.of_given(given)},
        demanded=base.demanded,
    )


def _address(name: str, text: object) -> Address:
    try:
        return Address.parse(str(text))
    except PhraseError as error:
        raise SettingsError(
            f"The channel {quoted(name)} cannot have correlation = {text}: {error}"
        ) from error


def _text(value: object) -> str | None:
    return None if value is None else str(value)
