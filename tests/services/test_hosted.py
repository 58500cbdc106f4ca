"""A service that is a handler: handed events in this process, watched like any other service."""

from __future__ import annotations

import textwrap
import threading
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from evtbdd.channels.message import Draft
from evtbdd.errors import (
    ExpectationFailed,
    ServiceError,
    SettingsError,
    Unproven,
    UnsupportedCapability,
)
from evtbdd.expect.pattern import Pattern
from evtbdd.phrases import Data
from evtbdd.scenario import Scenario
from evtbdd.services.declaration import Declaration

from .conftest import Stage, load

NO_DATA = Data(None, None, ("f.feature", 1), None)
NUMBERS = count()
CHANNELS = """\
[evtbdd:channel:orders]
types = OrderPlaced
dead letter = dead
attempts = 3
[evtbdd:channel:shipments]
types = OrderShipped
[evtbdd:channel:dead]
types = OrderPlaced
"""
GATE: dict[str, threading.Event] = {}
"""What handlers wait for that hang; by the names of their modules."""


class Handled:
    """A scenario with the service "shipping", which is a handler with this code."""

    def __init__(self, stage: Callable[[str], Stage], folder: Path, code: str, more: str) -> None:
        self.module = f"shop_{next(NUMBERS)}"
        (folder / f"{self.module}.py").write_text(textwrap.dedent(code), encoding="utf-8")
        self.stage = stage(
            CHANNELS + "[evtbdd]\ntimeout = 2 seconds\nproof timeout = 500 ms\n"
            f"[evtbdd:service:shipping]\nhandler = {self.module}:Code\nconsumes = orders\n"
            f"publishes = shipments\ngrace = 100 ms\n{more}"
        )
        self.scenario = self.begin()

    def begin(self) -> Scenario:
        """The next scenario; what it needs is there."""
        return self.stage.begin(["orders", "shipments", "dead"], ["shipping"])

    def start(self) -> Handled:
        self.scenario.services.run("shipping", {})
        return self

    def publish(self, type: str = "OrderPlaced", number: int = 7) -> None:
        draft = Draft(type, str(number), payload={"orderId": number}, said_payload=True)
        self.scenario.begin_step("when")
        self.scenario.act()
        self.scenario.publisher.event("orders", draft, NO_DATA)
        self.scenario.begin_step("then")

    def arrives(self, channel: str, type: str, within: float | None = None) -> None:
        self.scenario.expect.arrives(channel, Pattern(type), NO_DATA, within, False)

    def none_follows(self, type: str = "OrderShipped", channel: str = "shipments") -> None:
        self.scenario.expect.counted(channel, 0, 0, Pattern(type), NO_DATA, None, False)


@pytest.fixture
def handled(stage: Callable[[str], Stage], tmp_path: Path) -> Callable[..., Handled]:
    """Begin with a code; it is not started."""
    return lambda code, more="": Handled(stage, tmp_path, code, more)


SHIPS = """
    class Code:
        def __init__(self, publish):
            self.publish = publish

        def place(self, order):
            self.publish("shipments", {"of": order["orderId"]}, type="OrderShipped", key="k")

        handles = {"OrderPlaced": place}
    """
ASYNC = """
    import asyncio

    async def Code(order, publish):
        await asyncio.sleep(0)
        publish("shipments", {"of": order["orderId"]}, type="OrderShipped", headers={"a": "b"})
    """
FAILS = """
    def Code(order):
        raise OSError("the disk is full")
    """


@pytest.mark.parametrize("code", [SHIPS, ASYNC], ids=["class", "async"])
def test_what_it_publishes_arrives(code: str, handled: Callable[..., Handled]) -> None:
    """As from any other service."""
    shop = handled(code).start()
    shop.publish()
    shop.arrives("shipments", "OrderShipped")


def test_what_came_before_it_was_started_is_handed_to_it(
    handled: Callable[..., Handled],
) -> None:
    """As to a consumer group that is positioned at the recorded ends."""
    shop = handled(SHIPS)
    shop.publish()
    shop.start().arrives("shipments", "OrderShipped")


def test_that_nothing_follows_is_proven(handled: Callable[..., Handled]) -> None:
    """When it has returned, and nobody is left who could publish, nothing can come any more."""
    shop = handled("def Code(order): pass").start()
    shop.publish()
    shop.none_follows()


