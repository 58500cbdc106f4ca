"""A service that somebody else runs: evtbdd knows where it answers, and nothing of its process."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlsplit

from evtbdd.clock import Deadline, looks
from evtbdd.errors import PhraseError, ServiceError, SettingsError
from evtbdd.journal import Journal, ServiceReady
from evtbdd.services.declaration import Declaration
from evtbdd.services.readiness import port_answers, url_answers
from evtbdd.services.service import Service
from evtbdd.services.surroundings import Place, Surroundings, said
from evtbdd.witness import ServiceHealth
from evtbdd.words import duration, quoted

PROBE = 1.0
"""Seconds that it has to answer one look."""
PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}


class Elsewhere:
    """A service by its url. Whether it lives is asked anew each time: nobody tells when it ends."""

    def __init__(self, declaration: Declaration, place: Place) -> None:
        self.declaration = declaration
        self.journal: Journal | None = None
        self.group: str | None = None
        self._place = place
        self._target: str | None = None
        self._given_up = False

    @property
    def port(self) -> int:
        """That of its url."""
        host, _, port = _address(self.declaration.url or "").rpartition(":")
        if not host or not port.isdecimal():
            raise ServiceError(
                f"The service {quoted(self.declaration.name)} runs elsewhere, and the port of its "
                f"url ({self.declaration.url}) cannot be told."
            )
        return int(port)

    @property
    def started(self) -> bool:
        """Whether a step has found it ready."""
        return self._target is not None

    @property
    def running(self) -> bool:
        """Whether it was found, and answers still."""
        return self._target is not None and self._refusal(self._target) is None

    @property
    def done(self) -> bool:
        """Never: it is ready as long as it answers."""
        return False

    @property
    def end(self) -> str | None:
        """Why it does not answer."""
        refusal = None if self._target is None else self._refusal(self._target)
        return None if refusal is None else f"does not answer any more: {refusal}"

    def start(self, around: Surroundings, extra: Mapping[str, str]) -> None:
        """Wait until it answers; a run waits for it once. ServiceError where it does not."""
        name = self.declaration.name
        if extra:
            raise PhraseError(
                f"The service {quoted(name)} runs elsewhere, so it cannot be given an environment."
            )
        target = self.said(around, self.declaration.ready.target)
        if self.declaration.group is not None:
            self.group = self.said(around, self.declaration.group)
        deadline = Deadline.after(0.0 if self._given_up else self.declaration.start_timeout)
        refusal: str | None = ""
        for _ in looks(deadline):
            if (refusal := self._refusal(target)) is None:
                break
        if refusal is not None:
            self._given_up = True
            raise ServiceError(
                f"The service {quoted(name)} was not ready ({self.declaration.ready}) within "
                f"{duration(self.declaration.start_timeout)}: {refusal}. It runs elsewhere: "
                f"[evtbdd:service:{name}] has no command, and somebody else must start it."
            )
        self._target = target
        if self.journal is not None:
            self.journal.append(ServiceReady(name, f"{target} answers"))

    def _refusal(self, target: str) -> str | None:
        """Why it is not ready, as a clause; None where it is."""
        ready = self.declaration.ready
        try:
            if ready.kind == "get":
                return url_answers(target, ready.status, PROBE)
            return port_answers(target if ready.kind == "port" else _address(target), PROBE)
        except SettingsError as error:
            raise SettingsError(f"[evtbdd:service:{self.declaration.name}] {error}") from error

    def stop(self) -> None:
        """Refuse: it is not evtbdd's to end."""
        self.process("it cannot be stopped")

    def restart(self, around: Surroundings, meanwhile: Callable[[], None]) -> None:
        """Refuse: it is not evtbdd's to end."""
        del around, meanwhile
        self.process("it cannot be restarted")

    def finish(self) -> None:
        """Leave it as it is."""

    def health(self, began: float) -> Sequence[ServiceHealth]:
        """Whether it answers now: one that does not proves nothing."""
        del began
        if not self.started:
            return []
        end = self.end
        return [ServiceHealth(self.declaration.name, end is None, end, last_lines=None)]

    def said(self, around: Surroundings, text: str) -> str:
        """A text of the settings; `${scope.id}` in it is its scope's."""
        return said(around, text, {"${scope.id}": self._place.scope_id})

    def process(self, but: str) -> Service:
        """Refuse, with the reason."""
        raise ServiceError(
            f"The service {quoted(self.declaration.name)} runs elsewhere "
            f"({self.declaration.url}), and evtbdd has no hold of its process: {but}. Give "
            f"[evtbdd:service:{self.declaration.name}] a command, and evtbdd starts it."
        )


def _address(url: str) -> str:
    """`HOST:PORT` of a url; as it is, where it is none."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme)
    except ValueError:
        return url
    return url if parts.hostname is None or port is None else f"{parts.hostname}:{port}"
