"""Sends the requests of one scenario, and tells its journal what became of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from evtbdd.clock import Deadline
from evtbdd.facilities import Stage
from evtbdd.http.client import Client, Sending
from evtbdd.http.drafts import draft_of
from evtbdd.http.exchange import Asked, Failure, Given, Missed, Response, Wanted
from evtbdd.http.target import Target, target, with_query
from evtbdd.journal import NothingMore, Seen, Sent
from evtbdd.phrases import Data
from evtbdd.services.facility import Services
from evtbdd.services.service import Service
from evtbdd.words import quoted

SCHEMES = frozenset({"http", "https"})
Clients = Callable[[Target], Client]


class Sender:
    """`clients` has one for every service."""

    def __init__(self, clients: Clients, services: Services, stage: Stage) -> None:
        self._clients = clients
        self._services = services
        self._stage = stage
        self._under_way: list[Sending] = []

    def wanted(self, method: str, path: str, service: str | None, data: Data) -> Wanted:
        """The request that a step and what stands below it describe."""
        found = target(path, service, self._services, self._stage.services, SCHEMES)
        draft = draft_of(data, self._stage.values, query=True)
        whole = Target(with_query(found.url, draft.query), found.service)
        return Wanted(method, path, whole, draft.headers, draft.body)

    def send(self, several: Sequence[Wanted], asked: Asked, *, wait: bool) -> None:
        """Send requests that are alike, one after the other, or without waiting for responses.

        ServiceError where the service cannot be reached. That it does not answer is no error.
        """
        deadline = self._stage.expect.patience(None)
        for wanted in several:
            self.note(wanted, asked)
            told = self._told(asked, wanted.target)
            sending = self._clients(wanted.target).send(self._marked(wanted), told)
            self._under_way.append(sending)
            if wait:
                sending.wait(deadline.remaining())
        if wait:
            asked.read_up(deadline)

    def _marked(self, wanted: Wanted) -> Wanted:
        """With the headers that facilities have for it, such as that of a trace."""
        own = {name.lower(): value for name, value in wanted.headers}
        more = self._stage.facilities.headers_of_request(f"{wanted.method} {wanted.path}", own)
        return replace(wanted, headers=(*wanted.headers, *more.items())) if more else wanted

    def look(self, wanted: Wanted, seconds: float) -> Given | Failure | None:
        """What one request brings; None where that is nothing in time."""
        became = self._clients(wanted.target).ask(wanted, Deadline.after(seconds))
        return None if became is None else self._explained(became, wanted.target)

    def _explained(self, became: Given | Failure, target: Target) -> Given | Failure:
        """With the reason that explains it, where nobody is reached because nobody was started."""
        if not (isinstance(became, Failure) and became.kind is Missed.UNREACHED):
            return became
        service = None if target.service is None else self._stage.services.get(target.service)
        if not isinstance(service, Service) or service.started:
            return became
        return replace(became, why=f"{became.why}; it was not started in this scenario")

    def end(self) -> None:
        """Break off what is under way still."""
        under_way, self._under_way = self._under_way, []
        for each in under_way:
            each.call_off()
        deadline = Deadline.after(2.0)
        for each in under_way:
            each.wait(deadline.remaining())

    def note(self, wanted: Wanted, asked: Asked) -> None:
        """Have it in the journal that a request is sent, or begins to be sent again and again."""
        to = asked.service or wanted.target.url
        acts = wanted.method != "GET"
        self._stage.journal.append(Sent(to, f"{wanted.method} {wanted.path}", acts))

    def _told(self, asked: Asked, target: Target) -> Callable[[Given | Failure], None]:
        journal = self._stage.journal

        def told(became: Given | Failure) -> None:
            became = self._explained(became, target)
            if isinstance(became, Given):
                journal.append(Seen(Response.of(became, asked, asked.came())))
                return
            asked.fail(became)
            journal.append(NothingMore(asked, became.why))

        return told


def asked_of(several: Sequence[Wanted]) -> Asked:
    """Requests that are alike, as something that responses come in answer to."""
    first, number = several[0], len(several)
    requests = f"the {first.method} request" if number == 1 else f"{number} {first.method} requests"
    asked = Asked(f"{requests} to {quoted(first.path)}")
    asked.number, asked.url = number, first.target.url
    if first.target.service is not None:
        asked.service = f"the service {quoted(first.target.service)}"
    return asked
