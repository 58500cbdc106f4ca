"""What a killed run has left on a broker that outlives it, `evtbdd sweep` takes away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from acceptance.middle import TWO_HOURS_AGO, Middle, in_the_middle, left_on
from acceptance.sweeping import sweep

from evtbdd.brokers.kafka.adapter import KafkaBroker
from evtbdd.clock import Deadline
from evtbdd.embedded.kafka import EmbeddedKafka
from evtbdd.isolation.names import OwnName
from evtbdd.ports import ChannelPlan


@pytest.fixture
def kafka() -> Iterator[EmbeddedKafka]:
    """A Kafka that outlives the runs."""
    with EmbeddedKafka() as broker:
        yield broker


@pytest.fixture
def old(kafka: EmbeddedKafka, tmp_path: Path) -> Iterator[Middle]:
    """A run that began two hours ago, and is in the middle of its scenario."""
    folder = tmp_path / "old"
    folder.mkdir()
    with in_the_middle(folder, f"kafka://{kafka.address}", TWO_HOURS_AGO) as middle:
        yield middle


@pytest.fixture
def broker(kafka: EmbeddedKafka) -> Iterator[KafkaBroker]:
    """A connection."""
    connection = KafkaBroker(kafka.address)
    yield connection
    connection.close()


def test_what_a_killed_run_has_left_is_swept_and_nothing_else(
    old: Middle, kafka: EmbeddedKafka, broker: KafkaBroker, tmp_path: Path
) -> None:
    """An old run stays while it lives, is swept when it was killed; a young one and others stay."""
    deadline = Deadline.after(20)
    left, (group,) = left_on(kafka)
    owns = [OwnName.parse(name, "evtbdd") for name in sorted(left)]
    (run,) = {own.run for own in owns if own is not None}
    assert None not in owns
    broker.create([ChannelPlan("orders"), ChannelPlan(f"{left[0]}x")], deadline)
    young_folder = tmp_path / "young"
    young_folder.mkdir()
    with in_the_middle(young_folder, f"kafka://{kafka.address}"):
        everything = tuple(map(sorted, left_on(kafka)))
        assert sweep(tmp_path, f"kafka://{kafka.address}") == [
            f"main: the run {run} stays: somebody is in the group {group}.",
            "Nothing was removed.",
        ]
        old.process.kill()
        old.ends()
        # The broker would wait for the killed member as long as its session lasts.
        members = broker.subscriptions().state(group, [], deadline).members
        broker.subscriptions().expel(group, sorted(members), deadline)
        things = [f"the group {group}", *(f"the topic {name}" for name in sorted(left))]
        assert sweep(tmp_path, f"kafka://{kafka.address}", "--dry-run") == [
            *(f"main: would remove {thing} (of 2 hours ago)" for thing in things),
            f"1 group and {len(left)} topics would be removed.",
        ]
        assert tuple(map(sorted, left_on(kafka))) == everything
        assert sweep(tmp_path, f"kafka://{kafka.address}") == [
            *(f"main: removed {thing} (of 2 hours ago)" for thing in things),
            f"1 group and {len(left)} topics removed.",
        ]
        topics, groups = everything
        assert tuple(map(sorted, left_on(kafka))) == (
            sorted(set(topics) - set(left)),
            sorted(set(groups) - {group}),
        )
