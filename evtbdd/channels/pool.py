"""The brokers of a run: opened when first needed, once; a failure is remembered, not repeated."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from copy import copy
from dataclasses import dataclass, field
from threading import Lock
from types import MappingProxyType

from evtbdd.brokers import security
from evtbdd.brokers.security import Security
from evtbdd.channels.facts import credential, file, host_and_port, own_facts
from evtbdd.channels.handed_on import HandedOn
from evtbdd.clock import Deadline
from evtbdd.errors import EvtbddError, UnknownName
from evtbdd.ports import Broker
from evtbdd.provisioning.keeping import Keeper
from evtbdd.provisioning.provision import EarlyBroker, Provisioned, provision
from evtbdd.provisioning.url import BrokerUrl
from evtbdd.settings import kinds
from evtbdd.settings.load import Settings
from evtbdd.settings.mask import Secrets
from evtbdd.settings.schema import Key, Section
from evtbdd.words import quoted, suggestion

SECTION = Section(
    "broker",
    named=True,
    help="A broker, by the name that scenarios use for it.",
    keys=(
        Key(
            "url",
            kinds.text,
            "memory://",
            "where it comes from: kafka://host:port, kafka+embedded://, kafka+local://, "
            "kafka+docker://image:tag, amqp://user:password@host:port/vhost, rabbitmq+local://, "
            "rabbitmq+docker://image:tag, sqs://REGION?endpoint=http://host:port, "
            "sqs+embedded://, sqs+docker://image:tag, memory://",
        ),
        Key(
            "lock",
            kinds.yes_no,
            "yes",
            "with isolation = shared: keep other runs off its channels; no, where you see to that",
        ),
        *security.KEYS,
    ),
)
DEFAULT_NAME = "main"


@dataclass
class _Place:
    """A broker by its URL: not opened yet, open, or failed for good.

    One of a scope has an `origin`, that of the run: it takes its early broker, and fails with it.
    """

    url: str
    security: Security | None = None
    early: EarlyBroker | None = None
    provisioned: Provisioned | None = None
    failure: EvtbddError | None = None
    turn: Lock = field(default_factory=Lock)
    origin: _Place | None = None


Opener = Callable[[str, Callable[[], Provisioned]], Provisioned]
"""Opens the broker of a name; what it is handed provisions it once more."""


class Brokers:
    """All brokers that the settings declare; without any there is one in memory, called main.

    `secured` are those to which connections are secured; `mask` hides what nobody may read; `early`
    are those of the run's own that have been begun; `handed_on` tells those that this process starts
    where the run's own are.
    """

    def __init__(
        self,
        urls: Mapping[str, str],
        keeper: Callable[[], Keeper],
        *,
        patience: float,
        secured: Mapping[str, Security | None] = MappingProxyType({}),
        mask: Callable[[str], str] | None = None,
        early: Mapping[str, EarlyBroker] = MappingProxyType({}),
        handed_on: HandedOn | None = None,
    ) -> None:
        self._places = {
            name: _Place(url, secured.get(name), early.get(name)) for name, url in urls.items()
        }
        self._mask = mask or Secrets().mask
        self._places = self._places or {DEFAULT_NAME: _Place("memory://")}
        self._keeper = keeper
        self._patience = patience
        self._handed_on = handed_on
        self._opened_by: Opener = lambda _, provisioned: provisioned()

    @classmethod
    def of_settings(
        cls,
        settings: Settings,
        keeper: Callable[[], Keeper],
        early: Mapping[str, EarlyBroker] = MappingProxyType({}),
        handed_on: HandedOn | None = None,
    ) -> Brokers:
        """Those that the settings declare. SettingsError where one cannot be meant."""
        names = settings.names("broker")
        return cls(
            {name: settings.section("broker", name)["url"] for name in names},
            keeper,
            patience=settings.main["connect timeout"] * settings.main["timeout scale"],
            secured={name: security.of_settings(settings, name) for name in names},
            mask=Secrets.of(settings).mask,
            early=early,
            handed_on=handed_on,
        )

    def of_scope(self, opener: Opener) -> Brokers:
        """The same brokers once more, opened in another way; one that fails does so for all."""
        brokers = copy(self)
        brokers._opened_by = opener
        brokers._handed_on = None  # they are nobody else's, and close before the run does
        brokers._places = {
            name: _Place(place.url, place.security, origin=place)
            for name, place in self._places.items()
        }
        return brokers

    @property
    def names(self) -> Sequence[str]:
        """Their names, in the order of the settings."""
        return list(self._places)

    def only(self) -> str | None:
        """The name of the only one; None where there are several."""
        return self.names[0] if len(self._places) == 1 else None

    def get(self, name: str) -> Broker:
        """The broker of that name, reached.

        Raises UnknownName, or, the same each time, what kept it from being reached the first time:
        a broker that is not there is waited for once a run.
        """
        if name not in self._places:
            raise UnknownName(
                f"No broker is called {quoted(name)}. {suggestion(name, self.names, 'brokers')}"
            )
        place = self._places[name]
        origin = place.origin or place
        with place.turn:
            if origin.failure is not None:
                raise origin.failure.with_traceback(None)
            if place.provisioned is None:
                try:
                    place.provisioned = self._open(name, place)
                except EvtbddError as error:
                    said = f"The broker {quoted(name)} ({place.url}): {error}"
                    origin.failure = type(error)(self._mask(said))
                    raise origin.failure from error
            return place.provisioned.broker

    def is_own(self, name: str) -> bool:
        """Whether a broker is this run's alone."""
        return BrokerUrl.parse(self._places[name].url).is_own

    def fact(self, name: str) -> str:
        """What stands for `${broker.NAME}`, and for what it is followed by.

        `.host`, `.port`; `.user`, `.password`; the paths of files: `.ca`, `.certificate`, `.key`; what
        the broker tells of itself. UnknownName for what this broker has none of.
        """
        if name in self._places:
            found = self.get(name)
            return own_facts(found).get("url", found.address)
        broker, _, fact = name.rpartition(".")
        if broker in self._places and fact in {"user", "password"} and self._names_user(broker):
            return credential(broker, self._places[broker].security or Security(), fact)
        known = own_facts(self.get(broker)) if broker in self._places else {}
        if fact in known:
            return known[fact]
        if broker in self._places and fact in {"host", "port"}:
            host, port = host_and_port(self.get(broker).address.partition(",")[0])
            return host if fact == "host" else port
        if broker in self._places and fact in {"user", "password"}:
            return credential(broker, self._places[broker].security or Security(), fact)
        if broker in self._places and fact in {"ca", "certificate", "key"}:
            return file(broker, self._secured(broker), fact)
        raise UnknownName(
            f"There is nothing called ${{broker.{name}}}. "
            f"{suggestion(broker or name, self.names, 'brokers')}"
        )

    def _names_user(self, name: str) -> bool:
        """Whether the settings say who calls: then nobody needs to be asked."""
        secured = self._places[name].security
        return secured is not None and secured.username is not None

    def _secured(self, name: str) -> Security:
        """How its clients are let in, once it is there."""
        self.get(name)
        provisioned = self._places[name].provisioned
        return (provisioned and provisioned.security) or Security()

    def _open(self, name: str, place: _Place) -> Provisioned:
        origin = place.origin or place
        early, origin.early = origin.early, None

        def provisioned_now() -> Provisioned:
            return provision(
                place.url,
                self._keeper,
                patience=self._patience,
                security=place.security,
                early=early,
            )

        with ExitStack() as given_back:
            provisioned = self._opened_by(name, provisioned_now)
            given_back.callback(provisioned.close)
            provisioned.broker.ping(Deadline.after(self._patience))
            given_back.pop_all()
        self.hand_on(name, provisioned)
        return provisioned

    def hand_on(self, name: str, provisioned: Provisioned) -> None:
        """Tell those that this process starts where a broker of the run's own is, until `close`."""
        if self._handed_on is not None and provisioned.url:
            self._handed_on.tell(name, provisioned.url, provisioned.security, self.names)

    @property
    def early(self) -> Sequence[str]:
        """Those that were begun early, and that nobody has asked for yet."""
        return [name for name, place in self._places.items() if place.early is not None]

    def call_off(self, name: str) -> None:
        """End one that was begun early: nobody will ask for it."""
        place = self._places[name]
        with place.turn:
            early, place.early = place.early, None
            if early is not None:
                early.stop()

    def opened(self) -> Mapping[str, Broker]:
        """Those that have been reached so far."""
        return {
            name: place.provisioned.broker
            for name, place in self._places.items()
            if place.provisioned is not None
        }

    def close(self) -> None:
        """Give all of them back."""
        with ExitStack() as given_back:
            if self._handed_on is not None:
                given_back.callback(self._handed_on.take_back)
            for name, place in self._places.items():
                given_back.callback(self.call_off, name)
                if place.provisioned is not None:
                    given_back.callback(place.provisioned.close)
                    place.provisioned = None
