"""What a declared service is to its scenario, wherever it runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from evtbdd.journal import Journal
from evtbdd.services.declaration import Declaration
from evtbdd.services.surroundings import Surroundings
from evtbdd.witness import ServiceHealth

if TYPE_CHECKING:
    from evtbdd.services.service import Service


class Served(Protocol):
    """A service in its scope: processes of evtbdd's own, one that runs elsewhere, or a handler."""

    declaration: Declaration
    journal: Journal | None

    @property
    def port(self) -> int:
        """Where it listens, or is told to; ServiceError where it has no port."""

    @property
    def group(self) -> str | None:
        """The consumer group that it was started with."""

    @property
    def started(self) -> bool:
        """Whether it was ever started."""

    @property
    def running(self) -> bool:
        """Whether it is there."""

    @property
    def done(self) -> bool:
        """Whether it is one that is ready by its end, and has come to that."""

    @property
    def end(self) -> str | None:
        """How it ended, as a clause such as `ended with exit code 1`; None while it lives."""

    def start(self, around: Surroundings, extra: Mapping[str, str]) -> None:
        """Have it there and ready; ServiceError where it does not get there."""

    def stop(self) -> None:
        """Ask it to end, and see to it; ServiceError where that cannot be."""

    def restart(self, around: Surroundings, meanwhile: Callable[[], None]) -> None:
        """End it, have done what must be done meanwhile, and start it again."""

    def finish(self) -> None:
        """End it at the end of its scope, whatever state it is in."""

    def health(self, began: float) -> Sequence[ServiceHealth]:
        """What is known of it; `began` is the moment that times are told from."""

    def said(self, around: Surroundings, text: str) -> str:
        """A text of the settings, with its own port and scope put in."""

    def process(self, but: str) -> Service:
        """It, as processes that evtbdd started. ServiceError where it is none, `but` being the rest.

        `but` says what cannot be for want of a process: `it cannot be killed`.
        """
