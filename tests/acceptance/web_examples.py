"""Red examples of HTTP, webhooks and WebSockets: for every Then-phrase a fault that turns it red.

Each is a scenario about the shop or the chat of tests/systems/web, which is given the fault.
"""

from __future__ import annotations

from dataclasses import dataclass

ORDER = """\
When a POST request is sent to "/orders" of the service "shop":
| field | value |
| id | ORD-1 |
| customer | ann |
"""
IN_BACKGROUND = ORDER.replace('"shop":', '"shop" in the background:')
PAID = 'Then the log of the service "shop" contains "order ORD-1 "\n'
RETRIED = 'Given the webhook "payments" answers 500, 1 time, then 200\n' + ORDER
HI = 'When the WebSocket "ann" sends "echo hi"\n'
HELLO = """\
When the WebSocket "ann" sends:
| field | value |
| say | hello |
"""
BYE = """\
When the WebSocket "ann" sends:
| field | value |
| close | 4000 |
"""
SAID = 'Then the log of the service "chat" contains "done with"\n'
CONNECTED = """\
Given the WebSocket "ann" is connected to "/chat" of the service "chat"
Given the WebSocket "bob" is connected to "/chat" of the service "chat"
Then the log of the service "chat" contains "connected" at least 2 times
"""
AMOUNT = "\n| field | value |\n| amount | 20 |"
STATUS = "\n| field | value |\n| status | paid |"
SAYS = "\n| field | value |\n| say | hello |"


@dataclass(frozen=True)
class WebExample:
    """A Then-step and the fault that makes it red; `phrase` begins as the phrase is printed."""

    name: str
    phrase: str
    then: str
    fault: str
    act: str = ORDER

    @property
    def service(self) -> str:
        """Whose fault it is."""
        return "chat" if "WebSocket" in self.then else "shop"

    def scenario(self) -> str:
        """The service has its fault, and is asked."""
        return self._scenario(self.fault, self.act)

    def scenario_on_dead_service(self) -> str:
        """The same, with a service that ends at the first thing that it is asked."""
        fault = "crash-on-request" if self.service == "shop" else "crash-on-message"
        first = self.act.partition(PAID)[0].partition(SAID)[0]
        return self._scenario(fault, f'{first}When the service "{self.service}" has died\n')

    def scenario_on_dead_webhook(self) -> str:
        """The same, with a webhook whose port is gone, and nothing that calls it."""
        gone = 'When the webhook "payments" is gone\n'
        return _written(self.name, f"{gone}Then {self.then}\n")

    def _scenario(self, fault: str, act: str) -> str:
        running = f'Given the service "{self.service}" is running with:\n| name | value |\n'
        connected = CONNECTED if self.service == "chat" else ""
        return _written(
            self.name, f"{running}| FAULT | {fault} |\n{connected}{act}Then {self.then}\n"
        )


def _written(name: str, steps: str) -> str:
    """A scenario as a feature file has it."""
    lines = [f"      {x}" if x.startswith(("|", '"""')) else f"    {x}" for x in steps.splitlines()]
    return "\n".join([f"  Scenario: {name}", *lines, ""])


