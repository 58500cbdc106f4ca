"""What the settings say of a service."""

from __future__ import annotations

import re
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evtbdd.errors import SettingsError
from evtbdd.isolation.modes import SCOPES
from evtbdd.services.groups import join_groups
from evtbdd.services.readiness import Readiness
from evtbdd.settings import kinds
from evtbdd.settings.load import Settings
from evtbdd.settings.schema import Key, Section
from evtbdd.words import quoted

ACKNOWLEDGES = ("last", "first", "unknown")
ELSEWHERE = ("answers", "port", "get")
"""How a service can be ready that somebody else runs."""
BROKER = re.compile(r"\$\{broker\.([^}]+)\}")
CHANNEL = re.compile(r"\$\{channel\.([^}]+?)(?:\.(?:url|arn|topic_arn))?\}")
SECTION = Section(
    "service",
    named=True,
    help="A service under test, started by evtbdd.",
    keys=(
        Key("command", kinds.words, None, "words as a shell would split them, run without a shell"),
        Key(
            "handler",
            kinds.text,
            None,
            "package.module:callable, hosted by evtbdd on a broker in memory; goes before a command",
        ),
        Key("directory", kinds.text, None, "where it runs; the project's folder if left out"),
        Key(
            "environment",
            kinds.names_and_values,
            "",
            "lines NAME = value, added to the environment",
        ),
        Key("stdin", kinds.choice("open", "closed"), "open", "its standard input"),
        Key("scope", kinds.choice(*SCOPES), "scenario", "how long it lives"),
        Key("consumes", kinds.comma_list, "", "the channels that it consumes"),
        Key("publishes", kinds.comma_list, "", "the channels that it publishes to"),
        Key("group", kinds.text, None, "its consumer group, on brokers that have groups (Kafka)"),
        Key(
            "start",
            kinds.choice("recorded", "client"),
            "recorded",
            "where a group without a position begins: at the recorded positions, or as its client "
            "resets it",
        ),
        Key(
            "acknowledges",
            kinds.choice(*ACKNOWLEDGES),
            "unknown",
            "whether it acknowledges an event last, when all that it does about it is done, or first",
        ),
        Key(
            "ready",
            kinds.text,
            None,
            'subscribed, port PORT, get URL [STATUS], log "TEXT", exit 0, started; subscribed, else '
            "one of the others, for brokers that do not know who is subscribed",
        ),
        Key("start timeout", kinds.patience, "30 seconds", "how long it may take to get ready"),
        Key("stop signal", kinds.text, "TERM", "what asks it to end"),
        Key(
            "grace", kinds.duration, "5 seconds", "how long it may take to end, before it is killed"
        ),
        Key("needs", kinds.comma_list, "", "services that are ready before it is started"),
        Key("url", kinds.text, None, "where it answers; without a command it runs elsewhere"),
        Key("expel", kinds.yes_no, "yes", "after a kill its group is told that the member left"),
    ),
)


