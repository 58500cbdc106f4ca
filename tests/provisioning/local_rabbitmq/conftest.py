"""A keeper for each test, folders to look into, and a RabbitMQ that is installed here."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from evtbdd.errors import BrokerUnavailable
from evtbdd.keeper import Keeper
from evtbdd.provisioning.local_rabbitmq import LocalRabbitMQ
from evtbdd.provisioning.local_rabbitmq.find import find_rabbitmq

Make = Callable[..., LocalRabbitMQ]


@pytest.fixture
def installed() -> None:
    """What these tests need is installed here."""
    try:
        find_rabbitmq(os.environ)
    except BrokerUnavailable as error:
        pytest.skip(str(error))


@pytest.fixture
def rabbitmq(installed: None, temporary: Path, keeper: Keeper) -> Iterator[Make]:
    """Make one that is not started yet; stopped at the end."""
    made: list[LocalRabbitMQ] = []

    def make(**settings: object) -> LocalRabbitMQ:
        made.append(LocalRabbitMQ(lambda: keeper, **settings))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for each in made:
        each.stop()
