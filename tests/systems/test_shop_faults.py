"""The shop's services can do wrong whatever their README lists."""

from __future__ import annotations

import json
import re
import runpy
import time
from datetime import datetime

import pytest
from systems.kafka_ground import KafkaGround
from systems.shops import SHOP, Shop

FAULTS = runpy.run_path(str(SHOP / "faults.py"))["FAULTS"]


def test_wrong_status(shop: Shop) -> None:
    """The order is said to be pending."""
    [shipped] = shop.answers("wrong-status")
    assert shipped.payload["status"] == "pending"


def test_wrong_key(shop: Shop) -> None:
    """The answer has another key than its order."""
    assert shop.keys_and_types(shop.answers("wrong-key")) == [("wrong-ORD-1", "OrderShipped")]


def test_wrong_type(shop: Shop) -> None:
    """The answer has a type that nobody knows."""
    assert shop.keys_and_types(shop.answers("wrong-type")) == [("ORD-1", "WrongOrderShipped")]


def test_missing_field(shop: Shop) -> None:
    """The answer does not name the customer, and the other fields are there."""
    [shipped] = shop.answers("missing-field")
    assert set(shipped.payload) == {"orderId", "status", "items", "trackingId", "shippedAt"}


def test_garbage(shop: Shop) -> None:
    """The answer is no JSON, and the next service survives it."""
    notifications = shop.start("notifications")
    [answer] = shop.answers("shipping:garbage")
    carried = b"\x00\xff no JSON" if shop.ground.any_bytes else b" no JSON"
    assert (answer.key, answer.type, answer.value) == ("ORD-1", "OrderShipped", carried)
    shop.handled("notifications")
    [line] = notifications.log()[1:]
    place = shop.ground.place(0)
    assert re.fullmatch(f"notifications: cannot read the shipment at {place}: it is not JSON", line)


def test_dropped(shop: Shop) -> None:
    """The order is handled and committed, and nothing is published."""
    assert shop.answers("dropped") == []


def test_duplicate(shop: Shop) -> None:
    """The answer is there twice, the same bytes."""
    first, second = shop.answers("duplicate")
    assert first.value == second.value
    assert shop.keys_and_types([first, second]) == [("ORD-1", "OrderShipped")] * 2


def test_wrong_order(shop: Shop) -> None:
    """The order is shipped before its parcels are packed, the last one first."""
    shipped, *packed = shop.answers("wrong-order", parcels=3)
    assert shipped.type == "OrderShipped"
    assert [event.payload["parcel"] for event in packed] == [3, 2, 1]


def test_extra_event(shop: Shop) -> None:
    """One more order is shipped that nobody placed."""
    shipped, intruder = shop.answers("extra-event")
    assert (shipped.key, shipped.payload["orderId"]) == ("ORD-1", "ORD-1")
    assert (intruder.key, intruder.payload["orderId"]) == ("intruder", "intruder")
    assert intruder.type == "OrderShipped"


def test_no_tombstone(kafka_shop: Shop) -> None:
    """A tombstone is handled and committed, and no tombstone is published."""
    kafka_shop.start("shipping", "no-tombstone")
    kafka_shop.publish("orders", "ORD-1", None)
    kafka_shop.handled("shipping")
    assert kafka_shop.events("shipments") == []


def test_never_commits(shop: Shop) -> None:
    """The answer is there, and the order is not committed."""
    service = shop.start("shipping", "never-commits")
    shop.place()
    service.wait_for_line("shipping: order ORD-1 shipped")
    assert shop.open("shipping") == 1
    assert [event.type for event in shop.events("shipments")] == ["OrderShipped"]


@pytest.mark.parametrize(("fault", "shared"), [("", True), ("spread-keys", False)])
def test_spread_keys(wide_shop: Shop, fault: str, shared: bool) -> None:
    """Answers with one key lie in several partitions; without the fault they share one."""
    wide_shop.start("shipping", fault)
    for key in ["ORD-1", "ORD-2"] * 2:
        wide_shop.place(key=key)
    wide_shop.handled("shipping")
    used: dict[str, list[int]] = {"ORD-1": [], "ORD-2": []}
    for event in wide_shop.events("shipments"):
        used[event.key].append(event.partition)
    assert [len(partitions) for partitions in used.values()] == [2, 2]
    assert [len(set(partitions)) == 1 for partitions in used.values()] == [shared, shared]


