"""A service that is a handler: code under test that evtbdd hosts in its own process."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from threading import Lock

from evtbdd.channels.channel import Channel
from evtbdd.channels.making import by_broker
from evtbdd.errors import EvtbddError, ServiceError, UnsupportedCapability
from evtbdd.hosting.find import found
from evtbdd.hosting.handler import Handler
from evtbdd.hosting.host import Host
from evtbdd.hosting.publishing import Publishing
from evtbdd.hosting.turns import raised_at
from evtbdd.journal import Journal, ServiceEnded, ServiceReady
from evtbdd.offers import Delivers
from evtbdd.services.declaration import Declaration
from evtbdd.services.service import Service
from evtbdd.services.surroundings import Place, Surroundings, said
from evtbdd.witness import ServiceHealth
from evtbdd.words import listed, quoted


class Hosted:
    """A handler in its scope. It is handed what comes on its channels while it is started."""

    def __init__(self, declaration: Declaration, place: Place) -> None:
        self.declaration = declaration
        self.journal: Journal | None = None
        self.group: str | None = None
        self._place = place
        self._hosts: Sequence[Host] = ()
        self._publishing: Publishing | None = None
        self._brokers: Sequence[Delivers] = ()

    @property
    def port(self) -> int:
        """One that nobody else was given."""
        return self._place.port

    @property
    def started(self) -> bool:
        """Whether it was ever started."""
        return self.group is not None

    @property
    def running(self) -> bool:
        """Whether it is handed events."""
        return bool(self._hosts) and self.end is None

    @property
    def done(self) -> bool:
        """Never: it is ready as long as it is handed events."""
        return False

    @property
    def end(self) -> str | None:
        """Why it is handed nothing any more, though nobody has stopped it."""
        faults = [each.fault for each in self._hosts if each.fault is not None]
        return f"stopped: {faults[0].text}" if faults else None

    def start(self, around: Surroundings, extra: Mapping[str, str]) -> None:
        """Make it, and hand it what has come since its channels were recorded, or since it stood.

        Raises SettingsError, UnsupportedCapability, ServiceError where it cannot be made.
        """
        if self.running:
            raise ServiceError(f"The service {quoted(self.declaration.name)} runs already.")
        self._end()
        consumed = [around.channels.get(name) for name in self.declaration.consumes]
        several = by_broker(consumed)
        brokers = [self._delivering(each[0]) for each in several]
        published = {name: around.channels.get(name) for name in self.declaration.publishes}
        publishing = Publishing(self.declaration.name, published, self._place.deadline)
        handler = self._made(publishing, around, extra)
        self.group = f"{self.declaration.name} of {self._place.scope_id}"
        self._publishing, self._brokers = publishing, brokers
        turn = Lock()
        self._hosts = [
            Host(
                self.declaration.name,
                broker.deliver(self.group, {each.physical: each.recorded for each in of_broker}),
                {each.physical: each for each in of_broker},
                handler,
                publishing,
                self._place.deadline,
                turn,
            )
            for broker, of_broker in zip(brokers, several, strict=True)
        ]
        if self.journal is not None:
            channels = listed(map(quoted, self.declaration.consumes))
            self.journal.append(
                ServiceReady(self.declaration.name, f"it is handed what comes on {channels}")
            )

    def _delivering(self, channel: Channel) -> Delivers:
        broker = channel.broker
        if not isinstance(broker, Delivers):
            raise UnsupportedCapability(
                f"The service {quoted(self.declaration.name)} is a handler, which is handed its "
                f"events in this process; {quoted(channel.name)} lies on "
                f"{broker.capabilities.broker}, and only memory does that. Set "
                f"url = memory:// in [evtbdd:broker:{channel.broker_name}], or leave out the "
                "handler and give the service a command."
            )
        return broker

    def _made(
        self, publishing: Publishing, around: Surroundings, extra: Mapping[str, str]
    ) -> Handler:
        where = f"[evtbdd:service:{self.declaration.name}]"
        place = self.declaration.handler or ""
        code = found(place, self._place.project, where)
        environment = {
            **{
                name: self.said(around, text) for name, text in self.declaration.environment.items()
            },
            **extra,
        }
        try:
            return Handler(code, publishing, environment, f"{where} handler: {place}")
        except EvtbddError:
            raise
        except Exception as error:
            raise ServiceError(
                f"The handler of the service {quoted(self.declaration.name)} could not be made: "
                f"{type(error).__name__}: {error} ({raised_at(error)})."
            ) from error

    def stop(self) -> None:
        """Hand it nothing more, and wait for what it is doing. ServiceError where it hangs."""
        if not self.running:
            why = f": it {self.end}" if self.end else ""
            raise ServiceError(f"The service {quoted(self.declaration.name)} does not run{why}.")
        self._end()
        if self.journal is not None:
            self.journal.append(ServiceEnded(self.declaration.name, "was stopped", asked=True))

    def _end(self) -> None:
        hosts, self._hosts = self._hosts, ()
        busy = [each.close(self.declaration.grace) for each in hosts]
        if self._publishing is not None:
            self._publishing.close()
        hanging = [each for each in busy if each is not None]
        if hanging:
            raise ServiceError(
                f"The handler of the service {quoted(self.declaration.name)} does not end: it "
                f"{hanging[0]}. Its thread is left to itself."
            )

    def restart(self, around: Surroundings, meanwhile: Callable[[], None]) -> None:
        """Stop it, if it runs, and make it anew; it goes on where it stood."""
        if self.running:
            self.stop()
        meanwhile()
        self.start(around, {})

    def finish(self) -> None:
        """End it with its scope. ServiceError where it hangs; its thread ends with the run."""
        with ExitStack() as given_back:
            for broker in self._brokers:
                given_back.callback(broker.forget, self.group or "")
            given_back.callback(self._end)

    def health(self, began: float) -> Sequence[ServiceHealth]:
        """What is known of it: what it has rejected since then, and what it is busy with."""
        if not self.started:
            return []
        name = self.declaration.name
        faults = [each.fault for each in self._hosts if each.fault is not None]
        if faults:
            lost = f"stopped at {faults[0].moment - began:+.2f} s: {faults[0].text}"
            return [ServiceHealth(name, running=False, lost=lost, last_lines=None)]
        notes = tuple(
            f"the service {quoted(name)} {note}"
            for each in self._hosts
            for note in each.notes(began)
        )
        at_rest = self.running and all(each.at_rest() for each in self._brokers)
        return [ServiceHealth(name, self.running, None, None, notes, at_rest=at_rest)]

    def said(self, around: Surroundings, text: str) -> str:
        """A text of the settings; `${port}` and `${scope.id}` in it are the service's own."""
        own = {"${port}": str(self._place.port), "${scope.id}": self._place.scope_id}
        return said(around, text, own)

    def process(self, but: str) -> Service:
        """Refuse, with the reason."""
        name = self.declaration.name
        raise ServiceError(
            f"The service {quoted(name)} is a handler in this process "
            f"({self.declaration.handler}), and has none of its own: {but}. Leave out the handler "
            f"in [evtbdd:service:{name}] and give it a command, and evtbdd starts it as a process."
        )