@dataclass(frozen=True, slots=True)
class Declaration:
    """A service as declared; texts may still hold placeholders."""

    name: str
    command: Sequence[str]
    handler: str | None
    directory: str | None
    environment: Mapping[str, str]
    stdin: str
    scope: str
    consumes: Sequence[str]
    publishes: Sequence[str]
    group: str | None
    start: str
    acknowledges: str
    ready: Readiness
    start_timeout: float
    stop_signal: signal.Signals
    grace: float
    needs: Sequence[str]
    url: str | None
    expel: bool

    @classmethod
    def of_settings(cls, settings: Settings, name: str) -> Declaration:
        """The declaration in `[evtbdd:service:NAME]`. SettingsError where it cannot be meant."""
        given = settings.section("service", name)
        where = f"[evtbdd:service:{name}]"
        handler = given["handler"] or None
        if not (given["command"] or given["url"] or handler):
            raise SettingsError(f"{where} has no command: evtbdd does not know how to start it.")
        elsewhere = not (given["command"] or handler)
        if handler:
            readiness = Readiness("handed")
            _require_consuming(given["consumes"], where)
        elif elsewhere:
            readiness = _answering(settings, name, where)
        else:
            readiness = _started(settings, name, where)
        return cls(
            name=name,
            command=() if handler else given["command"] or (),
            handler=handler,
            directory=given["directory"],
            environment=given["environment"],
            stdin=given["stdin"],
            scope=SCOPES[-1] if elsewhere else given["scope"],
            consumes=given["consumes"],
            publishes=given["publishes"],
            group=given["group"],
            start=given["start"],
            acknowledges="last" if handler else given["acknowledges"],
            ready=readiness,
            start_timeout=given["start timeout"] * settings.main["timeout scale"],
            stop_signal=_signal(given["stop signal"], where),
            grace=given["grace"],
            needs=given["needs"],
            url=given["url"],
            expel=given["expel"],
        )

    @property
    def elsewhere(self) -> bool:
        """Whether somebody else runs it."""
        return not self.command and self.handler is None

    def texts(self) -> Sequence[str]:
        """Every text that may hold placeholders."""
        otherwise = self.ready.otherwise or self.ready
        texts = [*self.command, *self.environment.values(), self.ready.target, otherwise.target]
        return [*texts, *(text for text in (self.directory, self.group, self.url) if text)]

    def outputs(self) -> frozenset[str]:
        """The channels that it says it publishes to, or is told the name of without consuming them."""
        told = {name for text in self.texts() for name in CHANNEL.findall(text)}
        return frozenset({*self.publishes, *(told - set(self.consumes))})

    def brokers(self) -> Sequence[str]:
        """What stands behind `broker.` in the placeholders of its texts."""
        return [name for text in self.texts() for name in BROKER.findall(text)]

    def channels(self) -> Sequence[str]:
        """Every channel that it consumes, publishes to, or is told the name of."""
        told = [name for text in self.texts() for name in CHANNEL.findall(text)]
        return list(dict.fromkeys([*self.consumes, *self.publishes, *told]))


def _started(settings: Settings, name: str, where: str) -> Readiness:
    """When it is ready, of one that evtbdd starts."""
    given = settings.section("service", name)
    consumes = given["consumes"]
    readiness = Readiness.parse(given["ready"] or ("subscribed" if consumes else "started"), where)
    joins = given["group"] or (consumes and not join_groups(settings, consumes))
    if readiness.kind == "subscribed" and not (joins and consumes):
        raise SettingsError(
            f"{where} is to be ready when it is subscribed; for that it must say what it "
            "consumes, and group: the consumer group that it joins. Another readiness is "
            'written like ready = log "listening".'
        )
    return readiness


def _require_consuming(consumes: Sequence[str], where: str) -> None:
    if not consumes:
        raise SettingsError(
            f"{where} has a handler, and is handed nothing: consumes = … says of which channels."
        )


def _answering(settings: Settings, name: str, where: str) -> Readiness:
    """When it is ready, of one that runs elsewhere: nothing but whether it answers can be seen."""
    given = settings.section("service", name)
    no_command = f"{where} has a url and no command, so it runs elsewhere"
    readiness = Readiness("answers", given["url"])
    if given["ready"]:
        readiness = Readiness.parse(given["ready"], where)
    if readiness.kind not in ELSEWHERE:
        raise SettingsError(
            f"{no_command}, and ready = {readiness} cannot be seen: write ready = get URL or "
            "ready = port HOST:PORT, or leave it out."
        )
    if settings.given("service", name, "scope") is not None and given["scope"] != SCOPES[-1]:
        raise SettingsError(
            f"{no_command}, and lives longer than a {given['scope']}: leave out its scope."
        )
    return readiness


def _signal(name: str, where: str) -> signal.Signals:
    full = name.upper() if name.upper().startswith("SIG") else f"SIG{name.upper()}"
    try:
        return signal.Signals[full]
    except KeyError:
        raise SettingsError(
            f"{where} stop signal: {quoted(name)} is no signal; TERM, INT and QUIT are."
        ) from None
