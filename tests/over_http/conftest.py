"""The rig of these tests: a service that answers by script, and scenarios that ask it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest
from webhooks.conftest import Served

from evtbdd.http.facility import ScenarioHttp
from evtbdd.http.opened import http_of
from evtbdd.plan import Plan
from evtbdd.scenario import Scenario
from evtbdd.sections import SECTIONS
from evtbdd.settings.load import Settings
from evtbdd.world import World


@pytest.fixture
def service() -> Iterator[Served]:
    """A service that runs elsewhere."""
    service = Served()
    yield service
    service.webhook.server.close()


def world_of(folder: Path, settings: str) -> World:
    """A run in a folder with these settings."""
    (folder / "evtbdd.cfg").write_text(settings, encoding="utf-8")
    return World(Settings.load(folder, sections=SECTIONS, userdata={}, environ={}), folder)


@pytest.fixture
def world(tmp_path: Path, service: Served) -> Iterator[World]:
    """A run that knows the service by its url."""
    settings = "[evtbdd]\nconnect timeout = 1 second\n[evtbdd:service:shop]\n"
    world = world_of(tmp_path, f"{settings}url = {service.webhook.url}/api/\n")
    yield world
    world.close()


@pytest.fixture
def scenario(world: World, tmp_path: Path) -> Iterator[Scenario]:
    """A scenario of the run, at a step under When."""
    scenario = world.begin(Plan(), tmp_path, "s1")
    scenario.begin_step("when")
    yield scenario
    world.end()


@pytest.fixture
def http(scenario: Scenario) -> ScenarioHttp:
    """Its requests."""
    return http_of(scenario.facilities)


@contextmanager
def speaking(said: bytes, *, hold: bool = False, gate: Event | None = None) -> Iterator[str]:
    """The URL of something that answers every connection with these bytes, once the gate is open."""
    listening = socket.create_server(("127.0.0.1", 0))
    over = Event()

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                connection.recv(10_000)
                if gate is not None:
                    gate.wait()
                connection.sendall(said)
                if hold:
                    over.wait()

    thread = Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
    over.set()
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join(10)
