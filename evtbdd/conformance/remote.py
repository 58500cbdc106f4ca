"""Brokers that are out of reach, or get so: told with a cause, and never waited for too long."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from evtbdd.clock import Deadline
from evtbdd.conformance.rig import Collected, Rig
from evtbdd.errors import BrokerUnavailable
from evtbdd.ports import Broker, Message

SHORT = 1.0
"""Seconds that a broker which does not answer is waited for here."""

HANGING = 15.0
"""Seconds after which a call is said to hang: far beyond its deadline, however slow the machine."""


@dataclass(frozen=True, slots=True)
class Mortal:
    """A broker that the test can take out of reach, and how: nothing listens any more afterwards."""

    broker: Broker
    kill: Callable[[], None]


class RemoteConformance(Rig):
    """For brokers outside of this process; the test class gives `unreachable` and `mortal`."""

    @pytest.fixture
    def unreachable(self) -> Broker:
        """A broker object whose address nobody listens at."""
        raise NotImplementedError("the test class gives the fixture unreachable")

    @pytest.fixture
    def mortal(self) -> Mortal:
        """A broker that is there, of the test's own, and the way to end it."""
        raise NotImplementedError("the test class gives the fixture mortal")

    def unavailable(self, doing: Callable[[], object]) -> str:
        """The text of the BrokerUnavailable that a call raises; it must not hang."""
        pool = ThreadPoolExecutor(1)
        asked = pool.submit(doing)
        try:
            error = asked.exception(timeout=HANGING)
        finally:
            pool.shutdown(wait=asked.done())
        assert isinstance(error, BrokerUnavailable), repr(error)
        return str(error)

    def test_ping_of_an_unreachable_broker(self, unreachable: Broker) -> None:
        """A ping of a broker that is not there raises BrokerUnavailable, with address and cause."""
        text = self.unavailable(lambda: unreachable.ping(Deadline.after(SHORT)))
        assert unreachable.address in text
        assert "refused" in text

    @pytest.mark.parametrize("doing", ["create", "lanes", "publish", "ends", "watch", "delete"])
    def test_whatever_is_asked_of_an_unreachable_broker(
        self, unreachable: Broker, doing: str
    ) -> None:
        """Whatever is asked of a broker that is not there raises BrokerUnavailable, with address."""
        name = "evtbdd-conformance-nowhere"
        soon = Deadline.after(SHORT)
        asked: dict[str, Callable[[], object]] = {
            "create": lambda: unreachable.create([self.plan(name)], soon),
            "lanes": lambda: unreachable.lanes([name], soon),
            "publish": lambda: unreachable.publish(name, [Message(b"x")], soon),
            "ends": lambda: unreachable.reader().ends([name], soon),
            "watch": lambda: unreachable.reader().watch([name], Collected(), soon),
            "delete": lambda: unreachable.delete([name], soon),
        }
        assert unreachable.address in self.unavailable(asked[doing])

    def test_closing_an_unreachable_broker(self, unreachable: Broker) -> None:
        """A broker that was never reached can be closed."""
        unreachable.close()

    @pytest.mark.parametrize("doing", ["ping", "publish", "ends", "read_to", "create", "lanes"])
    def test_a_broker_that_dies_while_it_is_watched(
        self, mortal: Mortal, sink: Collected, doing: str
    ) -> None:
        """Whatever is asked of a broker that died meanwhile raises BrokerUnavailable in time."""
        broker, name = mortal.broker, "evtbdd-conformance-mortal"
        self.created(broker, name)
        self.watch(broker, sink, name)
        (position,) = self.publish(broker, name, b"x")
        self.read_up(broker, name)
        mortal.kill()
        soon = Deadline.after(SHORT)
        beyond = {name: {position.lane: position.number + 2}}
        asked: dict[str, Callable[[], object]] = {
            "ping": lambda: broker.ping(soon),
            "publish": lambda: broker.publish(name, [Message(b"y")], soon),
            "ends": lambda: broker.reader().ends([name], soon),
            "read_to": lambda: broker.reader().read_to(beyond, soon),
            "create": lambda: broker.create([self.plan(f"{name}-2")], soon),
            "lanes": lambda: broker.lanes([name], soon),
        }
        assert broker.address in self.unavailable(asked[doing])

    def test_closing_a_broker_that_died(self, mortal: Mortal, sink: Collected) -> None:
        """A broker that died can be closed."""
        self.created(mortal.broker, "evtbdd-conformance-mortal")
        self.watch(mortal.broker, sink, "evtbdd-conformance-mortal")
        mortal.kill()
        mortal.broker.close()
        mortal.broker.close()
