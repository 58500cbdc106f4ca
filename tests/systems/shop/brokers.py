"""What a service wants of its broker; the modules `on_…` do it, each by the driver of one."""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import logging

    from messages import Answer, Event


class MissingSetting(Exception):
    """An environment variable that the service needs is not set; the text says which."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event, and by what its broker knows that it was handed out."""

    event: Event
    handle: Any


class Source(Protocol):
    """Where events come from, one by one."""

    def next(self) -> Delivery | None:
        """The next event; None where none comes for a moment."""

    def acknowledge(self, delivery: Delivery) -> None:
        """Say that all is done that is to be done about it."""

    def close(self) -> None:
        """Give back what was handed out and not acknowledged."""


class Target(Protocol):
    """Where answers go."""

    def publish(self, answers: list[tuple[str, Answer]]) -> None:
        """Publish answers to topics, exchanges or queues, in order; return when all are confirmed."""

    def close(self) -> None:
        """Close what was opened."""


def source(address: str, name: str, channel: str, log: logging.Logger) -> Source:
    """What comes on a channel of the broker at an address, for the service of a name."""
    return import_module(kind(address)).Source(address, name, channel, log)


def target(address: str, name: str) -> Target:
    """The channels of the broker at an address."""
    return import_module(kind(address)).Target(address, name)


def kind(address: str) -> str:
    """The module for a broker, by how its clients write where it is."""
    if address.startswith(("amqp://", "amqps://")):
        return "on_rabbitmq"
    return "on_sqs" if address.startswith(("http://", "https://")) else "on_kafka"


def setting(name: str) -> str:
    """Return an environment variable that must be there; raise MissingSetting."""
    value = os.environ.get(name)
    if not value:
        raise MissingSetting(f"the environment variable {name} is not set")
    return value
