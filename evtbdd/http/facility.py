"""HTTP in a run and in a scenario: what the phrases call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evtbdd.errors import PhraseError
from evtbdd.expect.count import Absent
from evtbdd.expect.described import pattern_of
from evtbdd.facilities import Run, Stage
from evtbdd.http.access import Access, access
from evtbdd.http.answered import RESPONSE, AnsweredWith, with_status
from evtbdd.http.client import Client
from evtbdd.http.exchange import Asked, Wanted
from evtbdd.http.polled import Polled
from evtbdd.http.sender import Sender, asked_of
from evtbdd.http.target import Target
from evtbdd.phrases import Data


class Http:
    """The clients of a run: one for each service that is asked, and one for all else."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._clients: dict[tuple[str | None, bool], Client] = {}

    def begin(self, stage: Stage, scopes: Mapping[str, str]) -> ScenarioHttp:
        """Requests belong to their scenario."""
        del scopes
        return ScenarioHttp(Sender(self.client, self._run.services, stage), stage)

    def client(self, target: Target) -> Client:
        """The client for a target. SettingsError where its service's section cannot be meant."""
        name, tls = target.service, target.url.startswith("https:")
        if (name, tls) not in self._clients:
            run = self._run
            let_in = Access() if name is None else access(run.settings, run.secrets, name)
            patience = run.patience.broker * run.patience.scale
            self._clients[name, tls] = Client(let_in, patience, tls=tls)
        return self._clients[name, tls]

    def close(self) -> None:
        """Forget them."""
        self._clients.clear()


class ScenarioHttp:
    """The requests that one scenario sends."""

    def __init__(self, sender: Sender, stage: Stage) -> None:
        self._sender = sender
        self._stage = stage
        self._last: tuple[Wanted, Asked] | None = None

    # What is sent.

    def send(
        self, method: str, path: str, service: str | None, data: Data, in_background: bool
    ) -> None:
        """Send a request, and wait for the response unless that is to come in the background."""
        self._act(method)
        self._send([self._sender.wanted(method, path, service, data)], wait=not in_background)

    def send_several(
        self, number: int, method: str, path: str, service: str | None, data: Data
    ) -> None:
        """Send a request so many times, one after the other, placeholders made fresh each time."""
        if number < 2:
            raise PhraseError(
                f"{number} requests are sent: the number must be 2 or more; one request is sent by: "
                f"When a {method} request is sent"
            )
        self._act(method)
        several = []
        for _ in range(number):
            several.append(self._sender.wanted(method, path, service, data))
            self._stage.values.next_event()
        self._send(several, wait=True)

    def send_again(self) -> None:
        """Send what was sent last once more, to the byte."""
        wanted, _ = self._sent()
        self._act(wanted.method)
        self._send([wanted], wait=True)

    def _act(self, method: str, *, looks: bool = False) -> None:
        if method != "GET":
            self._stage.act(looks=looks)

    def _send(self, several: Sequence[Wanted], *, wait: bool) -> None:
        asked = asked_of(several)
        self._last = several[-1], asked
        self._sender.send(several, asked, wait=wait)

    def _sent(self) -> tuple[Wanted, Asked]:
        if self._last is None:
            raise PhraseError(
                "No step of this scenario has sent a request, so there is none to speak of."
            )
        return self._last

    # What is expected.

    def response_arrives(self, within: float | None) -> None:
        """What was sent last is answered."""
        _, asked = self._sent()
        self._stage.expect.ask(AnsweredWith(asked, RESPONSE), within)

    def no_response(self, during: float) -> None:
        """What was sent last is not answered while it is watched."""
        _, asked = self._sent()
        self._stage.expect.watch(Absent(asked, RESPONSE), during)

    def status_is(self, status: int) -> None:
        """Every response to what was sent last has that status."""
        _, asked = self._sent()
        self._stage.expect.ask(AnsweredWith(asked, with_status(status)), None)

    def response_has(self, data: Data) -> None:
        """Every response to what was sent last is as described."""
        _, asked = self._sent()
        pattern = pattern_of(data, RESPONSE, self._stage.values)
        self._stage.expect.ask(AnsweredWith(asked, pattern), None)

    def returns(
        self,
        method: str,
        path: str,
        service: str | None,
        status: int,
        data: Data,
        within: float | None = None,
        stays: float | None = None,
    ) -> None:
        """What a request returns: a GET is asked again until it does, anything else once."""
        nothing = Data(None, None, data.location, None)
        wanted = self._sender.wanted(method, path, service, nothing)
        pattern = pattern_of(data, with_status(status), self._stage.values)
        if method == "GET":
            Polled(self._sender, wanted, pattern).settle(self._stage, within=within, stays=stays)
            return
        self._act(method, looks=True)
        self._send([wanted], wait=True)
        self._stage.expect.ask(AnsweredWith(self._sent()[1], pattern), None)

    # A facility without placeholders.

    def begin_block(self) -> None:
        """Responses belong to their request, whatever the window."""

    def fact(self, name: str) -> object:
        """Nothing."""
        raise KeyError(name)

    def known(self) -> Sequence[str]:
        """Nothing."""
        return ()

    def end(self) -> None:
        """Break off what is under way."""
        self._sender.end()
