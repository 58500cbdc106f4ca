"""The shop's services do what their README says."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from datetime import datetime
from itertools import count, islice
from pathlib import Path

import pytest
from systems.conftest import Make
from systems.kafka_ground import KafkaGround
from systems.shops import Running, Shop

SHIPMENT = {"orderId": "ORD-1", "customer": "ann", "status": "shipped", "items": 1}
NOTIFICATION = {
    "orderId": "ORD-1",
    "customer": "ann",
    "message": "Your order ORD-1 is on its way.",
}


# --- shipping ---


def test_an_order_that_is_placed_is_shipped(shop: Shop) -> None:
    """The answer has the same key, its type in a header, and says what was shipped and when."""
    [shipped] = shop.answers()
    tracking, moment = shipped.payload["trackingId"], shipped.payload["shippedAt"]
    assert shipped.payload == {**SHIPMENT, "trackingId": tracking, "shippedAt": moment}
    assert str(uuid.UUID(tracking)) == tracking
    assert datetime.fromisoformat(moment).utcoffset() is not None
    assert (shipped.key, shipped.headers) == ("ORD-1", {"type": "OrderShipped"})


def test_the_type_of_an_order_may_stand_in_its_payload(shop: Shop) -> None:
    """Without a header `type` the payload's `type` counts."""
    assert shop.keys_and_types(shop.answers(type_=None, type="OrderPlaced")) == [
        ("ORD-1", "OrderShipped")
    ]


def test_an_order_that_is_cancelled_is_not_shipped(shop: Shop) -> None:
    """The answer to OrderCancelled is ShipmentCancelled."""
    [cancelled] = shop.answers(type_="OrderCancelled")
    assert cancelled.payload == {"orderId": "ORD-1", "status": "cancelled"}
    assert (cancelled.key, cancelled.type) == ("ORD-1", "ShipmentCancelled")


def test_the_answer_to_a_tombstone_is_a_tombstone(kafka_shop: Shop) -> None:
    """It has the same key; only Kafka has such events."""
    kafka_shop.start("shipping")
    kafka_shop.publish("orders", "ORD-1", None)
    kafka_shop.handled("shipping")
    [tombstone] = kafka_shop.events("shipments")
    assert (tombstone.key, tombstone.value) == ("ORD-1", None)


def test_the_correlation_id_goes_from_service_to_service(shop: Shop) -> None:
    """Every answer has the header `correlation-id` of its cause."""
    shop.start("notifications")
    shop.start("shipping")
    headers = {"type": "OrderPlaced", "correlation-id": "c-7"}
    shop.publish("orders", "ORD-1", json.dumps(shop.ORDER).encode(), headers)
    shop.handled("shipping")
    shop.handled("notifications")
    [shipped] = shop.events("shipments")
    [notified] = shop.events("notifications")
    assert shipped.headers == {"type": "OrderShipped", "correlation-id": "c-7"}
    assert notified.headers == {"type": "CustomerNotified", "correlation-id": "c-7"}


def test_parcels_are_packed_before_the_order_is_shipped(shop: Shop) -> None:
    """Three parcels make three ParcelPacked under the same key, in order, then OrderShipped."""
    *packed, shipped = shop.answers(parcels=3)
    assert [event.payload for event in packed] == [
        {"orderId": "ORD-1", "parcel": number} for number in (1, 2, 3)
    ]
    assert shop.keys_and_types(packed) == [("ORD-1", "ParcelPacked")] * 3
    assert (shipped.key, shipped.type) == ("ORD-1", "OrderShipped")


@pytest.mark.parametrize("total", [0, -1.5])
def test_an_order_with_nothing_to_pay_is_rejected(shop: Shop, total: float) -> None:
    """It is answered by OrderRejected on `rejected`, and not shipped."""
    assert shop.answers(total=total) == []
    [rejected] = shop.events("rejected")
    assert rejected.payload == {"orderId": "ORD-1", "reason": "nothing to pay"}
    assert (rejected.key, rejected.type) == ("ORD-1", "OrderRejected")


UNREADABLE = {
    b"tea, please": "it is not JSON",
    b"\x00\xff": "it is not JSON",
    b"[" * 100_000: "it is not JSON",
    b"": "it is not JSON",
    b"null": "it is no JSON object",
    b"[1, 2]": "it is no JSON object",
    b'{"customer": "ann"}': 'its "orderId" is missing or of the wrong kind',
    b'{"orderId": "1", "customer": "ann", "items": [], "total": true}': 'its "total" is missing or of the wrong kind',
}


