"""A private Apache Kafka, from begin to stop."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from evtbdd.errors import BrokerUnavailable
from evtbdd.provisioning.local_kafka.keeping import Keeper
from evtbdd.provisioning.local_kafka.launch import Launch
from evtbdd.provisioning.local_kafka.properties import Ports, check_options, free_ports

_NONE: Mapping[str, str] = {}


class LocalKafka:
    """A real Kafka of one node (KRaft) on loopback, for one run.

    It is the one that KAFKA_LIBS, KAFKA_HOME or the PATH names, else Apache Kafka 4.3.1, which is
    fetched by Maven once and kept in the user's cache. The keeper ends it with the run at the
    latest, and removes its folder.

    `options` are properties of Kafka's server.properties; SettingsError for one that only evtbdd
    can set. Anyone may wait; one thread begins and stops.
    """

    def __init__(
        self,
        keeper: Callable[[], Keeper],
        *,
        options: Mapping[str, str] = _NONE,
        ports: Callable[[], Ports] = free_ports,
    ) -> None:
        check_options(options)
        self._keeper = keeper
        self._options = dict(options)
        self._ports = ports
        self._launch: Launch | None = None

    @property
    def address(self) -> str:
        """`127.0.0.1:PORT`, once it can be used; waits for that."""
        return self._begun().result().address

    def start(self) -> None:
        """Return when a topic could be created: a second or two; the first time ever, half a minute.

        BrokerUnavailable with the reason, where there is no Java or no Kafka, or Kafka does not
        start; ServiceError where the keeper cannot start anything.
        """
        self.begin()
        self.wait()

    def begin(self) -> None:
        """Start it in the background; nothing more where it is begun."""
        if self._launch is None:
            self._launch = Launch(self._keeper(), self._options, self._ports)

    def wait(self) -> None:
        """What `start` promises, for a Kafka that is begun."""
        self._begun().result()

    def stop(self) -> None:
        """Return when nothing of it is left: no process, no port, no folder.

        The first Kafka of a user takes two seconds for that, to make the next ones start sooner.
        Once stopped it can be started again, empty.
        """
        launch, self._launch = self._launch, None
        if launch is not None:
            launch.end()

    def _begun(self) -> Launch:
        if self._launch is None:
            raise BrokerUnavailable("Kafka has not been started.")
        return self._launch
