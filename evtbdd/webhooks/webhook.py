"""One webhook: its server, its script, and the requests that it has received, as a source."""

from __future__ import annotations

from threading import Lock

from evtbdd.clock import Deadline
from evtbdd.expect.source import Source
from evtbdd.isolation.modes import SCOPES
from evtbdd.journal import Journal, Seen
from evtbdd.loopback import HOST
from evtbdd.ports import Ends
from evtbdd.webhooks.request import Came, Request
from evtbdd.webhooks.script import Answer, Script
from evtbdd.webhooks.server import Server
from evtbdd.webhooks.settings import Declaration
from evtbdd.words import counted, quoted


class Inbox(Source):
    """A webhook as something that requests come to."""

    noun = "request"
    webhook: Webhook

    def where(self) -> str:
        """Its URL, whether it is down, and what came that was no request."""
        server = self.webhook.server
        broken = counted(server.broken, "connection")
        more = f"; {broken} brought no whole request" if server.broken else ""
        return f"{self.webhook.url}{'' if server.up else ', down'}{more}"

    def read_up(self, deadline: Deadline) -> None:
        """Return when all that was sent to it by now was received."""
        self.webhook.server.read_up(deadline)


class Webhook:
    """Serves from when it is made until it is closed; requests go to the scenario that runs."""

    def __init__(self, declaration: Declaration) -> None:
        self.inbox = Inbox(f"the webhook {quoted(declaration.name)}")
        self.inbox.webhook = self
        self.inbox.lasting = declaration.lives != SCOPES[0]
        self._lock = Lock()
        self._number = 0
        self._script = Script()
        self._journal: Journal | None = None
        self.server = Server(str(self.inbox), declaration.port, self._received)

    @property
    def url(self) -> str:
        """`http://127.0.0.1:21234`."""
        return f"http://{HOST}:{self.server.port}"

    @property
    def ends(self) -> Ends:
        """How many requests it has received so far: the position of the next."""
        with self._lock:
            return {"": self._number}

    def begin(self, journal: Journal | None) -> Script:
        """From now on what comes is noted there, and answered by a new script."""
        with self._lock:
            self._journal = journal
            self._script = Script()
            return self._script

    def _received(self, came: Came) -> Answer:
        # The order of the journal is that of the numbers.
        with self._lock:
            answer = self._script.answer(Request.of(came, self.inbox, self._number))
            if self._journal is not None:
                seen = Request.of(came, self.inbox, self._number, str(answer))
                self._journal.append(Seen(seen))
            self._number += 1
            return answer