def test_that_nothing_follows_is_contradicted(handled: Callable[..., Handled]) -> None:
    """It is waited for the handler to be done, so that what it published stands in the journal."""
    shop = handled(SHIPS).start()
    shop.publish()
    with pytest.raises(ExpectationFailed):
        shop.none_follows()


def test_nothing_is_proven_where_nobody_consumes(handled: Callable[..., Handled]) -> None:
    """Of an event that no handler was handed nobody knows what becomes of it."""
    shop = handled("def Code(order): pass").start()
    shop.scenario.begin_step("when")
    shop.scenario.act()
    shop.scenario.publisher.event("dead", Draft("OrderPlaced", "1"), NO_DATA)
    with pytest.raises(Unproven, match="But nothing proves it either"):
        shop.none_follows()


def test_a_handler_that_is_stopped_proves_nothing(handled: Callable[..., Handled]) -> None:
    """What waits for it may still come to something."""
    shop = handled("def Code(order): pass").start()
    shop.publish()
    shop.scenario.services.do("shipping", "stopped")
    with pytest.raises(Unproven, match="But nothing proves it either"):
        shop.none_follows()


def test_what_it_raises_is_a_rejection(handled: Callable[..., Handled]) -> None:
    """After as many attempts as the channel grants, the event is a dead letter; nothing followed."""
    shop = handled(FAILS).start()
    shop.publish()
    shop.arrives("dead", "OrderPlaced")
    shop.none_follows()


def test_rejections_are_told_where_something_is_missed(handled: Callable[..., Handled]) -> None:
    """With the code's own line, and what became of the event."""
    shop = handled(FAILS).start()
    shop.publish()
    shop.arrives("dead", "OrderPlaced")
    with pytest.raises(ExpectationFailed) as raised:
        shop.arrives("shipments", "OrderShipped", 0.05)
    told = [line.strip() for line in str(raised.value).split("\n") if "rejected" in line]
    rejected = (
        'meanwhile: the service "shipping" rejected an "OrderPlaced" event with key "7" on "orders": '
        f"OSError: the disk is full, at {shop.module}.py line 3, in Code"
    )
    assert told == [
        f"{rejected} (attempt 1 of 3)",
        f"{rejected} (attempt 2 of 3)",
        f'{rejected} (attempt 3 of 3, and it went to "dead")',
    ]


def test_it_may_take_an_event_at_a_later_attempt(handled: Callable[..., Handled]) -> None:
    """Then it is no dead letter."""
    shop = handled("""
        def Code(event, publish):
            if event.attempt < 3:
                raise OSError("not yet")
            publish("shipments", {}, type="OrderShipped")
        """).start()
    shop.publish()
    shop.arrives("shipments", "OrderShipped")
    shop.none_follows("OrderPlaced", "dead")


def test_a_payload_that_cannot_be_read_is_rejected(handled: Callable[..., Handled]) -> None:
    """The code is not called with what is none."""
    shop = handled(SHIPS).start()
    shop.scenario.publisher.raw("orders", Draft(None, "1", raw=b"not json"))
    shop.scenario.expect.arrives("dead", Pattern(None, "1"), NO_DATA, None, False)


@pytest.mark.parametrize(
    ("code", "lost"),
    [
        (SHIPS, 'it handles no events of the type "OrderLost", only "OrderPlaced"'),
        (
            'def Code(publish): publish("shipmnts", {})',
            'it published to "shipmnts", which [evtbdd:service:shipping] does not name in publishes. '
            'Did you mean "shipments"?',
        ),
        ("import sys\ndef Code(order): sys.exit(3)", "SystemExit ended it, at {module}.py line 2, in Code"),
    ],
    ids=["unknown type", "undeclared channel", "exit"],
)  # fmt: skip
def test_what_a_handler_must_not_do_proves_nothing(
    code: str, lost: str, handled: Callable[..., Handled]
) -> None:
    """It ends the service: a claim is an error then, and so is what does not arrive."""
    shop = handled(code).start()
    shop.publish("OrderLost")
    with pytest.raises(ServiceError) as raised:
        shop.arrives("dead", "OrderPlaced")
    first = str(raised.value).split("\n")[0]
    lost = lost.format(module=shop.module)
    assert first.startswith('The service "shipping" stopped at +0.')
    assert first.endswith(
        f": {lost}, so nothing can be said of what was expected.".replace("?,", "?,")
    )
    with pytest.raises(Unproven, match="a dead service proves nothing"):
        shop.none_follows()


