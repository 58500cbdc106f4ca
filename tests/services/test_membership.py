"""A service in a consumer group, on an embedded Kafka: the shop, which begins at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from acceptance.project import settings_of_shop
from kafka import KafkaAdminClient
from services.conftest import Stage

from evtbdd.channels.message import Draft
from evtbdd.embedded.kafka import EmbeddedKafka
from evtbdd.errors import ServiceError
from evtbdd.expect.pattern import Pattern
from evtbdd.phrases import Data
from evtbdd.scenario import Scenario

Begin = Callable[[str], Stage]
NOTHING = Data(None, None, ("here", 1), None)
SHIPPING = "[evtbdd:service:shipping]\n"


@pytest.fixture
def kafka() -> Iterator[EmbeddedKafka]:
    """A Kafka that outlives the run."""
    broker = EmbeddedKafka(0)
    broker.start()
    yield broker
    broker.stop()


def shop(kafka: EmbeddedKafka, *more: str) -> str:
    """The settings of the shop, with more lines for its shipping service."""
    lines = "".join(f"{line}\n" for line in more)
    return settings_of_shop(f"kafka://{kafka.address}").replace(SHIPPING, SHIPPING + lines)


def cancel(scenario: Scenario, number: str) -> None:
    draft = Draft("OrderCancelled", number, payload={"orderId": number}, said_payload=True)
    scenario.publisher.event("orders", draft, NOTHING)


def cancelled(scenario: Scenario, number: str, within: float = 10) -> None:
    pattern = Pattern("ShipmentCancelled", number)
    scenario.expect.arrives("shipments", pattern, NOTHING, within, True)


def offsets(kafka: EmbeddedKafka, group: str) -> list[int]:
    admin = KafkaAdminClient(bootstrap_servers=kafka.address)
    try:
        return [each.offset for each in admin.list_group_offsets(group)[group].values()]
    finally:
        admin.close()


def groups(kafka: EmbeddedKafka) -> list[str]:
    admin = KafkaAdminClient(bootstrap_servers=kafka.address)
    try:
        return [each["group_id"] for each in admin.list_groups()]
    finally:
        admin.close()


def test_what_was_published_before_the_start_is_not_lost(
    kafka: EmbeddedKafka, stage: Begin
) -> None:
    """Its group begins at the recorded positions, though its client would begin at the end."""
    scenario = stage(shop(kafka)).begin(["shipments"], ["shipping"])
    cancel(scenario, "ORD-1")
    scenario.services.run("shipping", {})
    cancelled(scenario, "ORD-1")


@pytest.mark.parametrize(("start", "positions"), [("recorded", [0]), ("client", [])])
def test_a_group_is_positioned_or_left_to_its_client(
    start: str, positions: list[int], kafka: EmbeddedKafka, stage: Begin
) -> None:
    """With `start = client` it has no position until the client commits one."""
    begun = stage(shop(kafka, f"start = {start}"))
    begun.begin(services=["shipping"]).services.run("shipping", {})
    assert offsets(kafka, f"shipping-{begun.world.run_id}-s1") == positions


def test_the_first_event_after_it_is_ready_is_handled(kafka: EmbeddedKafka, stage: Begin) -> None:
    """Subscribed means that every partition is assigned to it."""
    begun = stage(shop(kafka) + "\n[evtbdd:channel:more]\n")
    scenario = begun.begin(["shipments"], ["shipping"])
    scenario.services.run("shipping", {})
    cancel(scenario, "ORD-1")
    cancelled(scenario, "ORD-1")


def test_a_service_that_was_killed_is_served_again_at_once(
    kafka: EmbeddedKafka, stage: Begin
) -> None:
    """Its member is expelled; its session would last for six seconds."""
    scenario = stage(shop(kafka, "start timeout = 4 seconds")).begin(["shipments"], ["shipping"])
    scenario.services.run("shipping", {})
    scenario.services.do("shipping", "killed")
    cancel(scenario, "ORD-1")
    scenario.services.do("shipping", "started")
    cancelled(scenario, "ORD-1")


def test_a_service_that_is_not_expelled_waits_for_its_session(
    kafka: EmbeddedKafka, stage: Begin
) -> None:
    """With `expel = no`, as in the field."""
    settings = shop(kafka, "expel = no", "start timeout = 1500 ms")
    scenario = stage(settings).begin(["shipments"], ["shipping"])
    scenario.services.run("shipping", {})
    scenario.services.do("shipping", "killed")
    with pytest.raises(ServiceError) as raised:
        scenario.services.do("shipping", "started")
    assert str(raised.value).startswith(
        'The service "shipping" was not ready (subscribed) within 1.5 seconds: its group '
    )


def test_a_group_of_the_scope_is_deleted_with_it(kafka: EmbeddedKafka, stage: Begin) -> None:
    """That of a feature with the feature."""
    begun = stage(shop(kafka, "scope = feature"))
    begun.begin(services=["shipping"]).services.run("shipping", {})
    begun.world.end()
    assert groups(kafka) == [f"shipping-{begun.world.run_id}-f1"]
    begun.world.end_feature()
    assert groups(kafka) == []


def test_a_group_with_a_name_of_others_is_left_alone(kafka: EmbeddedKafka, stage: Begin) -> None:
    """Nothing is deleted that evtbdd did not create."""
    settings = shop(kafka).replace("shipping-${scope.id}", "shipping")
    begun = stage(settings)
    begun.begin(services=["shipping"]).services.run("shipping", {})
    begun.world.end()
    assert groups(kafka) == ["shipping"]


def test_two_services_of_a_scenario_end_together_with_all_they_had(
    kafka: EmbeddedKafka, stage: Begin, tmp_path: Path
) -> None:
    """Processes, then groups, then channels; nothing is left on the broker."""
    begun = stage(shop(kafka))
    scenario = begun.begin(services=["shipping", "notifications"])
    scenario.services.run("shipping", {})
    scenario.services.run("notifications", {})
    began = [each.name for each in scenario.services.health() if each.running]
    assert began == ["shipping", "notifications"]
    begun.world.end()
    begun.world.channels.finish()
    assert groups(kafka) == []
    admin = KafkaAdminClient(bootstrap_servers=kafka.address)
    try:
        assert [each for each in admin.list_topics() if not each.startswith("__")] == []
    finally:
        admin.close()
