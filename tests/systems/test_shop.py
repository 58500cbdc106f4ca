"""The shop's services do what their README says."""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Shop

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


def test_the_answer_to_a_tombstone_is_a_tombstone(shop: Shop) -> None:
    """It has the same key."""
    shop.start("shipping")
    shop.handled("shipping", shop.publish("orders", "ORD-1", None))
    [tombstone] = shop.events("shipments")
    assert (tombstone.key, tombstone.value) == ("ORD-1", None)


def test_the_correlation_id_goes_from_service_to_service(shop: Shop) -> None:
    """Every answer has the header `correlation-id` of its cause."""
    shop.start("notifications")
    shop.start("shipping")
    headers = {"type": "OrderPlaced", "correlation-id": "c-7"}
    shop.handled(
        "shipping", shop.publish("orders", "ORD-1", json.dumps(shop.ORDER).encode(), headers)
    )
    shop.handled("notifications", 0)
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


def test_what_cannot_be_read_is_passed_on_unchanged_and_stops_nothing(shop: Shop) -> None:
    """It lands on `rejected` with the reason, the log says so, and the next order is shipped."""
    service = shop.start("shipping")
    for value in UNREADABLE:
        shop.publish("orders", "ORD-1", value, {"type": "OrderPlaced", "from": "till 4"})
    shop.handled("shipping", shop.place())
    rejected = shop.events("rejected")
    assert {event.value: event.headers.pop("reason") for event in rejected} == UNREADABLE
    assert [event.headers for event in rejected] == [
        {"type": "OrderPlaced", "from": "till 4"}
    ] * len(UNREADABLE)
    assert shop.keys_and_types(shop.events("shipments")) == [("ORD-1", "OrderShipped")]
    assert service.log() == [
        "shipping: started",
        *(
            f"shipping: cannot read the order at partition 0 offset {offset}: {reason}"
            for offset, reason in enumerate(UNREADABLE.values())
        ),
        "shipping: order ORD-1 shipped",
    ]


def test_events_of_other_types_are_ignored(shop: Shop) -> None:
    """They are acknowledged, and the log says so."""
    service = shop.start("shipping")
    shop.place(type_="OrderAudited")
    shop.handled("shipping", shop.place(type_=None))
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
    shop.handled(
        "notifications", shop.publish("shipments", "ORD-1", value, {"type": "OrderShipped"})
    )
    [notified] = shop.events("notifications")
    assert notified.payload == NOTIFICATION
    assert (notified.key, notified.type) == ("ORD-1", "CustomerNotified")


def test_customers_hear_of_nothing_else(shop: Shop) -> None:
    """Tombstones, other types and what cannot be read are logged and stop nothing."""
    service = shop.start("notifications")
    shop.publish("shipments", "ORD-1", None)
    shop.publish("shipments", "ORD-1", b"{}", {"type": "ParcelPacked"})
    shop.publish("shipments", "ORD-1", b"{}", {"type": "OrderShipped"})
    shop.handled("notifications", shop.publish("shipments", "ORD-1", b"sent"))
    assert shop.events("notifications") == []
    assert service.log() == [
        "notifications: started",
        "notifications: the removal of order ORD-1 ignored",
        "notifications: ParcelPacked ignored",
        "notifications: cannot read the shipment at partition 0 offset 2: "
        'its "orderId" is missing or of the wrong kind',
        "notifications: cannot read the shipment at partition 0 offset 3: it is not JSON",
    ]


# --- both: settings, groups, starting and stopping ---


def test_a_service_that_is_asked_to_stop_leaves_its_group_and_ends_well(shop: Shop) -> None:
    """SIGTERM makes it exit with 0, and its group is empty at once."""
    service = shop.start("shipping")
    shop.handled("shipping", shop.place())
    assert service.stopped() == 0
    assert service.log() == [
        "shipping: started",
        "shipping: order ORD-1 shipped",
        "shipping: stopped",
    ]
    assert shop.described(service.group)["group_state"] == "Empty"


def test_a_service_goes_on_where_it_stopped(shop: Shop) -> None:
    """What it committed is not handled again, and what came while it was away is."""
    first = shop.start("shipping")
    shop.handled("shipping", shop.place())
    first.stopped()
    missed = shop.place(key="ORD-2", orderId="ORD-2")
    second = shop.launch("shipping")
    shop.handled("shipping", missed)
    assert second.log() == ["shipping: started", "shipping: order ORD-2 shipped"]


def test_a_new_group_begins_at_the_end(shop: Shop) -> None:
    """An order that was placed before the group knew any offset is not shipped."""
    shop.place(key="early", orderId="early")
    service = shop.launch("shipping")
    shop.stable(service.group)

    def first_commit() -> int | None:
        shop.place(key="later", orderId="later")  # again and again: when it begins is not seen
        return shop.committed("shipping")

    shop.waited_for(first_commit, "the first commit")
    assert {event.key for event in shop.events("shipments")} == {"later"}


def test_two_instances_share_the_partitions(wide_shop: Shop) -> None:
    """Both are members of one group that assigns by range."""
    wide_shop.launch("shipping")
    service = wide_shop.launch("shipping")
    group = wide_shop.stable(service.group, members=2)
    assert group["protocol_data"] == "range"
    assigned = [member["member_assignment"]["assigned_partitions"] for member in group["members"]]
    assert sorted(partition for [topic] in assigned for partition in topic["partitions"]) == [0, 1]


@pytest.mark.parametrize(
    ("service", "environment", "sentence"),
    [
        ("shipping", {"REJECTED": ""}, "the environment variable REJECTED is not set"),
        ("notifications", {"KAFKA": ""}, "the environment variable KAFKA is not set"),
    ],
)
def test_settings_that_are_wrong_are_refused(
    shop: Shop, service: str, environment: dict[str, str], sentence: str
) -> None:
    """The service says what is wrong in one sentence and exits with 2."""
    refused = shop.launch(service, **environment)
    assert refused.exit_code() == 2
    assert refused.log() == [f"{service}: {sentence}"]