HANGS = """
    import sys
    from threading import Event
    GATE = Event()

    def Code(order):
        GATE.wait()
    """
HANGS_ASYNC = """
    import asyncio

    async def deeper():
        await asyncio.Event().wait()

    async def Code(order):
        await deeper()
    """


@pytest.mark.parametrize(
    ("code", "place"), [(HANGS, "line 7, in Code"), (HANGS_ASYNC, "line 5, in deeper")]
)
def test_a_handler_that_hangs_holds_nobody_up(
    code: str, place: str, handled: Callable[..., Handled]
) -> None:
    """The step's patience ends, and its text says where the handler is."""
    shop = handled(code).start()
    shop.publish()
    with pytest.raises(ExpectationFailed) as raised:
        shop.arrives("shipments", "OrderShipped", 0.2)
    (busy,) = [line.strip() for line in str(raised.value).split("\n") if "meanwhile" in line]
    assert busy.startswith(
        'meanwhile: the service "shipping" has been handling an "OrderPlaced" event with key "7" on '
        '"orders" since +'
    )
    assert busy.endswith(f", and is at {shop.module}.py {place}")
    with pytest.raises(Unproven) as unproven:
        shop.none_follows()
    assert busy[-30:] in str(unproven.value)
    __import__(shop.module).__dict__.get("GATE", threading.Event()).set()


def test_one_that_hangs_at_the_end_is_told_of(handled: Callable[..., Handled]) -> None:
    """Its thread is a daemon's, and publishes nothing any more."""
    shop = handled(HANGS).start()
    shop.publish()
    with pytest.raises(ExpectationFailed):
        shop.arrives("shipments", "OrderShipped", 0.2)
    shop.stage.world.end()
    (left,) = shop.stage.world.services.left_behind
    assert left == (
        'of the service "shipping": The handler of the service "shipping" does not end: it handles '
        f'an "OrderPlaced" event with key "7" on "orders" still, and is at {shop.module}.py line 7, '
        "in Code. Its thread is left to itself."
    )
    shop.stage.world.services.left_behind.clear()
    __import__(shop.module).GATE.set()
    for each in threading.enumerate():
        if each.name.startswith("handler of"):
            each.join()


def test_one_that_waits_for_something_is_cancelled(handled: Callable[..., Handled]) -> None:
    """An async handler can be; nothing is left of it."""
    shop = handled(HANGS_ASYNC).start()
    shop.publish()
    with pytest.raises(ExpectationFailed):
        shop.arrives("shipments", "OrderShipped", 0.2)
    shop.stage.world.end()
    assert shop.stage.world.services.left_behind == []


def test_it_goes_on_where_it_stood(handled: Callable[..., Handled]) -> None:
    """What came while it was stopped waits for it; what it had acknowledged does not come again."""
    shop = handled(SHIPS).start()
    shop.publish(number=1)
    shop.arrives("shipments", "OrderShipped")
    shop.scenario.begin_step("when")
    shop.scenario.services.do("shipping", "stopped")
    assert not shop.scenario.services.get("shipping").running
    shop.publish(number=2)
    shop.scenario.services.do("shipping", "started")
    shop.scenario.expect.counted("shipments", 1, 1, Pattern("OrderShipped"), NO_DATA, None, False)
    shop.scenario.services.do("shipping", "restarted")
    shop.scenario.expect.counted("shipments", 1, 1, Pattern("OrderShipped"), NO_DATA, None, False)


def test_it_can_outlive_a_scenario(handled: Callable[..., Handled]) -> None:
    """What the first scenario left to it is known to be done before the next one claims anything."""
    shop = handled(HANGS, "scope = feature").start()
    shop.publish(number=1)
    shop.stage.world.end()
    shop.scenario = shop.begin()
    shop.start()
    shop.publish(number=2)
    with pytest.raises(Unproven, match="But nothing proves it either"):
        shop.none_follows()
    __import__(shop.module).GATE.set()
    shop.none_follows()