def test_late(shop: Shop) -> None:
    """The answer is published so many seconds after the order was shipped."""
    shop.start("shipping", "late", LATE="0.7")
    shop.place()
    [shipped] = shop.waited_for(lambda: shop.events("shipments") or None, "the answer")
    moment = datetime.fromisoformat(shipped.payload["shippedAt"]).timestamp()
    assert time.time() - moment >= 0.7


def test_crash_at_start(shop: Shop) -> None:
    """The service says why, and exits with 3 before it started."""
    service = shop.launch("shipping", FAULT="crash-at-start")
    assert service.exit_code() == 3
    assert service.log() == ["shipping: cannot open the ledger"]


def test_crash_on_event(shop: Shop) -> None:
    """The service ends at the first order; the order is not committed."""
    service = shop.start("shipping", "crash-on-event")
    shop.place()
    assert service.exit_code() == 1
    log = service.log()
    assert log == ["shipping: started", "fatal: the ledger does not add up"]
    assert shop.open("shipping") == 1
    assert shop.events("shipments") == []


def test_dead_but_running(shop: Shop) -> None:
    """The service started and lives, and another one has all the work."""
    dead = shop.launch("shipping", FAULT="dead-but-running")
    dead.wait_for_line("shipping: started")
    assert len(shop.answers()) == 1
    assert dead.process.poll() is None
    assert dead.log() == ["shipping: started"]
    assert dead.stopped() == 0


def test_dead_but_running_is_in_no_group(kafka_shop: Shop, topics: KafkaGround) -> None:
    """Also when a later service has worked."""
    dead = kafka_shop.launch("shipping", FAULT="dead-but-running", GROUP=topics.group("dead"))
    dead.wait_for_line("shipping: started")
    assert kafka_shop.answers() != []
    assert topics.described(topics.group("dead"))["members"] == []


def test_subscribed_elsewhere(shop: Shop) -> None:
    """The service ships the orders of a topic that nobody uses, and not those of its own."""
    shop.ground.begin("shipping", "orders")
    shop.ground.begin("shipping", "orders-old")
    shop.place(key="ORD-1")
    service = shop.launch("shipping", FAULT="subscribed-elsewhere")
    old = json.dumps({**shop.ORDER, "orderId": "OLD-1"}).encode()
    shop.publish("orders-old", "OLD-1", old, {"type": "OrderPlaced"})
    service.wait_for_line("shipping: order OLD-1 shipped")
    assert shop.keys_and_types(shop.events("shipments")) == [("OLD-1", "OrderShipped")]
    assert shop.open("shipping") == 1


def test_quiet_log(shop: Shop) -> None:
    """The service works and says nothing, to its end."""
    service = shop.start("shipping", "quiet-log")
    shop.place()
    shop.handled("shipping")
    assert service.stopped() == 0
    assert shop.keys_and_types(shop.events("shipments")) == [("ORD-1", "OrderShipped")]
    assert service.log() == []


def test_faults_can_be_combined_and_given_to_one_service(shop: Shop) -> None:
    """Each service has the faults that name it or no service, in the order they were named."""
    faults = "shipping:duplicate, notifications:wrong-key, wrong-status"
    shop.start("notifications", faults)
    shipped = shop.answers(faults)
    assert [(event.key, event.payload["status"]) for event in shipped] == [("ORD-1", "pending")] * 2
    shop.handled("notifications")
    assert (
        shop.keys_and_types(shop.events("notifications"))
        == [("wrong-ORD-1", "CustomerNotified")] * 2
    )


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (
            "duplicate, wrong-mood",
            f'there is no fault "wrong-mood"; there are {", ".join(FAULTS)}',
        ),
        (
            "notifications:wrong-order",
            '"notifications" cannot have the fault "wrong-order", only shipping',
        ),
        (
            "shiping:late",
            '"shiping" cannot have the fault "late", only shipping, notifications',
        ),
    ],
)
def test_faults_that_are_none_are_refused(shop: Shop, fault: str, sentence: str) -> None:
    """The service says what is wrong in one sentence and exits with 2."""
    refused = shop.launch("shipping", FAULT=fault)
    assert refused.exit_code() == 2
    assert refused.log() == [f"shipping: {sentence}"]


def test_every_fault_is_tested_and_stands_in_the_readme() -> None:
    """The README's table is the table in faults.py, and each fault has a test of its name."""
    rows = re.findall(r"^\| `([a-z-]+)` \| (.+) \|$", (SHOP / "README.md").read_text(), re.M)
    assert dict(rows) == {name: fault.does for name, fault in FAULTS.items()}
    tests = {name.removeprefix("test_").replace("_", "-") for name in globals()}
    assert set(FAULTS) <= tests
