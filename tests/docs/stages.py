"""What stands behind the examples of docs/errors.md: all that their reader need not see.

A stage is named by the comment above an example: `example: shop duplicate` is the stage `shop` with
the argument `duplicate`.
"""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from acceptance.examples import ORDER
from acceptance.project import settings_of_shop
from acceptance.red import BROKER_STEPS
from acceptance.sqs_project import RECEIVE, SQS_SHOP
from acceptance.test_late_answers import SERVICE, SETTINGS, STEPS
from acceptance.web import SETTINGS as WEB_SETTINGS
from acceptance.web import STEPS as WEB_STEPS
from acceptance.web import WEB
from brokers.secured import Secured

from evtbdd.embedded.kafka import EmbeddedKafka

LOCAL = "127.0.0.1"
URL = "EVTBDD_BROKER_MAIN_URL"
CHANNELS = "[evtbdd:channel:orders]\n[evtbdd:channel:shipments]\n"
BROKER = f"[evtbdd:broker:main]\n{CHANNELS}"
KAFKA = f"[evtbdd:broker:main]\nurl = kafka+embedded://\n{CHANNELS}"

FILES = {"steps/gone_steps.py": BROKER_STEPS.encode()}


@dataclass(frozen=True)
class Stage:
    """What a project has beside the settings and the steps that the page shows.

    `before_when` are the steps before those of the page where these begin with When, `before_then`
    where they begin with Then; `steps` stand for those of the page where it shows none. `earlier` are
    the steps of a scenario before that of the page. `at_the_end` is told what behave prints when all
    is done, `command` what a command of evtbdd prints.
    """

    settings: str = CHANNELS
    before_when: str = ""
    before_then: str = ""
    steps: str = 'Given the channel "orders" exists'
    earlier: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    at_the_end: bool = False
    command: bool = False


Around = tuple[ExitStack, Secured | None]
"""What is closed when the examples have run; and a Kafka with users, where there is one."""


def memory(_: Around, __: str) -> Stage:
    """Two channels in memory, and a variable of the environment."""
    return Stage(environment={"CUSTOMER_OF_THE_DAY": "ann"})


def end(_: Around, arguments: str) -> Stage:
    """The same, with arguments for behave; what is told at the end counts."""
    return Stage(arguments=tuple(arguments.split()), at_the_end=True)


def kafka(_: Around, __: str) -> Stage:
    """The same on an embedded Kafka."""
    return Stage(settings=KAFKA)


def broken_off(_: Around, when: str) -> Stage:
    """An embedded Kafka that goes away before the page's steps (`early`) or after them (`late`)."""
    gone = 'When an event is published to "orders"\nAnd the broker "main" is gone'
    return Stage(
        settings=KAFKA,
        before_then=gone,
        steps=gone,
        files=FILES,
        at_the_end=when == "late",
    )


def shop(_: Around, fault: str) -> Stage:
    """The shipping service of tests/systems/shop, with a fault; it has done with an order."""
    settings = settings_of_shop()
    if fault:
        settings = settings.replace("GROUP =", f"FAULT = {fault}\n    GROUP =")
    if fault == "dead-but-running":
        settings = settings.replace(
            "consumes = orders", "consumes = orders\nstart timeout = 2 seconds"
        )
    if fault == "spread-keys":
        heading = "[evtbdd:channel:shipments]\n"
        settings = settings.replace(heading, f"{heading}partitions = 3\n")
    done = 'Then the log of the service "shipping" contains "order ORD-1 shipped"'
    if fault == "crash-on-event":
        done = 'When the service "shipping" has died'
    running = 'Given the service "shipping" is running'
    return Stage(
        settings=settings,
        before_when=running,
        before_then=f"{running}\n{ORDER}{done}",
        files=FILES,
    )