BYTES = (b"\x00\xff", b"")
"""Those of them that only some brokers carry."""


def test_what_cannot_be_read_is_passed_on_unchanged_and_stops_nothing(shop: Shop) -> None:
    """It lands on `rejected` with the reason, the log says so, and the next order is shipped."""
    service = shop.start("shipping")
    unreadable = {
        value: reason
        for value, reason in UNREADABLE.items()
        if shop.ground.any_bytes or value not in BYTES
    }
    for value in unreadable:
        shop.publish("orders", "ORD-1", value, {"type": "OrderPlaced", "from": "till 4"})
    shop.place()
    shop.handled("shipping")
    rejected = shop.events("rejected")
    assert {event.value: event.headers.pop("reason") for event in rejected} == unreadable
    assert [event.headers for event in rejected] == [
        {"type": "OrderPlaced", "from": "till 4"}
    ] * len(unreadable)
    assert shop.keys_and_types(shop.events("shipments")) == [("ORD-1", "OrderShipped")]
    said = [
        f"cannot read the order at {place}: {reason}"
        for place, reason in zip(places(shop), unreadable.values(), strict=False)
    ]
    assert_logged(service, "started", *said, "order ORD-1 shipped")


def places(shop: Shop) -> Iterator[str]:
    """What the first, second, … event of a channel is called in the log, as a regular expression."""
    return (shop.ground.place(number) for number in count())


def assert_logged(service: Running, *patterns: str) -> None:
    """The log of a service holds these lines and no others, each a regular expression."""
    name = service.log()[0].partition(":")[0]
    lines = service.log()
    assert len(lines) == len(patterns), lines
    for line, pattern in zip(lines, patterns, strict=True):
        assert re.fullmatch(f"{name}: {pattern}", line)


def test_events_of_other_types_are_ignored(shop: Shop) -> None:
    """They are acknowledged, and the log says so."""
    service = shop.start("shipping")
    shop.place(type_="OrderAudited")
    shop.place(type_=None)
    shop.handled("shipping")
    assert shop.events("shipments") == shop.events("rejected") == []
    assert service.log()[1:] == [
        "shipping: OrderAudited ignored",
        "shipping: an event without a type ignored",
    ]


# --- notifications ---


def test_a_customer_is_notified_of_a_shipment(shop: Shop) -> None:
    """The answer to OrderShipped is CustomerNotified under the same key."""
    shop.start("notifications")
    value = json.dumps(SHIPMENT).encode()
    shop.publish("shipments", "ORD-1", value, {"type": "OrderShipped"})
    shop.handled("notifications")
    [notified] = shop.events("notifications")
    assert notified.payload == NOTIFICATION
    assert (notified.key, notified.type) == ("ORD-1", "CustomerNotified")


def test_customers_hear_of_nothing_else(shop: Shop) -> None:
    """Other types and what cannot be read are logged and stop nothing."""
    service = shop.start("notifications")
    shop.publish("shipments", "ORD-1", b"{}", {"type": "ParcelPacked"})
    shop.publish("shipments", "ORD-1", b"{}", {"type": "OrderShipped"})
    shop.publish("shipments", "ORD-1", b"sent")
    shop.handled("notifications")
    assert shop.events("notifications") == []
    _, second, third, *_ = islice(places(shop), 3)
    assert_logged(
        service,
        "started",
        "ParcelPacked ignored",
        f'cannot read the shipment at {second}: its "orderId" is missing or of the wrong kind',
        f"cannot read the shipment at {third}: it is not JSON",
    )


def test_customers_hear_of_no_tombstone(kafka_shop: Shop) -> None:
    """It is logged."""
    service = kafka_shop.start("notifications")
    kafka_shop.publish("shipments", "ORD-1", None)
    kafka_shop.handled("notifications")
    assert kafka_shop.events("notifications") == []
    assert service.log()[1:] == ["notifications: the removal of order ORD-1 ignored"]


# --- both: settings, groups, starting and stopping ---


def test_a_service_that_is_asked_to_stop_ends_well(shop: Shop) -> None:
    """SIGTERM makes it exit with 0, when the event in its hands is done."""
    service = shop.start("shipping")
    shop.place()
    shop.handled("shipping")
    assert service.stopped() == 0
    assert service.log() == [
        "shipping: started",
        "shipping: order ORD-1 shipped",
        "shipping: stopped",
    ]


