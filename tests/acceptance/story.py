"""The story of tests/systems/story, run as its README says, and with its faults."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from acceptance.project import ROOT, SHOP, Project

STORY = ROOT / "tests" / "systems" / "story"
SERVICES = STORY / "services"


def missing() -> str | None:
    """Why the services of Node cannot be started here, as a sentence; None where they can.

    Brings what they need, once for each state of the lock file.
    """
    if shutil.which("npm") is None:
        return "There is no npm: apt-get install nodejs npm brings it."
    installed = SERVICES / "node_modules" / ".package-lock.json"
    lock = SERVICES / "package-lock.json"
    if installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime:
        return None
    run = subprocess.run(
        ["npm", "ci", "--no-progress"],
        cwd=SERVICES,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return None if run.returncode == 0 else f"npm ci did not bring what they need:\n{run.stderr}"


def story(url: str) -> subprocess.CompletedProcess[str]:
    """The story, on the broker of a URL."""
    command = [sys.executable, "-m", "behave", "--no-color", "-f", "progress3"]
    return subprocess.run(
        [*command, f"-Devtbdd.broker.main.url={url}"],
        cwd=STORY,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def project(folder: Path) -> Project:
    """A project of its own with the services of the story."""
    settings = (STORY / "evtbdd.cfg").read_text(encoding="utf-8")
    for near, there in {
        "services/": f"{SERVICES}/",
        "../shop": str(SHOP),
        "schema.sql": str(STORY / "schema.sql"),
    }.items():
        settings = settings.replace(near, there)
    made = Project(folder)
    made.write("evtbdd.cfg", settings)
    return made


@dataclass(frozen=True)
class RedStory:
    """A step of the story, and the fault of one of its services that makes it red."""

    then: str
    service: str
    fault: str
    variable: str = "FAULT"
    bank: str = "200"

    @property
    def name(self) -> str:
        """What its scenario is called."""
        return f"{self.service}, {self.fault}"

    def scenario(self) -> str:
        """The order is placed, and everything that comes of it in the end has come."""
        running = "".join(
            f'    Given the service "{each}" is running{self._fault(each)}\n'
            for each in ("gateway", "shipping", "billing")
        )
        return (
            f"  Scenario: {self.name}\n{running}"
            '    And the WebSocket "ann" is connected to "/news" of the service "gateway"\n'
            f'    And the webhook "bank" answers {self.bank}\n'
            '    When a POST request is sent to "/orders" of the service "gateway":\n'
            '      """\n      {"orderId": "ORD-1", "total": 7}\n      """\n'
            f"    Then {self.then}\n"
        )

    def _fault(self, service: str) -> str:
        if service != self.service:
            return ""
        return f" with:\n      | name | value |\n      | {self.variable} | {self.fault} |"


PAID = 'a "PaymentTaken" event arrives on "payments"\n    '
RED = (
    RedStory(
        "the response status is 202",
        "gateway",
        "wrong-answer",
    ),
    RedStory(
        'an "OrderPlaced" event arrives on "orders" within 500 ms',
        "gateway",
        "accepts-nothing",
    ),
    RedStory(
        PAID + 'And the WebSocket "ann" receives a message within 500 ms',
        "gateway",
        "no-news",
    ),
    RedStory(
        'the WebSocket "ann" receives a message with:\n'
        "      | field  | value |\n      | status | paid  |",
        "gateway",
        "wrong-news",
    ),
    RedStory(
        PAID + 'And the webhook "bank" receives exactly 1 request during 300 ms',
        "billing",
        "bills-twice",
    ),
    RedStory(
        'a "PaymentTaken" event arrives on "payments" within 1 second',
        "billing",
        "gives-up",
        bank="500, 2 times, then 200",
    ),
    RedStory(
        PAID + 'And the webhook "bank" receives a POST request to "/payments" within 300 ms',
        "billing",
        "bills-nobody",
    ),
    RedStory(
        PAID + 'And the table "shipments" of the database "shop" has exactly 1 row within 300 ms',
        "shipping",
        "no row",
        variable="LEDGER_FAULT",
    ),
    RedStory(
        PAID + 'And the table "shipments" of the database "shop" has no row within 300 ms with:\n'
        "      | field  | value |\n      | status | lost  |",
        "shipping",
        "wrong row",
        variable="LEDGER_FAULT",
    ),
    RedStory(
        PAID + "When the same request is sent again\n    "
        'Then at least 2 "PaymentTaken" events arrive on "payments" in all\n    '
        'And the table "shipments" of the database "shop" has exactly 1 row per "order_id" '
        "within 300 ms",
        "shipping",
        "row each time",
        variable="LEDGER_FAULT",
    ),
)
