"""How much a metric of a service has increased since the window's beginning."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

from evtbdd.errors import EvtbddError, ExpectationFailed, PhraseError, ServiceError
from evtbdd.metrics.promise import metrics
from evtbdd.metrics.selector import Selector, samples
from evtbdd.plan import Plan
from evtbdd.scenario import Scenario
from evtbdd.sections import SECTIONS
from evtbdd.settings.load import Settings
from evtbdd.world import World


class Shop:
    """A service of somebody else's that counts its orders."""

    def __init__(self) -> None:
        registry = CollectorRegistry()
        self.orders = Counter("orders", "taken", ["status", "shop"], registry=registry)
        self.seconds = Histogram("seconds", "spent", registry=registry)
        self.answer: Callable[[], tuple[int, bytes]] = lambda: (200, generate_latest(registry))
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, body = shop.answer() if self.path == "/metrics" else (404, b"")
                self.send_response(status)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def take(self, status: str = "ok", number: int = 1) -> None:
        self.orders.labels(status, "main").inc(number)

    def end(self) -> None:
        if self._thread.is_alive():
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = Shop()
    yield shop
    shop.end()


@pytest.fixture
def world(shop: Shop, tmp_path: Path) -> Iterator[World]:
    """A run with the shop, and with a service that has no metrics."""
    (tmp_path / "evtbdd.cfg").write_text(
        f"[evtbdd:service:shop]\nurl = {shop.url}/\n"
        "[evtbdd:service:mute]\ncommand = sleep 60\nready = started\n"
        "[evtbdd:service:handler]\nhandler = a:b\nconsumes = orders\n[evtbdd:channel:orders]\n",
        encoding="utf-8",
    )
    settings = Settings.load(tmp_path, sections=SECTIONS, userdata={}, environ={})
    world = World(settings, tmp_path)
    yield world
    world.close()


@pytest.fixture
def scenario(world: World, tmp_path: Path) -> Scenario:
    """A scenario that asks for metrics, in its first block of acts."""
    plan = Plan()
    for name in ("shop", "mute", "handler"):
        plan.needs("metrics", name)
    scenario = world.begin(plan, tmp_path, "s1")
    scenario.begin_step("given")
    scenario.services.run("shop", {})
    return scenario


def act(scenario: Scenario) -> None:
    scenario.begin_step("when")
    scenario.act()
    scenario.begin_step("then")


def increases(
    scenario: Scenario, text: str, number: int, within: float = 0.2, service: str = "shop"
) -> None:
    metrics(scenario.facilities).increases(text, service, number, within)


def test_what_was_counted_before_does_not_count(shop: Shop, scenario: Scenario) -> None:
    """The window begins with a block of acts, as for events."""
    shop.take(number=5)
    act(scenario)
    shop.take(number=2)
    increases(scenario, "orders_total", 2)
    act(scenario)
    shop.take()
    increases(scenario, "orders_total", 1)


def test_without_acts_the_window_is_the_scenario(shop: Shop, world: World, tmp_path: Path) -> None:
    """What a service that runs elsewhere had counted before does not count."""
    shop.take(number=3)
    plan = Plan()
    plan.needs("metrics", "shop")
    scenario = world.begin(plan, tmp_path, "s1")
    scenario.begin_step("then")
    shop.take()
    increases(scenario, "orders_total", 1)


def test_it_is_waited_for(shop: Shop, scenario: Scenario) -> None:
    """A service counts when it is done."""
    act(scenario)
    answer, asked = shop.answer, []

    def later() -> tuple[int, bytes]:
        asked.append(1)
        if len(asked) == 3:
            shop.take()
        return answer()

    shop.answer = later
    increases(scenario, "orders_total", 1, within=5)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ('orders_total{status="ok"}', 2),
        ('orders_total{status="ok",shop="main"}', 2),
        ('orders_total{status="lost"}', 1),
        ("orders_total", 3),
        ("seconds_count", 1),
        ('seconds_bucket{le="5.0"}', 1),
    ],
)
def test_labels_say_which_are_meant(text: str, number: int, shop: Shop, scenario: Scenario) -> None:
    """Those that are not named are counted together."""
    act(scenario)
    shop.take("ok", 2)
    shop.take("lost")
    shop.seconds.observe(3)
    increases(scenario, text, number)


@pytest.mark.parametrize(
    ("text", "number", "but"),
    [
        ("orders_total", 1, "it did not: it is 4, as it was when the window began (URL)"),
        (
            "order_total",
            1,
            'there is no such metric. Did you mean "orders_total"? (URL)',
        ),
        (
            'orders_total{status="OK"}',
            1,
            'there is no such metric. There are orders_total{shop="main",status="ok"}. (URL)',
        ),
    ],
)
def test_what_does_not_increase_fails(
    text: str, number: int, but: str, shop: Shop, scenario: Scenario
) -> None:
    """With what is there instead."""
    shop.take(number=4)
    act(scenario)
    with pytest.raises(ExpectationFailed) as raised:
        increases(scenario, text, number)
    assert str(raised.value).replace(f"{shop.url}/metrics", "URL") == (
        f'Expected the metric {quoted(text)} of the service "shop" to increase by {number} within '
        f"200 ms\nbut {but}"
    )


