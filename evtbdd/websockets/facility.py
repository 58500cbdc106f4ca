"""WebSockets in a run and in a scenario: what the phrases call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack

from evtbdd.errors import PhraseError, UnknownName
from evtbdd.expect.pattern import Pattern
from evtbdd.facilities import Run, Stage
from evtbdd.http.access import Access, access
from evtbdd.http.drafts import message_of
from evtbdd.http.target import Target, target
from evtbdd.journal import Acted, Sent
from evtbdd.phrases import Data
from evtbdd.ports import Ends
from evtbdd.websockets.client import WebSocket
from evtbdd.websockets.closed import IsClosed
from evtbdd.words import quoted, suggestion

SCHEMES = frozenset({"ws", "wss"})
MESSAGE = Pattern(thing="message")


class WebSockets:
    """What every scenario's WebSockets need: how services let evtbdd in."""

    def __init__(self, run: Run) -> None:
        self.services = run.services
        self.patience = run.patience.broker * run.patience.scale
        self._run = run
        self._access: dict[str | None, Access] = {None: Access()}

    def begin(self, stage: Stage, scopes: Mapping[str, str]) -> ScenarioWebSockets:
        """WebSockets belong to their scenario."""
        del scopes
        return ScenarioWebSockets(self, stage)

    def access(self, service: str | None) -> Access:
        """How a service lets evtbdd in. SettingsError where its section cannot be meant."""
        if service not in self._access:
            run = self._run
            self._access[service] = access(run.settings, run.secrets, str(service))
        return self._access[service]

    def close(self) -> None:
        """Nothing is left to give back."""


class ScenarioWebSockets:
    """The WebSockets of one scenario, by their names."""

    def __init__(self, websockets: WebSockets, stage: Stage) -> None:
        self._websockets = websockets
        self._stage = stage
        self._sockets: dict[str, WebSocket] = {}

    # What is done.

    def connect(self, name: str, path: str, service: str | None) -> None:
        """Connect one more. ServiceError where the service does not let it."""
        if name in self._sockets:
            raise PhraseError(
                f"The WebSocket {quoted(name)} is there already; to connect it again, write: "
                f"When the WebSocket {quoted(name)} is reconnected"
            )
        found = target(path, service, self._websockets.services, self._stage.services, SCHEMES)
        let_in = self._websockets.access(found.service)
        url = _as_websocket(found)
        self._sockets[name] = WebSocket(
            name,
            url,
            let_in.headers,
            let_in.context if url.startswith("wss:") else _no_context,
            self._websockets.patience,
            self._stage.journal,
        )

    def send_text(self, name: str, text: str) -> None:
        """Send a text as it is."""
        self._send(name, text)

    def send(self, name: str, data: Data) -> None:
        """Send what stands below the step: JSON, text or bytes."""
        self._send(name, message_of(data, self._stage.values))

    def _send(self, name: str, message: str | bytes) -> None:
        socket = self._get(name)
        self._stage.journal.append(Sent(str(socket.ear), "a message"))
        socket.send(message)

    def make(self, name: str, what: str) -> None:
        """`disconnected` or `reconnected`, which closes it first where it is open."""
        socket = self._get(name)
        self._stage.journal.append(Sent(str(socket.ear), what))
        if socket.closed is None:
            socket.disconnect()
        if what == "reconnected":
            socket.connect()

    def _get(self, name: str) -> WebSocket:
        if name not in self._sockets:
            raise UnknownName(
                f"No WebSocket is called {quoted(name)}. "
                f"{suggestion(name, self._sockets, 'WebSockets')} It is connected by: "
                f'Given the WebSocket {quoted(name)} is connected to "/PATH"'
            )
        return self._sockets[name]

    # What is expected.

    def receives_text(self, name: str, text: str, within: float | None, in_all: bool) -> None:
        """A message that is this text."""
        pattern = Pattern(thing="message", text=text)
        self._stage.expect.arrives(self._get(name).ear, pattern, None, within, in_all)

    def receives(self, name: str, data: Data, within: float | None, in_all: bool) -> None:
        """A message comes."""
        self._stage.expect.arrives(self._get(name).ear, MESSAGE, data, within, in_all)

    def receives_at_least(
        self, name: str, number: int, data: Data, within: float | None, in_all: bool
    ) -> None:
        """So many messages come, or more."""
        self._stage.expect.at_least(self._get(name).ear, number, MESSAGE, data, within, in_all)

    def receives_counted(
        self, name: str, least: int, most: int, data: Data, during: float | None, in_all: bool
    ) -> None:
        """Between so many and so many messages come."""
        ear = self._get(name).ear
        self._stage.expect.counted(ear, least, most, MESSAGE, data, during, in_all)

    def is_closed(self, name: str, code: int | None, within: float | None) -> None:
        """The service closes it."""
        self._stage.expect.ask(IsClosed(self._get(name), code), within)

    # A facility without placeholders.

    def begin_block(self) -> None:
        """A block of acts is about to begin: note how many messages each has received."""
        ends: Mapping[str, Ends] = {socket.ear: socket.ends for socket in self._sockets.values()}
        self._stage.journal.append(Acted(ends))

    def fact(self, name: str) -> object:
        """Nothing."""
        raise KeyError(name)

    def known(self) -> Sequence[str]:
        """Nothing."""
        return ()

    def end(self) -> None:
        """Close them all."""
        with ExitStack() as given_back:
            for socket in self._sockets.values():
                given_back.callback(socket.disconnect)
        self._sockets.clear()


def _as_websocket(found: Target) -> str:
    """The URL with the scheme of a WebSocket: the same place as by HTTP."""
    for scheme, instead in (("http:", "ws:"), ("https:", "wss:")):
        if found.url.startswith(scheme):
            return instead + found.url.removeprefix(scheme)
    return found.url


def _no_context() -> None:
    return None
