"""What a request returns, as a state: asked again until it fits, or asked once."""

from __future__ import annotations

from evtbdd.errors import ExpectationFailed, ServiceError
from evtbdd.expect.pattern import Pattern, brief
from evtbdd.expect.sighting import Sighting
from evtbdd.expect.states import Look
from evtbdd.facilities import Stage
from evtbdd.http.exchange import Failure, Missed, Response, Wanted
from evtbdd.http.sender import Sender, asked_of
from evtbdd.journal import Seen
from evtbdd.words import counted, listed, quoted

EVERY = 0.05
"""Seconds between two looks."""
LEAST = 1.0
"""Seconds that one look may take, though the step's time is nearly over."""
MOST_SAID, MOST_DIFFERENCES = 4, 12


class Polled:
    """One request, and what it must return: what `pattern` says of a response, its status first."""

    def __init__(self, sender: Sender, wanted: Wanted, pattern: Pattern) -> None:
        self._sender = sender
        self._wanted = wanted
        self._pattern = pattern
        self._asked = asked_of([wanted])
        self._looks = 0
        self._unreached: str | None = None

    def settle(
        self,
        stage: Stage,
        *,
        within: float | None,
        stays: float | None,
    ) -> None:
        """Ask until it returns what it must, and as long as it must stay so; `its` is the last.

        Raises ExpectationFailed, ServiceError where the service was not reached at the last look,
        Unproven where a service has ended.
        """
        patience = stage.expect.patience(within)
        self._sender.note(self._wanted, self._asked)
        try:
            found = stage.expect.settle(
                self._expected(),
                lambda: self.look(max(LEAST, patience.remaining())),
                patience=patience,
                stays=stays,
                every=EVERY,
            )
        except ExpectationFailed as error:
            if self._unreached is not None:
                raise ServiceError(f"{self._unreached}\n{error}") from error
            raise
        if found is not None:
            stage.journal.append(Seen(found))
            stage.expect.met([Sighting(1, 0.0, found)])

    def look(self, seconds: float) -> Look[Response | None]:
        """Ask once."""
        self._looks += 1
        became = self._sender.look(self._wanted, seconds)
        self._unreached = None
        if became is None:
            return Look(False, f"it has not answered ({self._where()})", None)
        if isinstance(became, Failure):
            if became.kind is Missed.UNREACHED:
                self._unreached = str(became.error(self._asked.service, self._wanted.target.url))
            return Look(False, f"it {became.kind.value}: {became.why} ({self._where()})", None)
        response = Response.of(became, self._asked, self._looks - 1)
        if self._pattern.fits(response):
            return Look(True, "it did", response)
        return Look(False, self._differing(response), response)

    def _expected(self) -> str:
        details = self._pattern.details()
        lead = " equal to" if self._pattern.exactly else " with"
        said = f"{lead} {listed(details[:MOST_SAID])}" if details else ""
        more = f" and {len(details) - MOST_SAID} more" if len(details) > MOST_SAID else ""
        request = f"a {self._wanted.method} request to {quoted(self._wanted.path)}"
        return f"{request} to return{self._pattern.told.removeprefix(' with status')}{said}{more}"

    def _differing(self, response: Response) -> str:
        lines = [f"it returned {brief(response).removeprefix('status ')} ({self._where()})"]
        if response.status == self._pattern.named[0][1]:
            told = [each.line() for each in self._pattern.judge(response).differences]
            lines += [f"  {line}" for line in told[:MOST_DIFFERENCES]]
            if len(told) > MOST_DIFFERENCES:
                lines.append(f"  and {len(told) - MOST_DIFFERENCES} more differences")
        return "\n".join(lines)

    def _where(self) -> str:
        return f"asked {counted(self._looks, 'time')}; {self._wanted.target.url}"