def quoted(text: str) -> str:
    return '"' + text.replace('"', '\\"') + '"'


@pytest.mark.parametrize("more", [1, 3])
def test_another_number_fails(more: int, shop: Shop, scenario: Scenario) -> None:
    """Too few when the patience ends, too many at once: it does not become less."""
    shop.take(number=4)
    act(scenario)
    shop.take(number=more)
    with pytest.raises(ExpectationFailed) as raised:
        increases(scenario, "orders_total", 2, within=0.2 if more == 1 else 3600)
    assert f"but it increased by {more}, from 4 to {4 + more} (" in str(raised.value)


def test_a_counter_that_begins_anew_counts_from_zero(shop: Shop, scenario: Scenario) -> None:
    """A service that was restarted has forgotten; Prometheus reads it so too."""
    shop.take(number=4)
    act(scenario)
    shop.orders.clear()
    shop.take(number=2)
    increases(scenario, "orders_total", 2)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((500, b""), "URL answers 500, not 200"),
        ((200, b"<html>"), "what URL answers is not the text format of Prometheus: "),
        ((200, b"#" * 20_000_001), "URL answers more than 20 MB"),
        ((200, b"\xff 1"), "what URL answers is not the text format of Prometheus: "),
    ],
)
def test_what_cannot_be_read_is_an_error(
    answer: tuple[int, bytes], why: str, shop: Shop, scenario: Scenario
) -> None:
    """Nobody knows then what was counted: now, or as the window began."""
    act(scenario)
    good = shop.answer
    shop.answer = lambda: answer
    with pytest.raises(ServiceError) as raised:
        increases(scenario, "orders_total", 1)
    told = str(raised.value).replace(f"{shop.url}/metrics", "URL")
    assert told.startswith(f'The metrics of the service "shop" cannot be read: {why}')
    act(scenario)
    shop.answer = good
    shop.take()
    with pytest.raises(ServiceError) as raised:
        increases(scenario, "orders_total", 1)
    told = str(raised.value).replace(f"{shop.url}/metrics", "URL")
    assert told.startswith(
        f'The metrics of the service "shop" could not be read as the window began: {why}'
    )


def test_a_dead_service_is_an_error(shop: Shop, scenario: Scenario) -> None:
    """That it counts nothing any more says nothing of the system."""
    act(scenario)
    shop.end()
    with pytest.raises(ServiceError, match='The service "shop" does not answer any more: port'):
        increases(scenario, "orders_total", 1)


ERRORS: Mapping[str, tuple[str, str, int, type[EvtbddError], str]] = {
    "nothing": (
        "shop", "orders_total", 0, PhraseError,
        '"orders_total" increases by 0: the number must be 1 or more.',
    ),
    "no metric": (
        "shop", "orders total", 1, PhraseError,
        '"orders total" is no metric; it is written as in orders_total or, with labels, '
        'orders_total{status=\\"ok\\"}.',
    ),
    "nowhere": (
        "mute", "orders_total", 1, ServiceError,
        'The metrics of the service "mute" cannot be read: [evtbdd:service:mute] has neither '
        "metrics = URL nor a url, where they would be at /metrics.",
    ),
    "handler": (
        "handler", "orders_total", 1, ServiceError,
        'The service "handler" is a handler in this process (a:b), and has none of its own: its '
        "metrics cannot be read. Leave out the handler in [evtbdd:service:handler] and give it a "
        "command, and evtbdd starts it as a process.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", ERRORS)
def test_what_cannot_be_meant(case: str, scenario: Scenario) -> None:
    """In a sentence."""
    service, text, number, kind, said = ERRORS[case]
    act(scenario)
    with pytest.raises(kind) as raised:
        increases(scenario, text, number, service=service)
    assert str(raised.value) == said


def test_a_service_that_nothing_foretold_is_an_error(world: World, tmp_path: Path) -> None:
    """Nobody has looked at it as the window began."""
    scenario = world.begin(Plan(), tmp_path, "s1")
    with pytest.raises(PhraseError, match="must name the service as it is, without a placeholder"):
        increases(scenario, "orders_total", 1)


def test_a_sample_is_written_as_prometheus_does() -> None:
    """So that it can be copied into a step."""
    (sample,) = samples('a_total{b="c \\"d\\"",a="1"} 2\n')
    assert str(sample) == 'a_total{a="1",b="c \\"d\\""}'
    assert Selector.parse(str(sample)).total([sample]) == 2.0
