"""What the phrases say of the log of a service: of all its instances together, since the last act."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from evtbdd.clock import Deadline
from evtbdd.errors import ExpectationFailed, PhraseError, ServiceError, Unproven
from evtbdd.expect.assignment import Assignment
from evtbdd.services.claims import end_of_log, lost
from evtbdd.services.logs import Marks
from evtbdd.services.scenario import ScenarioServices
from evtbdd.services.service import Service
from evtbdd.words import counted, duration, quoted

Texts = Sequence[str]


def contains(services: ScenarioServices, name: str, text: str, deadline: Deadline) -> None:
    """Wait for a text, of one line or several, in what an instance has logged in the window."""
    service, since = services.log_since(name)
    text = text.strip("\n")
    if service.logs.wait_until(lambda texts: _holds(texts, text), deadline, since):
        return
    too_early = any(since.values()) and _holds(service.logs.texts({}), text)
    but = "but it does so only before the last act under When" if too_early else "but it does not"
    wanted = f"to contain {quoted(text)} within {duration(deadline.seconds)}"
    raise _missed(service, f"{_expected(name, wanted)}\n{but}")


def contains_lines(
    services: ScenarioServices, name: str, lines: Sequence[str], deadline: Deadline, *, order: bool
) -> None:
    """Wait for lines of the log that hold these texts, each a line of its own.

    In order: one instance has logged them one after another, whatever stands between.
    """
    if not lines:
        raise PhraseError("There is no line below the step.")
    service, since = services.log_since(name)
    found: Callable[[Texts], Sequence[str]] = (
        (lambda texts: _missing_in_order(texts, lines))
        if order
        else (lambda texts: _missing(texts, lines))
    )
    if service.logs.wait_until(lambda texts: not found(texts), deadline, since):
        return
    missing = found(service.logs.texts(since))
    ordered = " in order" if order else ""
    wanted = (
        f"to contain {counted(len(lines), 'line')}{ordered} within {duration(deadline.seconds)}"
    )
    but = "but it does not from this one on" if order else "but these are missing"
    listed = "".join(f"\n    {line}" for line in missing)
    raise _missed(service, f"{_expected(name, wanted)}\n{but}:{listed}", ends="\n")


def contains_times(
    services: ScenarioServices,
    name: str,
    text: str,
    how: str,
    number: int,
    deadline: Deadline,
    *,
    during: float | None,
) -> None:
    """`exactly`, `at least` or `at most` so many times: the first two wait, the last two watch.

    Raises Unproven for a claim that names no time to watch, and that nothing contradicts.
    """
    service, since = services.log_since(name)
    wanted = _expected(name, f"to contain {quoted(text)} {how} {counted(number, 'time')}")
    if how == "at least":
        enough: Callable[[Texts], bool] = lambda texts: _count(texts, text) >= number  # noqa: E731
        if not service.logs.wait_until(enough, deadline, since):
            raise _missed(service, _but_counted(service, since, wanted, text, deadline.seconds))
        return
    watched = deadline if during is not None else Deadline.after(0.0)
    if service.logs.wait_until(lambda texts: _count(texts, text) > number, watched, since):
        raise ExpectationFailed(_but_counted(service, since, wanted, text, during))
    if during is None:
        raise Unproven(
            f"Nothing has contradicted this so far: the log of the service {quoted(name)} contains "
            f"{quoted(text)} {how} {counted(number, 'time')}. But nothing proves it either. Say how "
            f"long to watch:\n  Then the log of the service {quoted(name)} contains {quoted(text)} "
            f"{how} {counted(number, 'time')} during 2 seconds"
        )
    service.mark()  # what it wrote last may still be on its way
    if how == "exactly" and _count(service.logs.texts(since), text) != number:
        raise _missed(service, _but_counted(service, since, wanted, text, during))
    _require_life(service, f"contains {quoted(text)} {how} {counted(number, 'time')}")


def lacks(services: ScenarioServices, name: str, text: str, deadline: Deadline) -> None:
    """Watch that a text does not appear in the log before the deadline."""
    service, since = services.log_since(name)
    if service.logs.wait_until(lambda texts: _holds(texts, text), deadline, since):
        line = next(
            line
            for written in service.logs.texts(since)
            for line in written.split("\n")
            if text in line
        )
        raise ExpectationFailed(
            f"{_expected(name, f'not to contain {quoted(text)}')} during "
            f"{duration(deadline.seconds)}\nbut it does: {line}"
        )
    _require_life(service, f"does not contain {quoted(text)}")


def _expected(name: str, what: str) -> str:
    return f"Expected the log of the service {quoted(name)} {what}"


def _missed(service: Service, problem: str, ends: str = ". ") -> ExpectationFailed | ServiceError:
    """What it amounts to that something is not in the log; `ends` stands behind the problem."""
    told = f"{problem}{ends}{end_of_log(service).lstrip()}"
    if lost(service):
        return ServiceError(
            f"The service {quoted(service.declaration.name)} {service.exit}, so nothing can be said "
            f"of what was expected.\n{told}"
        )
    return ExpectationFailed(told)


def _require_life(service: Service, claim: str) -> None:
    if lost(service):
        raise Unproven(
            f"Nothing has contradicted this: the log of the service "
            f"{quoted(service.declaration.name)} {claim}; but the service {service.exit}, and a "
            f"dead service proves nothing.{end_of_log(service)}"
        )


def _but_counted(
    service: Service, since: Marks, wanted: str, text: str, seconds: float | None
) -> str:
    time = "" if seconds is None else f" during {duration(seconds)}"
    number = _count(service.logs.texts(since), text)
    return f"{wanted}{time}\nbut it does so {counted(number, 'time')}"


def _holds(texts: Texts, sought: str) -> bool:
    return any(sought in text for text in texts)


def _count(texts: Texts, sought: str) -> int:
    return sum(text.count(sought) for text in texts)


def _missing(texts: Texts, lines: Sequence[str]) -> Sequence[str]:
    """Those of the lines that no line of a log is left for."""
    assignment = Assignment(len(lines))
    for text in texts:
        for written in text.split("\n"):
            assignment.add([place for place, line in enumerate(lines) if line in written])
    return [line for line, by in zip(lines, assignment.event_of, strict=True) if by is None]


def _missing_in_order(texts: Texts, lines: Sequence[str]) -> Sequence[str]:
    """What is missing from the first line on that no instance has come to."""
    missing = lines
    for text in texts:
        left = list(lines)
        for written in text.split("\n"):
            if left and left[0] in written:
                left.pop(0)
        missing = min(missing, left, key=len)
    return missing
