"""A private RabbitMQ, from begin to stop."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from evtbdd.provisioning.keeping import Keeper
from evtbdd.provisioning.local_broker import LocalBroker
from evtbdd.provisioning.local_rabbitmq.launch import Launch, Running
from evtbdd.provisioning.local_rabbitmq.node import Ports, check_options, free_ports

_NONE: Mapping[str, str] = {}


class LocalRabbitMQ(LocalBroker[Running]):
    """A real RabbitMQ of one node on loopback, with its management API, for one run.

    It is the one that RABBITMQ_HOME or the PATH names, or that the system's packages have
    installed; none that runs already has anything to do with it. The keeper ends it with the run at
    the latest, and removes its folder.

    It can be used, by its first client too, after about five seconds. `options` are lines of
    rabbitmq.conf; SettingsError for one that only evtbdd can set.
    """

    def __init__(
        self,
        keeper: Callable[[], Keeper],
        *,
        options: Mapping[str, str] = _NONE,
        ports: Callable[[], Ports] = free_ports,
    ) -> None:
        check_options(options)
        super().__init__("RabbitMQ", lambda: Launch(keeper(), dict(options), ports))

    @property
    def address(self) -> str:
        """What stands behind `amqp://`, once it can be used; waits for that."""
        return self.running().address

    @property
    def pid(self) -> int:
        """The process of the node, once it can be used; waits for that."""
        return self.running().pid
