"""A private RabbitMQ, from begin to stop."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from evtbdd.errors import BrokerUnavailable
from evtbdd.provisioning.local_kafka.keeping import Keeper
from evtbdd.provisioning.local_rabbitmq.launch import Launch
from evtbdd.provisioning.local_rabbitmq.node import Ports, check_options, free_ports

_NONE: Mapping[str, str] = {}


class LocalRabbitMQ:
    """A real RabbitMQ of one node on loopback, with its management API, for one run.

    It is the one that RABBITMQ_HOME or the PATH names, or that the system's packages have
    installed; none that runs already has anything to do with it. The keeper ends it with the run at
    the latest, and removes its folder.

    `options` are lines of rabbitmq.conf; SettingsError for one that only evtbdd can set. Anyone may
    wait; one thread begins and stops.
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
        """What stands behind `amqp://`, once it can be used; waits for that."""
        return self._begun().result().address

    @property
    def pid(self) -> int:
        """The process of the node, once it can be used; waits for that."""
        return self._begun().result().pid

    def start(self) -> None:
        """Return when a client could log in: after about five seconds.

        BrokerUnavailable with the reason, where there is no RabbitMQ or no Erlang, or it does not
        start; ServiceError where the keeper cannot start anything.
        """
        self.begin()
        self.wait()

    def begin(self) -> None:
        """Start it in the background; nothing more where it is begun."""
        if self._launch is None:
            self._launch = Launch(self._keeper(), self._options, self._ports)

    def wait(self) -> None:
        """What `start` promises, for a RabbitMQ that is begun."""
        self._begun().result()

    def stop(self) -> None:
        """Return when nothing of it is left: no process, no port, no folder.

        Once stopped it can be started again, empty.
        """
        launch, self._launch = self._launch, None
        if launch is not None:
            launch.end()

    def _begun(self) -> Launch:
        if self._launch is None:
            raise BrokerUnavailable("RabbitMQ has not been started.")
        return self._launch
