"""What is said of a service's group: where it stands, who shares what, where it goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from services.conftest import Stage
from services.test_membership import NOTHING, cancel, cancelled, kafka, shop

from evtbdd.clock import Deadline
from evtbdd.embedded.kafka import EmbeddedKafka
from evtbdd.errors import BrokerError, ExpectationFailed, ServiceError, UnsupportedCapability
from evtbdd.expect.pattern import Pattern
from evtbdd.scenario import Scenario
from evtbdd.services import group_claims

__all__ = ["kafka"]
Begin = Callable[[str], Stage]
LONG = 20.0
SHORT = 0.1


def running(kafka: EmbeddedKafka, stage: Begin, partitions: int = 1) -> Scenario:
    settings = shop(kafka).replace(
        "[evtbdd:channel:orders]\n", f"[evtbdd:channel:orders]\npartitions = {partitions}\n"
    )
    scenario = stage(settings).begin(services=["shipping"])
    scenario.services.run("shipping", {})
    return scenario


def committed(scenario: Scenario, number: int, patience: float = LONG) -> None:
    group_claims.committed_is(
        scenario.services.get("shipping"),
        scenario.channels.get("orders"),
        number,
        Deadline.after(patience),
        scenario.channels.deadline,
    )


def shared(scenario: Scenario, number: int, patience: float = LONG) -> None:
    group_claims.shared_by(
        scenario.services.get("shipping"),
        scenario.channels.get("orders"),
        number,
        Deadline.after(patience),
        scenario.channels.deadline,
    )


def reset(scenario: Scenario, where: str) -> None:
    group_claims.reset(
        scenario.services.get("shipping"),
        scenario.channels.get("orders"),
        where,
        scenario.channels.deadline,
    )


def test_the_committed_offset_is_waited_for(kafka: EmbeddedKafka, stage: Begin) -> None:
    """Another one fails, and is told."""
    scenario = running(kafka, stage)
    cancel(scenario, "ORD-1")
    committed(scenario, 1)
    group = scenario.services.get("shipping").group
    with pytest.raises(ExpectationFailed) as raised:
        committed(scenario, 7, SHORT)
    assert str(raised.value) == (
        'Expected the committed offset of the service "shipping" on "orders" to be 7 within '
        f"100 ms\nbut it is 1 (group {group})."
    )


def test_several_partitions_have_no_one_offset(kafka: EmbeddedKafka, stage: Begin) -> None:
    """The author must say which is meant."""
    scenario = running(kafka, stage, partitions=2)
    with pytest.raises(UnsupportedCapability) as raised:
        committed(scenario, 1)
    assert str(raised.value) == (
        'The channel "orders" has 2 partitions, and each has a committed offset of its own. '
        "Declare it with one partition to speak of the offset."
    )


def test_partitions_are_shared_by_as_many_as_have_some(kafka: EmbeddedKafka, stage: Begin) -> None:
    """One who comes is given some; one who is killed has none."""
    scenario = running(kafka, stage, partitions=2)
    shared(scenario, 1)
    scenario.services.start_another("shipping")
    shared(scenario, 2)
    scenario.services.do_to_one("shipping", "killed")
    shared(scenario, 1)
    with pytest.raises(ExpectationFailed) as raised:
        shared(scenario, 2, SHORT)
    first, who = str(raised.value).split("\n    ")
    assert first == (
        'Expected the partitions of "orders" to be shared by 2 instances of the service "shipping" '
        f"within 100 ms\nbut of 2 partitions 1 member has any (group "
        f"{scenario.services.get('shipping').group})"
    )
    assert who.endswith(": 0 and 1.")


def test_a_group_goes_on_where_it_is_reset_to(kafka: EmbeddedKafka, stage: Begin) -> None:
    """From the beginning all comes once more, from the end nothing."""
    scenario = running(kafka, stage)
    cancel(scenario, "ORD-1")
    cancelled(scenario, "ORD-1")
    committed(scenario, 1)
    scenario.services.do("shipping", "stopped")
    reset(scenario, "beginning")
    committed(scenario, 0)
    scenario.services.do("shipping", "started")
    scenario.expect.at_least(
        "shipments", 2, Pattern("ShipmentCancelled", "ORD-1"), NOTHING, LONG, True
    )
    scenario.services.do("shipping", "stopped")
    cancel(scenario, "ORD-2")
    reset(scenario, "end")
    committed(scenario, 2)


def test_a_group_that_somebody_is_in_is_not_reset(kafka: EmbeddedKafka, stage: Begin) -> None:
    """It decides itself where it stands."""
    scenario = running(kafka, stage)
    with pytest.raises(BrokerError) as raised:
        reset(scenario, "beginning")
    assert str(raised.value).endswith(
        "it has members already, so it decides itself where it begins. Stop its service before."
    )


def test_a_dead_service_is_an_error(kafka: EmbeddedKafka, stage: Begin, tmp_path: Path) -> None:
    """What it has not committed nobody else will."""
    del tmp_path
    settings = shop(kafka)
    scenario = stage(settings).begin(services=["shipping"])
    scenario.services.run("shipping", {"FAULT": "crash-on-event"})
    cancel(scenario, "ORD-1")
    assert scenario.services.get("shipping").require_started().wait(Deadline.after(LONG))
    with pytest.raises(ServiceError) as raised:
        committed(scenario, 1, SHORT)
    assert str(raised.value).startswith(
        'The service "shipping" ended with exit code 1, so nothing can be said of what was expected.'
    )


NO_GROUP = (
    "[evtbdd:channel:orders]\n[evtbdd:service:shipping]\ncommand = sleep 60\nready = started\n"
)


def test_a_service_without_a_group_has_committed_nothing(
    kafka: EmbeddedKafka, stage: Begin
) -> None:
    """It is told what is missing."""
    settings = f"[evtbdd:broker:main]\nurl = kafka://{kafka.address}\n{NO_GROUP}"
    scenario = stage(settings).begin(["orders"], services=["shipping"])
    scenario.services.run("shipping", {})
    with pytest.raises(ServiceError) as raised:
        committed(scenario, 1)
    assert str(raised.value) == (
        'The service "shipping" has no group, or was not started: write group = … in '
        "[evtbdd:service:shipping], and start it."
    )


def test_a_broker_without_groups_is_told_before_a_group_that_is_missing(stage: Begin) -> None:
    """A group in the settings would change nothing there."""
    scenario = stage(NO_GROUP).begin(["orders"], services=["shipping"])
    scenario.services.run("shipping", {})
    for ask in (committed, shared, lambda it, _: reset(it, "end")):
        with pytest.raises(UnsupportedCapability) as raised:
            ask(scenario, 1)
        assert str(raised.value) == (
            "memory has no groups of consumers with positions; Kafka has them."
        )
