"""What a webhook answers: the youngest rule that fits a request decides (as in WireMock)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evtbdd.errors import EvtbddError
from evtbdd.expect.pattern import Pattern
from evtbdd.http.drafts import Draft
from evtbdd.webhooks.request import Request
from evtbdd.words import duration

NO_BODY = Draft()


@dataclass(frozen=True, slots=True)
class Answer:
    """`after` so many seconds a response; or, where `reset`, the connection is reset instead.

    `because` is what has kept the script from being followed.
    """

    status: int = 200
    draft: Draft = NO_BODY
    after: float = 0.0
    reset: bool = False
    because: str = ""

    def __str__(self) -> str:
        """`answered 500`, `answered 200 after 2 seconds`, `its connection was reset`."""
        if self.reset:
            return "its connection was reset"
        after = f" after {duration(self.after)}" if self.after else ""
        return f"answered {self.status}{after}{f' because {self.because}' if self.because else ''}"


class Rule:
    """Answers for the requests that fit a pattern, one after the other.

    Each is given so many times, and then the next; one without a number for ever. A rule whose
    answers are used up fits nothing any more.
    """

    def __init__(self, pattern: Pattern, answers: Sequence[tuple[Answer, int | None]]) -> None:
        self._pattern = pattern
        self._answers = list(answers)

    def next(self, request: Request) -> Answer | None:
        """The answer to a request; None where it is not for this rule."""
        if not self._answers or not self._pattern.fits(request):
            return None
        answer, times = self._answers[0]
        if times is not None:
            self._answers[0] = answer, times - 1
            if times == 1:
                self._answers.pop(0)
        return answer


class Script:
    """The rules of a webhook in one scenario; without any, every request is answered 200."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []

    def add(self, rule: Rule) -> None:
        """A rule that goes before all that are there."""
        self._rules.insert(0, rule)

    def answer(self, request: Request) -> Answer:
        """The answer to the next request; 500 where a rule cannot be asked, which is told."""
        for rule in self._rules:
            try:
                answer = rule.next(request)
            except EvtbddError as error:
                return Answer(500, because=str(error))
            if answer is not None:
                return answer
        return Answer()