def test_a_service_that_is_asked_to_stop_leaves_its_group(
    kafka_shop: Shop, topics: KafkaGround
) -> None:
    """It is empty at once."""
    service = kafka_shop.start("shipping")
    kafka_shop.place()
    kafka_shop.handled("shipping")
    service.stopped()
    assert topics.described(topics.group("shipping"))["group_state"] == "Empty"


def test_a_service_goes_on_where_it_stopped(shop: Shop) -> None:
    """What it acknowledged is not handled again, and what came while it was away is."""
    first = shop.start("shipping")
    shop.place()
    shop.handled("shipping")
    first.stopped()
    shop.place(key="ORD-2", orderId="ORD-2")
    second = shop.launch("shipping")
    shop.handled("shipping")
    assert second.log() == ["shipping: started", "shipping: order ORD-2 shipped"]


def test_a_service_waits_for_a_channel_that_is_not_there(shop: Shop) -> None:
    """It may be created after the start; until then the log says that it is missing."""
    service = shop.launch("shipping", ORDERS=shop.ground.called("orders-new"))
    shop.waited_for(lambda: len(service.log()) >= 2 or None, "a complaint")
    assert service.process.poll() is None
    assert service.log()[0] == "shipping: started"
    assert service.stopped() == 0


def test_a_new_group_begins_at_the_end(kafka_shop: Shop, topics: KafkaGround) -> None:
    """An order that was placed before the group knew any offset is not shipped."""
    kafka_shop.place(key="early", orderId="early")
    kafka_shop.launch("shipping")
    topics.stable(topics.group("shipping"))

    def first_commit() -> int | None:
        # Again and again: when it begins is not seen.
        kafka_shop.place(key="later", orderId="later")
        return topics.committed("shipping", "orders")

    kafka_shop.waited_for(first_commit, "the first commit")
    assert {event.key for event in kafka_shop.events("shipments")} == {"later"}


def test_two_instances_share_the_partitions(wide_shop: Shop, wide_topics: KafkaGround) -> None:
    """Both are members of one group that assigns by range."""
    wide_shop.launch("shipping")
    wide_shop.launch("shipping")
    group = wide_topics.stable(wide_topics.group("shipping"), members=2)
    assert group["protocol_data"] == "range"
    assigned = [member["member_assignment"]["assigned_partitions"] for member in group["members"]]
    assert sorted(partition for [topic] in assigned for partition in topic["partitions"]) == [0, 1]


def test_two_instances_share_the_work(shop: Shop) -> None:
    """Each order is shipped by one of them; which that is, is the broker's affair."""
    shop.start("shipping")
    shop.launch("shipping")
    for number in range(6):
        shop.place(key=f"ORD-{number}", orderId=f"ORD-{number}")
    shop.handled("shipping")
    shipped = sorted(event.key for event in shop.events("shipments"))
    assert shipped == [f"ORD-{number}" for number in range(6)]


@pytest.mark.parametrize(
    ("service", "environment", "sentence"),
    [
        ("shipping", {"REJECTED": ""}, "the environment variable REJECTED is not set"),
        ("notifications", {"BROKER": ""}, "the environment variable BROKER is not set"),
    ],
)
def test_settings_that_are_wrong_are_refused(
    shop: Shop, service: str, environment: dict[str, str], sentence: str
) -> None:
    """The service says what is wrong in one sentence and exits with 2."""
    refused = shop.launch(service, **environment)
    assert refused.exit_code() == 2
    assert refused.log() == [f"{service}: {sentence}"]


def test_a_group_must_be_named_on_kafka(kafka_shop: Shop) -> None:
    """The other brokers have none."""
    refused = kafka_shop.launch("shipping", GROUP="")
    assert refused.exit_code() == 2
    assert refused.log() == ["shipping: the environment variable GROUP is not set"]


def test_answers_can_go_to_another_broker(
    on_kafka: Make, on_rabbitmq: Make, tmp_path: Path
) -> None:
    """ANSWERS says where it is; the service consumes where BROKER says."""
    name = f"evtbdd-{uuid.uuid4().hex[:8]}"
    shop, answered = Shop(on_kafka(name), tmp_path), on_rabbitmq(name)
    try:
        where = answered.environment("shipping")["BROKER"]
        shop.start("shipping", ANSWERS=where, SHIPMENTS=answered.called("shipments"))
        shop.place()
        shop.handled("shipping")
        [shipped] = answered.events("shipments")
        assert (shipped.key, shipped.type) == ("ORD-1", "OrderShipped")
        assert shop.events("shipments") == []
    finally:
        answered.close()
        shop.close()
