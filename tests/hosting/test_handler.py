"""What is done with an event, by its type, whatever form the code under test has."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import pytest

from evtbdd.errors import SettingsError
from evtbdd.handlers import Incoming, Publish
from evtbdd.hosting.find import found
from evtbdd.hosting.handler import Handler, UnknownType

EVENT = Incoming("orders", "OrderPlaced", "7", {"orderId": 7}, {"trace": "t"})


def publish(channel: str, payload: object, **more: object) -> None:
    """Stands where a publisher is handed over."""


def handed(code: Callable[..., object], event: Incoming = EVENT) -> object:
    """What the code returns for an event."""
    return Handler(code, publish, {"MODE": "fast"}, "HERE").call(event)


def test_parameters_are_handed_over_by_name() -> None:
    """Each part of an event, the publisher, and the variables of the service."""

    def handle(event, payload, type, key, headers, channel, publish, environment):
        return event, payload, type, key, headers, channel, publish, environment

    assert handed(handle) == (
        EVENT,
        {"orderId": 7},
        "OrderPlaced",
        "7",
        {"trace": "t"},
        "orders",
        publish,
        {"MODE": "fast"},
    )


def test_the_one_other_parameter_is_the_payload() -> None:
    """Code names it for what it is."""

    def handle(order, publish):
        return order, publish

    assert handed(handle) == ({"orderId": 7}, publish)


def test_annotations_go_before_names() -> None:
    """As strings too."""

    def handle(what: Incoming, out: Publish):
        return what, out

    assert handed(handle) == (EVENT, publish)


def test_any_other_annotation_means_nothing() -> None:
    """Also one that nothing can be looked up by."""

    def unhashable(order: [], publish: Publish):
        return order, publish

    def unknown(order, publish: Unknown):  # noqa: F821 - as where it is imported for types alone
        return order, publish

    assert handed(unhashable) == handed(unknown) == ({"orderId": 7}, publish)


def test_defaults_are_left_alone() -> None:
    """They are the code's own."""

    def handle(order, retries=3, *rest, **more):
        return order, retries, rest, more

    assert handed(handle) == ({"orderId": 7}, 3, (), {})


def test_what_nobody_has_is_an_error() -> None:
    """It lists what there is."""

    def handle(order, session, clock):
        return order, session, clock

    with pytest.raises(SettingsError) as raised:
        handed(handle)
    assert str(raised.value) == (
        'HERE, handle, asks for "order", "session" and "clock", and can be handed, by these names: '
        "event, payload, type, key, headers, channel, publish, environment."
    )


class ByType:
    def __init__(self, publish, environment):
        self.made_with = (publish, environment["MODE"])

    def place(self, order):
        return "placed", order, self.made_with

    def cancel(self, key):
        return "cancelled", key

    handles: ClassVar = {"OrderPlaced": place, "OrderCancelled": "cancel"}


def test_a_class_handles_by_type() -> None:
    """By methods, as they stand in its body, or by their names."""
    assert handed(ByType) == ("placed", {"orderId": 7}, (publish, "fast"))
    assert handed(ByType, Incoming("orders", "OrderCancelled", "7", None, {})) == ("cancelled", "7")


class Derived(ByType):
    handles: ClassVar = {**ByType.handles, "OrderSeen": lambda order: ("seen", order)}


def test_a_class_may_be_derived() -> None:
    """Methods of its base stay methods; what is none is called as it is."""
    assert handed(Derived) == handed(ByType)
    assert handed(Derived, Incoming("orders", "OrderSeen", None, 5, {})) == ("seen", 5)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (
            "OrderReturned",
            'it handles no events of the type "OrderReturned", only "OrderPlaced" and '
            '"OrderCancelled"',
        ),
        (
            None,
            'it was handed an event without a type, and handles only "OrderPlaced" and '
            '"OrderCancelled"',
        ),
    ],
)
def test_an_unknown_type_is_named(kind: str | None, text: str) -> None:
    """To pass it over would leave it unsaid that nobody handles it."""
    with pytest.raises(UnknownType) as raised:
        handed(ByType, Incoming("orders", kind, "7", None, {}))
    assert str(raised.value) == text


def test_a_class_without_handles_is_handed_everything() -> None:
    """By its method handle, or by being called."""

    class Handles:
        def handle(self, type):
            return type

    class Called:
        def __call__(self, type):
            return type

    for code in (Handles, Called):
        assert handed(code, Incoming("orders", None, None, None, {})) is None
        assert handed(code) == "OrderPlaced"


class Empty:
    pass


class NoMapping:
    handles = ("OrderPlaced",)


class NoMethod:
    handles: ClassVar = {"OrderPlaced": "plaice"}


class Asks:
    def __init__(self, session):
        self.session = session


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (
            Empty,
            "HERE is a class without handles, a mapping of types to methods, and without a method "
            "handle.",
        ),
        (NoMapping, "HERE: its handles is no mapping of types to methods."),
        (NoMethod, "HERE: its handles names what is no method of it."),
        (
            Asks,
            'HERE, a class, asks for "session", and can be handed, by these names: publish, '
            "environment.",
        ),
    ],
)
def test_a_class_that_cannot_be_meant(code: type, text: str) -> None:
    """It is told when the service is started."""
    with pytest.raises(SettingsError) as raised:
        handed(code)
    assert str(raised.value) == text


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("shop", 'HERE handler: "shop" is no place: write package.module:callable.'),
        (
            "no_such_shop:place",
            'HERE handler: "no_such_shop:place" cannot be loaded: ModuleNotFoundError: No module '
            "named 'no_such_shop'.",
        ),
        (
            "own_shop:number",
            'HERE handler: "own_shop:number" is no function and no class, but int.',
        ),
    ],
)
def test_a_place_that_cannot_be_had(place: str, text: str, tmp_path: Path) -> None:
    """With the reason; the project's folder is looked in too."""
    (tmp_path / "own_shop.py").write_text("number = 5\n", encoding="utf-8")
    with pytest.raises(SettingsError) as raised:
        found(place, tmp_path, "HERE")
    assert str(raised.value) == text
