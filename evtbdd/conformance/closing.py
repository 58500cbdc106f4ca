"""Closing: everything is given back, once, and whoever comes later is told."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from evtbdd.conformance.rig import Collected, NewName, Rig
from evtbdd.errors import BrokerUnavailable
from evtbdd.ports import Broker


class Closing(Rig):
    """What `Broker.close` and `Reader.close` promise."""

    def test_ping(self, broker: Broker) -> None:
        """A broker that is there answers a ping."""
        broker.ping(self.deadline())

    def test_closing_twice(self, broker: Broker, channel: str, sink: Collected) -> None:
        """Broker and reader can be closed repeatedly."""
        self.watch(broker, sink, channel)
        self.publish(broker, channel, b"x")
        self.read_up(broker, channel)
        broker.delete([channel], self.deadline())
        broker.reader().close()
        broker.reader().close()
        broker.close()
        broker.close()

    def test_closing_what_was_never_used(self, broker: Broker) -> None:
        """A broker that nobody has used can be closed."""
        broker.close()

    @pytest.mark.parametrize(
        "doing",
        ["ping", "create", "delete", "lanes", "publish", "ends", "watch", "read_to"],
    )
    def test_after_closing(self, broker: Broker, channel: str, sink: Collected, doing: str) -> None:
        """Whatever is asked of a closed broker raises BrokerUnavailable."""
        ends = self.watch(broker, sink, channel)
        self.publish(broker, channel, b"x")
        self.read_up(broker, channel)
        broker.delete([channel], self.deadline())
        broker.close()
        asked: dict[str, Callable[[], object]] = {
            "ping": lambda: broker.ping(self.deadline()),
            "create": lambda: broker.create([self.plan(channel)], self.deadline()),
            "delete": lambda: broker.delete([channel], self.deadline()),
            "lanes": lambda: broker.lanes([channel], self.deadline()),
            "publish": lambda: self.publish(broker, channel, b"x"),
            "ends": lambda: self.ends(broker, channel),
            "watch": lambda: self.watch(broker, sink, channel),
            "read_to": lambda: broker.reader().read_to(ends, self.deadline()),
        }
        with pytest.raises(BrokerUnavailable):
            asked[doing]()

    def test_no_thread_is_left(self, broker: Broker, new_name: NewName, sink: Collected) -> None:
        """After closing no thread is left that was not there before the broker was used."""
        before = set(threading.enumerate())
        name = self.created(broker, new_name())
        self.watch(broker, sink, name)
        self.publish(broker, name, b"x")
        self.read_up(broker, name)
        broker.delete([name], self.deadline())
        broker.close()
        left = [each for each in threading.enumerate() if each not in before]
        for thread in left:
            thread.join(self.patience)
        assert [each.name for each in left if each.is_alive()] == []