WEB_EXAMPLES = (
    WebExample(
        "the response arrives, silent",
        "the response arrives",
        "the response arrives within 300 ms",
        "silent",
        IN_BACKGROUND,
    ),
    WebExample(
        "the response arrives, dropped",
        "the response arrives",
        "the response arrives within 3 seconds",
        "drops",
    ),
    WebExample(
        "no response arrives, one does",
        "no response arrives",
        "no response arrives during 1 second",
        "wrong-status",
        IN_BACKGROUND,
    ),
    WebExample(
        "the status, a wrong one",
        "the response status is",
        "the response status is 201",
        "wrong-status",
    ),
    WebExample(
        "the response has, a wrong field",
        "the response has:",
        "the response has:\n| field | value |\n| status | placed |\n| id | ORD-1 |",
        "wrong-answer",
    ),
    WebExample(
        "the response has, unreadable",
        "the response has:",
        "the response has:\n| field | value |\n| status | placed |",
        "garbage-answer",
    ),
    WebExample(
        "a GET returns, stuck",
        "a GET request to",
        f'a GET request to "/orders/ORD-1" of the service "shop" returns 200 within 300 ms with:{STATUS}',
        "stuck",
    ),
    WebExample(
        "a GET returns, with a wrong status",
        "a GET request to",
        'a GET request to "/orders/ORD-1" of the service "shop" returns 200 within 300 ms',
        "wrong-status",
    ),
    WebExample(
        "a GET returns, and does not stay so",
        "a GET request to",
        'a GET request to "/orders/ORD-1" of the service "shop" returns 200 within 2 seconds '
        f"and stays so during 2 seconds with:{STATUS}",
        "flapping",
    ),
    WebExample(
        "a DELETE returns, with a wrong status",
        "a (POST|PUT|PATCH|DELETE) request to",
        'a DELETE request to "/orders/ORD-1" of the service "shop" returns 204',
        "wrong-status",
    ),
    WebExample(
        "the webhook receives, nothing",
        'the webhook "NAME" receives a (GET',
        'the webhook "payments" receives a POST request to "/pay" within 300 ms',
        "dropped-payment",
        ORDER + PAID,
    ),
    WebExample(
        "the webhook receives, a wrong amount",
        'the webhook "NAME" receives a (GET',
        f'the webhook "payments" receives a POST request to "/pay" within 300 ms with:{AMOUNT}',
        "wrong-amount",
        ORDER + PAID,
    ),
    WebExample(
        "the webhook receives, at a wrong path",
        'the webhook "NAME" receives a (GET',
        'the webhook "payments" receives a POST request to "/pay" within 300 ms',
        "wrong-path",
        ORDER + PAID,
    ),
    WebExample(
        "the webhook receives at least, too few",
        'the webhook "NAME" receives at least',
        'the webhook "payments" receives at least 3 requests to "/pay" within 300 ms',
        "gives-up",
        RETRIED + PAID,
    ),
    WebExample(
        "the webhook receives exactly, one too many",
        'the webhook "NAME" receives exactly',
        'the webhook "payments" receives exactly 2 requests to "/pay" during 300 ms',
        "duplicate-payment",
        ORDER + PAID,
    ),
    WebExample(
        "the webhook receives exactly, too few",
        'the webhook "NAME" receives exactly',
        'the webhook "payments" receives exactly 2 requests to "/pay" during 300 ms',
        "dropped-payment",
        ORDER + PAID,
    ),
    WebExample(
        "the webhook receives at most, one too many",
        'the webhook "NAME" receives at most',
        'the webhook "payments" receives at most 2 requests during 300 ms',
        "duplicate-payment",
        ORDER + PAID,
    ),
    WebExample(
        "the webhook receives these, in another order",
        'the webhook "NAME" receives these',
        'the webhook "payments" receives these requests to "/pay" in order within 300 ms:\n'
        "| @method | amount |\n| POST | 20 |\n| POST | 1 |",
        "wrong-order",
        ORDER + PAID,
    ),
    WebExample(
        "the webhook receives none, it does",
        'the webhook "NAME" receives no request',
        'the webhook "payments" receives no request to "/pay" during 300 ms with:\n'
        "| field | value |\n| amount | 0 |",
        "wrong-amount",
        ORDER + PAID,
    ),
    WebExample(
        "the WebSocket receives a text, another one",
        'the WebSocket "NAME" receives "TEXT"',
        'the WebSocket "ann" receives "hi" within 300 ms',
        "wrong-message",
        HI + SAID,
    ),
    WebExample(
        "the WebSocket receives a text, of 50 MB",
        'the WebSocket "NAME" receives "TEXT"',
        'the WebSocket "ann" receives "hi" within 3 seconds',
        "large-message",
        HI,
    ),
    WebExample(
        "the WebSocket receives a message, with a wrong field",
        'the WebSocket "NAME" receives a message',
        f'the WebSocket "bob" receives a message within 300 ms with:{SAYS}',
        "wrong-message",
        HELLO + SAID,
    ),
    WebExample(
        "the WebSocket receives at least, too few",
        'the WebSocket "NAME" receives at least',
        'the WebSocket "bob" receives at least 1 message within 300 ms',
        "dropped-message",
        HELLO + SAID,
    ),
    WebExample(
        "the WebSocket receives exactly, one too many",
        'the WebSocket "NAME" receives exactly',
        'the WebSocket "bob" receives exactly 1 message during 300 ms',
        "duplicate-message",
        HELLO + SAID,
    ),
    WebExample(
        "the WebSocket receives at most, one too many",
        'the WebSocket "NAME" receives at most',
        'the WebSocket "bob" receives at most 1 message during 300 ms',
        "duplicate-message",
        HELLO + SAID,
    ),
    WebExample(
        "the WebSocket receives none, it does",
        'the WebSocket "NAME" receives no message',
        'the WebSocket "ann" receives no message during 300 ms',
        "echoes-all",
        HELLO + SAID,
    ),
    WebExample(
        "the WebSocket is closed, it stays open",
        'the WebSocket "NAME" is closed',
        'the WebSocket "ann" is closed within 300 ms',
        "stays-open",
        BYE + SAID,
    ),
    WebExample(
        "the WebSocket is closed, with another code",
        'the WebSocket "NAME" is closed',
        'the WebSocket "ann" is closed with code 4000',
        "wrong-code",
        BYE,
    ),
)
"""What a fault turns into a failure."""

WEB_UNPROVEN = (
    WebExample(
        "the webhook receives exactly, without a time",
        'the webhook "NAME" receives exactly',
        'the webhook "payments" receives exactly 1 request to "/refund"',
        "wrong-amount",
        ORDER + PAID,
    ),
    WebExample(
        "the webhook receives none, but one cannot be read",
        'the webhook "NAME" receives no request',
        'the webhook "payments" receives no request during 300 ms with:\n'
        "| field | value |\n| amount | 5 |",
        "garbage-payment",
        ORDER + PAID,
    ),
    WebExample(
        "the WebSocket receives none, but it is closed",
        'the WebSocket "NAME" receives no message',
        'the WebSocket "ann" receives no message during 300 ms',
        "wrong-code",
        BYE,
    ),
)
"""Claims that nothing contradicts and nothing proves: an error, never green."""
