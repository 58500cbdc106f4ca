"""A run that is killed on RabbitMQ or SQS leaves no process, and no channel that is not swept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from acceptance.middle import TWO_HOURS_AGO, in_the_middle
from acceptance.sweeping import sweep
from brokers.sqs_process import sqs_process

from evtbdd.brokers.registry import adapter
from evtbdd.clock import Deadline
from evtbdd.isolation.names import OwnName


@pytest.fixture(params=["rabbitmq", "sqs"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A broker that outlives the runs."""
    if request.param == "rabbitmq":
        yield f"amqp://{request.getfixturevalue('real_rabbitmq')}"
        return
    with sqs_process() as sqs:
        yield f"sqs://{sqs.address}"


def left(url: str) -> set[str]:
    """What evtbdd has made there, by its names."""
    scheme, _, address = url.partition("://")
    broker = adapter(scheme)(address, patience=10.0)
    try:
        names = broker.names(Deadline.after(20))
    finally:
        broker.close()
    return {name for name in names if OwnName.parse(name, "evtbdd") is not None}


def test_what_a_killed_run_has_left_is_swept(url: str, tmp_path: Path) -> None:
    """Its processes are gone at once, its channels when somebody sweeps."""
    before = left(url)
    with in_the_middle(tmp_path, url, TWO_HOURS_AGO) as middle:
        middle.process.kill()
        middle.ends()
    assert list(middle.temporary.iterdir()) == []
    things = left(url) - before
    assert len(things) >= 3
    printed = sweep(tmp_path, url)
    assert all(any(name in line for line in printed) for name in things), printed
    assert left(url) & things == set()