def test_it_is_handed_the_environment_of_the_service(handled: Callable[..., Handled]) -> None:
    """That of its section, with its placeholders replaced, and that of the step."""
    shop = handled(
        """
        def Code(publish, environment):
            publish("shipments", dict(environment), type="OrderShipped")
        """,
        "environment =\n    TOPIC = ${channel.shipments}\n    MODE = slow\n",
    )
    shop.scenario.services.run("shipping", {"MODE": "fast"})
    shop.publish()
    shop.arrives("shipments", "OrderShipped")
    (its,) = shop.scenario.expect._expect.its
    physical = shop.scenario.channels.physical("shipments")
    assert its.event.payload == {"TOPIC": physical, "MODE": "fast"}


@pytest.mark.parametrize(
    ("act", "but"),
    [
        ("killed", "it cannot be killed"),
        ("paused", "it cannot be paused"),
        ("resumed", "it cannot be resumed"),
        ("log", "its log cannot be read"),
    ],
)
def test_what_needs_a_process_is_refused(
    act: str, but: str, handled: Callable[..., Handled]
) -> None:
    """In a sentence that says what would be right."""
    shop = handled(SHIPS).start()
    services = shop.scenario.services
    with pytest.raises(ServiceError) as raised:
        services.log_since("shipping") if act == "log" else services.do("shipping", act)
    assert str(raised.value) == (
        f'The service "shipping" is a handler in this process ({shop.module}:Code), and has none of '
        f"its own: {but}. Leave out the handler in [evtbdd:service:shipping] and give it a command, "
        "and evtbdd starts it as a process."
    )


def test_a_constructor_that_fails_is_a_service_that_does_not_start(
    handled: Callable[..., Handled],
) -> None:
    """With the line that failed."""
    shop = handled("class Code:\n    def __init__(self): raise OSError('no database')")
    with pytest.raises(ServiceError) as raised:
        shop.start()
    assert str(raised.value) == (
        'The handler of the service "shipping" could not be made: OSError: no database '
        f"({shop.module}.py line 2, in __init__)."
    )


def test_a_broker_elsewhere_hands_nothing_over(
    stage: Callable[[str], Stage], tmp_path: Path
) -> None:
    """A handler on Kafka would need a client of its own: that is what a process is for."""
    (tmp_path / "elsewhere_shop.py").write_text("def Code(order): pass\n", encoding="utf-8")
    begun = stage(
        CHANNELS + "[evtbdd:broker:main]\nurl = kafka+embedded://\n"
        "[evtbdd:service:shipping]\nhandler = elsewhere_shop:Code\nconsumes = orders\n"
    )
    with pytest.raises(UnsupportedCapability) as raised:
        begun.begin(["orders"], ["shipping"]).services.run("shipping", {})
    assert str(raised.value) == (
        'The service "shipping" is a handler, which is handed its events in this process; "orders" '
        "lies on Kafka, and only memory does that. Set url = memory:// in [evtbdd:broker:main], or "
        "leave out the handler and give the service a command."
    )


def test_a_handler_goes_before_a_command(tmp_path: Path) -> None:
    """So a profile can put it in the place of one; readiness and group are the process's."""
    section = (
        "[evtbdd:service:s]\ncommand = run\nhandler = a:b\nconsumes = orders\nready = exit 0\n"
    )
    declared = Declaration.of_settings(load(CHANNELS + section, tmp_path), "s")
    assert (declared.command, declared.handler, declared.acknowledges) == ((), "a:b", "last")
    empty = section.replace("a:b", "")
    assert Declaration.of_settings(load(CHANNELS + empty, tmp_path), "s").command == ("run",)


def test_a_handler_that_consumes_nothing_is_an_error(tmp_path: Path) -> None:
    """Nothing would ever be handed to it."""
    settings = load("[evtbdd:service:s]\nhandler = a:b\n", tmp_path)
    with pytest.raises(SettingsError) as raised:
        Declaration.of_settings(settings, "s")
    assert str(raised.value) == (
        "[evtbdd:service:s] has a handler, and is handed nothing: consumes = … says of which "
        "channels."
    )


def test_it_needs_no_keeper(handled: Callable[..., Handled]) -> None:
    """So it can be used on Windows, and costs no process."""
    shop = handled(SHIPS).start()
    shop.publish()
    shop.arrives("shipments", "OrderShipped")
    assert shop.stage.world.keeper._keeper is None
