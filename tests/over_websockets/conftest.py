"""The rig of these tests: a service that speaks WebSocket as a test says, and scenarios with clients."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from over_http.conftest import world_of
from websockets.sync.server import ServerConnection, serve

from evtbdd.plan import Plan
from evtbdd.scenario import Scenario
from evtbdd.websockets.facility import ScenarioWebSockets
from evtbdd.websockets.opened import websockets_of
from evtbdd.world import World

Serving = Callable[[ServerConnection], None]


@contextmanager
def serving(behaviour: Serving, **options: Any) -> Iterator[str]:
    """The URL of a service that does this with each connection."""
    server = serve(behaviour, "127.0.0.1", 0, **options)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.socket.getsockname()[1]}"
    server.shutdown()
    thread.join(10)


def echo(client: ServerConnection) -> None:
    """Say all of it again; a number of JSON closes with that code."""
    for message in client:
        if isinstance(message, str) and message.isdecimal():
            client.close(int(message), "as you wish")
        else:
            client.send(message)


@pytest.fixture
def service() -> Iterator[str]:
    """A service that says again what it hears."""
    with serving(echo) as url:
        yield url


@pytest.fixture
def world(tmp_path: Path, service: str) -> Iterator[World]:
    """A run that knows the service by its url."""
    settings = "[evtbdd]\nconnect timeout = 1 second\n[evtbdd:service:chat]\ncommand = chat\n"
    world = world_of(tmp_path, f"{settings}url = {service}\n")
    yield world
    world.close()


@pytest.fixture
def scenario(world: World, tmp_path: Path) -> Iterator[Scenario]:
    """A scenario of the run."""
    yield world.begin(Plan(), tmp_path, "s1")
    world.end()


@pytest.fixture
def sockets(scenario: Scenario) -> ScenarioWebSockets:
    """Its WebSockets; one, called ann, is connected."""
    sockets = websockets_of(scenario.facilities)
    sockets.connect("ann", "/chat", None)
    return sockets
