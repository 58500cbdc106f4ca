"""A WebSocket is closed by the service: a question to how it ended, not to messages."""

from __future__ import annotations

from collections.abc import Sequence

from evtbdd.expect.pattern import Pattern
from evtbdd.expect.question import Answer, Question
from evtbdd.expect.sighting import Sighting
from evtbdd.websockets.client import WebSocket
from evtbdd.websockets.link import ABNORMAL


class IsClosed(Question):
    """Met by a close of the service, with that code where one is named; contradicted by another.

    A connection that is lost has the code 1006 (RFC 6455, 7.1.5), and is no close unless that is
    named.
    """

    def __init__(self, socket: WebSocket, code: int | None) -> None:
        super().__init__(socket.ear, [Pattern(thing="message")])
        self._socket = socket
        self._code = code

    def consider(self, sighting: Sighting) -> None:
        """Messages say nothing of it."""

    def answer(self) -> Answer:
        """Open while the WebSocket is."""
        if self._socket.closed is None:
            return Answer.OPEN
        if self._socket.left:
            return Answer.CONTRADICTED
        code = self._socket.link.code
        if code == (self._code or code) and (code != ABNORMAL or self._code == ABNORMAL):
            return Answer.MET
        return Answer.OPEN if code == ABNORMAL else Answer.CONTRADICTED

    @property
    def met(self) -> Sequence[Sighting]:
        """No message."""
        return ()

    def expected(self) -> str:
        """`that it is closed with code 1000`."""
        return f"that it is closed{'' if self._code is None else f' with code {self._code}'}"

    def but(self) -> str:
        """That it is open, or how it was closed."""
        return "it is open" if self._socket.closed is None else f"it {self._socket.closed}"
