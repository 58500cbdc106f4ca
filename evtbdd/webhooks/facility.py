"""The webhooks of a run, and of a scenario."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack

from evtbdd.errors import PhraseError, UnknownName
from evtbdd.expect.described import pattern_of
from evtbdd.facilities import Run, Stage
from evtbdd.http.drafts import draft_of
from evtbdd.journal import Acted, ScenarioBegan
from evtbdd.loopback import HOST
from evtbdd.phrases import Data
from evtbdd.webhooks.request import pattern_of_request
from evtbdd.webhooks.script import Answer, Rule, Script
from evtbdd.webhooks.settings import Declaration
from evtbdd.webhooks.webhook import Webhook
from evtbdd.words import counted, quoted, suggestion

FACTS: Mapping[str, Callable[[Webhook], object]] = {
    "url": lambda webhook: webhook.url,
    "host": lambda _: HOST,
    "port": lambda webhook: webhook.server.port,
}


class Webhooks:
    """What the settings declare, and what is served of it, scope by scope."""

    def __init__(self, run: Run) -> None:
        self.declared = {
            name: Declaration.of_settings(run.settings, run.services, name)
            for name in run.settings.names("webhook")
        }
        self._served: dict[tuple[str, str], Webhook] = {}

    def begin(self, stage: Stage, scopes: Mapping[str, str]) -> ScenarioWebhooks:
        """Let go of what has lived for a scope that is over."""
        self._close([place for place in self._served if place[0] not in scopes.values()])
        scenario = ScenarioWebhooks(self, stage, scopes)
        scenario.adopt([name for _, name in self._served])
        return scenario

    def serve(self, name: str, scopes: Mapping[str, str]) -> Webhook:
        """The webhook of that name in its scope; UnknownName with the nearest."""
        if name not in self.declared:
            raise UnknownName(
                f"No webhook is called {quoted(name)}. "
                f"{suggestion(name, self.declared, 'webhooks')} A webhook is declared by a section "
                f"[evtbdd:webhook:{name}] of the settings."
            )
        declaration = self.declared[name]
        place = scopes[declaration.lives], name
        if place not in self._served:
            self._served[place] = Webhook(declaration)
        return self._served[place]

    def close_scope(self, scope: str) -> None:
        """Stop serving what lived for it."""
        self._close([place for place in self._served if place[0] == scope])

    def close(self) -> None:
        """Stop serving."""
        self._close(list(self._served))

    def _close(self, places: Sequence[tuple[str, str]]) -> None:
        with ExitStack() as given_back:
            for place in places:
                given_back.callback(self._served.pop(place).server.close)


class ScenarioWebhooks:
    """The webhooks as one scenario speaks of them: what its steps call."""

    def __init__(self, webhooks: Webhooks, stage: Stage, scopes: Mapping[str, str]) -> None:
        self._webhooks = webhooks
        self._stage = stage
        self._scopes = scopes
        self._used: dict[str, tuple[Webhook, Script]] = {}

    def adopt(self, names: Sequence[str]) -> None:
        """Take over what is served already, from where it stands now."""
        for name in names:
            self._get(name)
        self._stage.journal.append(ScenarioBegan(self._ends()))

    def foretell(self, names: Collection[str | None]) -> None:
        """Serve, before the first step, what steps will name: services may have it built in."""
        for name in names:
            if name in self._webhooks.declared:
                self._get(str(name))

    def _get(self, name: str) -> tuple[Webhook, Script]:
        if name not in self._used:
            webhook = self._webhooks.serve(name, self._scopes)
            self._used[name] = webhook, webhook.begin(self._stage.journal)
        return self._used[name]

    def _ends(self) -> Mapping[str, Mapping[str, int]]:
        return {webhook.inbox: webhook.ends for webhook, _ in self._used.values()}

    def begin_block(self) -> None:
        """A block of acts is about to begin: note how many requests each has received."""
        self._stage.journal.append(Acted(self._ends()))

    # What is scripted.

    def answers(self, name: str, status: int, path: str | None, data: Data) -> None:
        """From now on, to every request or those to a path."""
        draft = draft_of(data, self._stage.values, query=False)
        self._add(name, path, [(Answer(_final(status), draft), None)])

    def answers_then(self, name: str, status: int, times: int, then: int) -> None:
        """So many times with one status, then with another."""
        if times < 1:
            raise PhraseError(f"{counted(times, 'time')} is never; the number must be 1 or more.")
        first, last = Answer(_final(status)), Answer(_final(then))
        self._add(name, None, [(first, times), (last, None)])

    def answers_after(self, name: str, status: int, seconds: float) -> None:
        """Each only when so much time has passed since it came."""
        self._add(name, None, [(Answer(_final(status), after=seconds), None)])

    def answers_those_with(self, name: str, status: int, path: str | None, data: Data) -> None:
        """Requests that what stands below the step describes."""
        pattern = pattern_of(data, pattern_of_request(None, _path(path)), self._stage.values)
        self._get(name)[1].add(Rule(pattern, [(Answer(_final(status)), None)]))

    def resets(self, name: str, path: str | None, times: int | None) -> None:
        """Instead of an answer, the connection is reset; so many times, then as without the step."""
        if times == 0:
            raise PhraseError("0 times is never; the number must be 1 or more.")
        self._add(name, path, [(Answer(reset=True), times)])

    def make(self, name: str, what: str) -> None:
        """`down`: its port refuses, and connections are reset; `up`."""
        server = self._get(name)[0].server
        if what == "down":
            server.take_down()
        else:
            server.bring_up()

    def _add(
        self, name: str, path: str | None, answers: Sequence[tuple[Answer, int | None]]
    ) -> None:
        self._get(name)[1].add(Rule(pattern_of_request(None, _path(path)), answers))

    # What is expected.

    def receives(
        self,
        name: str,
        method: str,
        path: str | None,
        data: Data,
        within: float | None,
        in_all: bool,
    ) -> None:
        """A request comes."""
        base = pattern_of_request(method, _path(path))
        self._stage.expect.arrives(self._get(name)[0].inbox, base, data, within, in_all)

    def receives_at_least(
        self,
        name: str,
        number: int,
        path: str | None,
        data: Data,
        within: float | None,
        in_all: bool,
    ) -> None:
        """So many requests come, or more."""
        base = pattern_of_request(None, _path(path))
        inbox = self._get(name)[0].inbox
        self._stage.expect.at_least(inbox, number, base, data, within, in_all)

    def receives_counted(
        self,
        name: str,
        least: int,
        most: int,
        path: str | None,
        data: Data,
        during: float | None,
        in_all: bool,
    ) -> None:
        """Between so many and so many requests come."""
        base = pattern_of_request(None, _path(path))
        inbox = self._get(name)[0].inbox
        self._stage.expect.counted(inbox, least, most, base, data, during, in_all)

    def receives_these(
        self,
        name: str,
        path: str | None,
        data: Data,
        within: float | None,
        in_all: bool,
        in_order: bool,
    ) -> None:
        """The requests of a table come, among others."""
        base = pattern_of_request(None, _path(path))
        inbox = self._get(name)[0].inbox
        self._stage.expect.these(inbox, base, data, within, in_all, in_order)

    # Its placeholders, and its end.

    def fact(self, name: str) -> object:
        """`NAME.url`, `NAME.host`, `NAME.port`; KeyError for others."""
        webhook, _, fact = name.rpartition(".")
        if webhook not in self._webhooks.declared:
            raise KeyError(name)
        return FACTS[fact](self._get(webhook)[0])

    def known(self) -> Sequence[str]:
        """All that can be said of webhooks in `${webhook.…}`."""
        return [f"{name}.{fact}" for name in self._webhooks.declared for fact in FACTS]

    def end(self) -> None:
        """Stop serving what lives for the scenario; the others answer 200 until the next one."""
        with ExitStack() as given_back:
            given_back.callback(self._webhooks.close_scope, self._scopes["scenario"])
            for webhook, _ in self._used.values():
                given_back.callback(webhook.server.bring_up)
                given_back.callback(webhook.begin, None)
        self._used.clear()


def _final(status: int) -> int:
    if not 200 <= status <= 599:
        raise PhraseError(f"{status} is no status of an answer; these are 200 to 599.")
    return status


def _path(path: str | None) -> str | None:
    if path is not None and (not path.startswith("/") or "?" in path):
        raise PhraseError(
            f"{quoted(path)} is no path: it begins with a slash and has no query, which is "
            "described below the step as @query.NAME."
        )
    return path
