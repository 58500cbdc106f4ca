"""(j) A GET that is asked until it fits, where it fits at once, beside the request alone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.project import EVTBDD, STEPS, run
from benchmarks.table import Row, interleaved, ms, ratio

STEPS_EACH = 100

SERVER = """
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = b'{"status": "paid"}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


Answers.wbufsize = 1 << 16  # one packet an answer
server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
print(server.server_address[1], flush=True)
server.serve_forever()
"""

BY_HAND = """
import os

import httpx
from behave import then

client = httpx.Client(
    base_url=os.environ["BENCH_SERVICE"], limits=httpx.Limits(max_keepalive_connections=0)
)


@then('a GET request to "{path}" returns {status:d} with:')
def returns(context, path, status):
    response = client.get(path)
    assert response.status_code == status
    found = response.json()
    for row in context.table:
        assert found[row["field"]] == row["value"], found
"""


@contextmanager
def service() -> Iterator[str]:
    """A service that answers every GET at once, in a process of its own; its URL."""
    process = subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.kill()
        process.wait()


def feature(scenarios: int) -> str:
    step = '    Then a GET request to "/order" returns 200 with:\n'
    table = "      | field  | value |\n      | status | paid  |\n"
    return "Feature: Polling\n" + "".join(
        f"\n  Scenario: {number}\n{(step + table) * STEPS_EACH}" for number in range(scenarios)
    )


def rows(scenarios: int, rounds: int) -> list[Row]:
    with service() as url:
        settings = f"[evtbdd:service:shop]\nurl = {url}\n"
        ours, floor = interleaved(
            rounds,
            lambda: (
                run(
                    feature(scenarios), environment=EVTBDD, steps=STEPS, settings=settings
                ).a_scenario
            ),
            lambda: (
                run(
                    feature(scenarios),
                    environment="",
                    steps=BY_HAND,
                    variables={"BENCH_SERVICE": url},
                ).a_scenario
            ),
        )
    ours, floor = ours / STEPS_EACH, floor / STEPS_EACH
    what = "(j) a GET that is asked until it fits, and fits at once: a step"
    return [Row(what, ms(ours), ms(floor), ratio(ours, floor), "≤ 1.1×")]
