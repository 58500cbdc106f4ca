"""A private Apache Kafka, from begin to stop."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from evtbdd.provisioning.keeping import Keeper
from evtbdd.provisioning.local_broker import LocalBroker
from evtbdd.provisioning.local_kafka.launch import Launch, Running
from evtbdd.provisioning.local_kafka.properties import Ports, check_options, free_ports

_NONE: Mapping[str, str] = {}


class LocalKafka(LocalBroker[Running]):
    """A real Kafka of one node (KRaft) on loopback, for one run.

    It is the one that KAFKA_LIBS, KAFKA_HOME or the PATH names, else Apache Kafka 4.3.1, which is
    fetched by Maven once and kept in the user's cache. The keeper ends it with the run at the
    latest, and removes its folder.

    It can be used, a topic created, after a second or two; the first time ever after half a minute,
    and then it takes two seconds to stop, to make the next ones start sooner. `options` are
    properties of Kafka's server.properties; SettingsError for one that only evtbdd can set.
    """

    def __init__(
        self,
        keeper: Callable[[], Keeper],
        *,
        options: Mapping[str, str] = _NONE,
        ports: Callable[[], Ports] = free_ports,
    ) -> None:
        check_options(options)
        super().__init__("Kafka", lambda: Launch(keeper(), dict(options), ports))

    @property
    def address(self) -> str:
        """`127.0.0.1:PORT`, once it can be used; waits for that."""
        return self.running().address