def web(_: Around, fault: str) -> Stage:
    """The shop and the chat of tests/systems/web, with a fault; an order, or a client of the chat."""
    environment = f"environment =\n    FAULT = {fault}\n"
    settings = WEB_SETTINGS.replace("environment =\n", environment)
    shop = 'Given the service "shop" is running\n'
    return Stage(
        settings=settings + environment,
        before_when=shop
        + 'And the service "chat" is running\n'
        + 'And the WebSocket "ann" is connected to "/chat" of the service "chat"',
        before_then=shop
        + 'When a POST request is sent to "/orders" of the service "shop":\n'
        + "  | field | value |\n  | id    | ORD-1 |\n"
        + 'Then the log of the service "shop" contains "order ORD-1 "',
        files={"steps/dead_steps.py": WEB_STEPS.encode()},
    )


def web_page(_: Around, __: str) -> Stage:
    """The shop and the chat of tests/systems/web, in the project itself."""
    files = {name: (WEB / name).read_bytes() for name in ("shop.py", "chat.py")}
    return Stage(settings="", files=files)


def late(around: Around, gate: str) -> Stage:
    """A service that outlives scenarios, and holds the answer to one until the gate is opened."""
    folder = Path(around[0].enter_context(tempfile.TemporaryDirectory()))
    os.mkfifo(folder / "gate")
    settings = SETTINGS.format(
        correlation="",
        acknowledges="acknowledges = last",
        service=SERVICE,
        gate=folder / "gate",
    )
    running = 'Given the service "late" is running\n'
    order = 'When an "OrderPlaced" event is published to "orders" with key "{0}":\n'
    order += "  | field   | value |\n  | orderId | {0} |\n"
    return Stage(
        settings=settings.replace("proof timeout = 3 seconds", "proof timeout = 1 second"),
        before_then=running
        + order.format("ORD-2")
        + ("And the gate is opened\n" if gate == "opened" else ""),
        earlier=running + order.format("ORD-1") + "  | hold    | true  |\n",
        files={"steps/gate_steps.py": STEPS.encode()},
        environment={"GATE": str(folder / "gate")},
    )


def sqs(_: Around, __: str) -> Stage:
    """A queue of an embedded SQS, and services that receive one event each."""
    return Stage(settings=SQS_SHOP, files={"receive.py": RECEIVE.encode()})


def refused(around: Around, _: str) -> Stage:
    """A broker where nothing listens."""
    with socket.create_server((LOCAL, 0)) as listener:
        port = listener.getsockname()[1]
    return Stage(settings=BROKER, environment={URL: f"kafka://{LOCAL}:{port}"})


def silent(around: Around, _: str) -> Stage:
    """A broker that accepts connections and never answers."""
    listener = around[0].enter_context(socket.create_server((LOCAL, 0), backlog=64))
    address = f"{LOCAL}:{listener.getsockname()[1]}"
    return Stage(settings=BROKER, environment={URL: f"kafka://{address}"})


def advertising(around: Around, name: str) -> Stage:
    """A broker that answers, and sends its clients to another name."""
    broker = around[0].enter_context(EmbeddedKafka(advertised=(name, 9092)))
    return Stage(settings=BROKER, environment={URL: f"kafka://{broker.address}"})


def secured(around: Around, listener: str) -> Stage:
    """A real Kafka with users and certificates, at one of its listeners."""
    broker = around[1]
    assert broker is not None, "the example needs a Kafka with users"
    files = {path.name: path.read_bytes() for path in broker.certificates.iterdir()}
    return Stage(
        settings=CHANNELS,
        files=files,
        environment={URL: f"kafka://{broker.addresses[listener]}"},
    )


def command(around: Around, _: str) -> Stage:
    """A command of evtbdd, where the broker is one that cannot be reached."""
    return Stage(
        settings=BROKER, environment=refused(around, "").environment, command=True, steps=""
    )


STAGES: Mapping[str, Callable[[Around, str], Stage]] = {
    each.__name__: each
    for each in (
        memory,
        end,
        kafka,
        broken_off,
        shop,
        web,
        web_page,
        late,
        sqs,
        refused,
        silent,
        advertising,
        secured,
        command,
    )
}
NEED_SECURED = {"secured"}


def stage(directive: str, around: Around) -> Stage:
    """The stage of a comment such as `shop duplicate`."""
    name, _, argument = directive.partition(" ")
    return STAGES[name](around, argument)
