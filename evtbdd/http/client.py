"""Requests to a service: each on a connection of its own, asked for here or sent in a thread."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from threading import Thread

import h11

from evtbdd.clock import Deadline
from evtbdd.http.access import Access
from evtbdd.http.destination import Destination, NoUrl, destination
from evtbdd.http.exchange import Failure, Given, Missed, Wanted
from evtbdd.http.link import Link, Unconnected
from evtbdd.http.transfer import transfer
from evtbdd.http.unanswered import why_unanswered

OURS = (
    ("accept", "*/*"),
    ("accept-encoding", "identity"),
    ("connection", "keep-alive"),
    ("user-agent", "evtbdd"),
)
FRAMED = frozenset({"POST", "PUT", "PATCH"})
"""Methods that say how long a body is, also where there is none (RFC 9110, 8.6)."""


class Client:
    """Sends requests with what lets evtbdd in. `patience` is that with a connection, in seconds.

    No connection is kept: one that a service has closed meanwhile would be a flaw of ours.
    """

    def __init__(self, access: Access, patience: float, *, tls: bool) -> None:
        self._access = access
        self._patience = patience
        self._context: ssl.SSLContext | None = None
        if tls:
            self._context = access.context()
            self._context.set_alpn_protocols(["http/1.1"])

    def send(self, wanted: Wanted, done: Callable[[Given | Failure], None]) -> Sending:
        """Begin to send; `done` is told what became of it, in another thread."""
        return Sending(self, wanted, done)

    def ask(self, wanted: Wanted, deadline: Deadline) -> Given | Failure | None:
        """Send, and wait for the response in this thread; None where it has not come in time."""
        return self.exchange(wanted, self.link(), deadline)

    def link(self) -> Link:
        """A connection that is yet to be made."""
        return Link(self._context)

    def exchange(
        self, wanted: Wanted, link: Link, deadline: Deadline | None
    ) -> Given | Failure | None:
        """Send over a link, and close it; None where the deadline came before the response.

        Whatever the deadline, a connection is waited for no longer than patience is.
        """
        try:
            goal = destination(wanted.target.url)
            head = self._head(wanted, goal)
            link.open(goal.host, goal.port, self._connecting(deadline))
            return transfer(link, head, wanted.body, deadline)
        except NoUrl:
            return Failure(Missed.UNREACHED, "that is no URL of HTTP")
        except Unconnected as error:
            return Failure(Missed.UNREACHED, error.why)
        except TimeoutError as error:
            # One with a number is the system's: it has given the connection up.
            return Failure(Missed.DROPPED, why_unanswered(error)) if error.errno else None
        except (OSError, h11.ProtocolError) as error:
            return Failure(Missed.DROPPED, why_unanswered(error))
        finally:
            link.close()

    def _connecting(self, deadline: Deadline | None) -> Deadline:
        patience = Deadline.after(self._patience)
        return patience if deadline is None else min(deadline, patience, key=lambda d: d.moment)

    def _head(self, wanted: Wanted, goal: Destination) -> h11.Request:
        headers = dict([*goal.headers, *OURS, *self._access.headers, *wanted.headers])
        if wanted.body or wanted.method in FRAMED:
            headers["content-length"] = str(len(wanted.body or b""))
        return h11.Request(method=wanted.method, target=goal.target, headers=list(headers.items()))


class Sending:
    """A request that is under way, in a thread of its own: its response may outlive its step."""

    def __init__(
        self, client: Client, wanted: Wanted, done: Callable[[Given | Failure], None]
    ) -> None:
        self._client = client
        self._wanted = wanted
        self._done = done
        self._off = False
        self._link = client.link()
        self._thread = Thread(target=self._run, name="evtbdd-http", daemon=True)
        self._thread.start()

    def wait(self, seconds: float) -> None:
        """Return when it is done, or so much time has passed."""
        self._thread.join(seconds)

    def call_off(self) -> None:
        """Break it off, wherever it is; nobody is told."""
        self._off = True
        self._link.cut()

    def _run(self) -> None:
        became = self._client.exchange(self._wanted, self._link, None)
        if became is not None and not self._off:
            self._done(became)
