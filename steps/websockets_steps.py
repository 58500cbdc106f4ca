"""WebSockets: clients with names, connected to a service."""

from __future__ import annotations

from evtbdd.phrases import Data, step
from evtbdd.scenario import Scenario
from evtbdd.websockets.opened import websockets_of

SECTION = "WebSockets"
NAMES = {"socket": "NAME", "number": "N", "code": "N"}
SOCKET = 'the WebSocket "{socket}"'
IN_TIME = "[within {within:Duration}] [{in_all=in all}]"
WATCHED = "[during {during:Duration}] [{in_all=in all}]"
Time = float | None


@step(
    f'{SOCKET} is connected to "{{path}}" [of the service "{{service}}"]',
    section=SECTION,
    names=NAMES,
    keyword="Given",
    act=True,
    example='the WebSocket "ann" is connected to "/chat" of the service "chat"',
)
def is_connected(scenario: Scenario, *, socket: str, path: str, service: str | None) -> None:
    """One more client of a service, from now on called so."""
    websockets_of(scenario.facilities).connect(socket, path, service)


@step(
    f'{SOCKET} sends "{{text}}"',
    section=SECTION,
    names=NAMES,
    act=True,
    example='the WebSocket "ann" sends "hello"',
)
def sends(scenario: Scenario, *, socket: str, text: str) -> None:
    """A text as it is."""
    websockets_of(scenario.facilities).send_text(socket, text)


@step(
    f"{SOCKET} sends:",
    section=SECTION,
    names=NAMES,
    act=True,
    example='the WebSocket "ann" sends:\n  """\n  {"say": "hello"}\n  """',
)
def sends_this(scenario: Scenario, *, socket: str, data: Data) -> None:
    """A table or a docstring; a placeholder alone that stands for bytes is sent as such."""
    websockets_of(scenario.facilities).send(socket, data)


@step(
    f"{SOCKET} is {{what=disconnected|reconnected}}",
    section=SECTION,
    names=NAMES,
    act=True,
    example='the WebSocket "ann" is reconnected',
)
def is_made(scenario: Scenario, *, socket: str, what: str) -> None:
    """Closed from this side with code 1000; reconnected, to the same place."""
    websockets_of(scenario.facilities).make(socket, what)


@step(
    f'{SOCKET} receives "{{text}}" {IN_TIME}',
    section=SECTION,
    names=NAMES,
    example='the WebSocket "bob" receives "hello" within 2 seconds',
)
def receives_text(
    scenario: Scenario, *, socket: str, text: str, within: Time, in_all: bool
) -> None:
    """Met by the first message that is this text."""
    websockets_of(scenario.facilities).receives_text(socket, text, within, in_all)


@step(
    f"{SOCKET} receives a message {IN_TIME} [with:|equal to:]",
    section=SECTION,
    names=NAMES,
    example='the WebSocket "bob" receives a message with:\n  | field | value |\n  | say   | hello |',
)
def receives(scenario: Scenario, *, socket: str, within: Time, in_all: bool, data: Data) -> None:
    """Met by the first message like that."""
    websockets_of(scenario.facilities).receives(socket, data, within, in_all)


@step(
    f"{SOCKET} receives at least {{number:Number}} message[s] {IN_TIME} [with:]",
    section=SECTION,
    names=NAMES,
    example='the WebSocket "bob" receives at least 2 messages',
)
def receives_at_least(
    scenario: Scenario, *, socket: str, number: int, within: Time, in_all: bool, data: Data
) -> None:
    """Met as soon as there are so many."""
    websockets_of(scenario.facilities).receives_at_least(socket, number, data, within, in_all)


@step(
    f"{SOCKET} receives exactly {{number:Number}} message[s] {WATCHED} [with:]",
    section=SECTION,
    names=NAMES,
    example='the WebSocket "bob" receives exactly 1 message during 2 seconds',
)
def receives_exactly(
    scenario: Scenario, *, socket: str, number: int, during: Time, in_all: bool, data: Data
) -> None:
    """One too many fails at once; that there are enough, and no more, is watched."""
    websockets_of(scenario.facilities).receives_counted(
        socket, number, number, data, during, in_all
    )


@step(
    f"{SOCKET} receives at most {{number:Number}} message[s] {WATCHED} [with:]",
    section=SECTION,
    names=NAMES,
    example='the WebSocket "bob" receives at most 1 message during 2 seconds',
)
def receives_at_most(
    scenario: Scenario, *, socket: str, number: int, during: Time, in_all: bool, data: Data
) -> None:
    """One too many fails at once; that there are no more is watched."""
    websockets_of(scenario.facilities).receives_counted(socket, 0, number, data, during, in_all)


@step(
    f"{SOCKET} receives no message during {{during:Duration}} [{{in_all=in all}}] [with:]",
    section=SECTION,
    names=NAMES,
    example='the WebSocket "ann" receives no message during 2 seconds',
)
def receives_none(
    scenario: Scenario, *, socket: str, during: float, in_all: bool, data: Data
) -> None:
    """None while it is watched."""
    websockets_of(scenario.facilities).receives_counted(socket, 0, 0, data, during, in_all)


@step(
    f"{SOCKET} is closed [with code {{code:Number}}] [within {{within:Duration}}]",
    section=SECTION,
    names=NAMES,
    example='the WebSocket "ann" is closed with code 4000',
)
def is_closed(scenario: Scenario, *, socket: str, code: int | None, within: Time) -> None:
    """By the service; 1006 is a connection that was lost."""
    websockets_of(scenario.facilities).is_closed(socket, code, within)
