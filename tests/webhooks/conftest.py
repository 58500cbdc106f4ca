"""The rig of these tests: a webhook that journals and answers by a script, and scenarios with one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from evtbdd.journal import Journal, Seen
from evtbdd.plan import Plan
from evtbdd.scenario import Scenario
from evtbdd.sections import SECTIONS
from evtbdd.settings.load import Settings
from evtbdd.webhooks.request import Request
from evtbdd.webhooks.script import Script
from evtbdd.webhooks.settings import Declaration
from evtbdd.webhooks.webhook import Webhook
from evtbdd.world import World

SETTINGS = """\
[evtbdd:webhook:payments]
[evtbdd:webhook:refunds]
"""


class Served:
    """A webhook, its script, and what it has noted."""

    def __init__(self) -> None:
        self.journal = Journal()
        self.webhook = Webhook(Declaration("payments", 0, "scenario"))
        self.script: Script = self.webhook.begin(self.journal)

    @property
    def port(self) -> int:
        return self.webhook.server.port

    def requests(self) -> list[Request]:
        """Those that are noted, in their order."""
        entries = [noted.entry for noted in self.journal.since()]
        return [e.event for e in entries if isinstance(e, Seen) and isinstance(e.event, Request)]


@pytest.fixture
def served() -> Iterator[Served]:
    """A webhook that answers 200 until it is told otherwise."""
    served = Served()
    yield served
    served.webhook.server.close()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A run whose settings declare two webhooks."""
    (tmp_path / "evtbdd.cfg").write_text(SETTINGS, encoding="utf-8")
    settings = Settings.load(tmp_path, sections=SECTIONS, userdata={}, environ={})
    world = World(settings, tmp_path)
    yield world
    world.close()


@pytest.fixture
def scenario(world: World, tmp_path: Path) -> Iterator[Scenario]:
    """The first scenario of the run."""
    yield world.begin(Plan(), tmp_path, "s1")
    world.end()
