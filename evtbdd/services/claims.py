"""What the phrases say of a service's process."""

from __future__ import annotations

from evtbdd.clock import Deadline
from evtbdd.errors import ExpectationFailed
from evtbdd.services.ready import end_of
from evtbdd.services.served import Served
from evtbdd.services.service import Service
from evtbdd.words import duration, quoted


def keeps_running(service: Service, deadline: Deadline) -> None:
    """Watch that the process does not end before the deadline."""
    ended = service.exits(deadline)
    if ended is not None:
        raise ExpectationFailed(
            f"Expected the service {quoted(service.declaration.name)} to keep running during "
            f"{duration(deadline.seconds)}\nbut it {ended}.{end_of_log(service)}"
        )


def exits(service: Service, code: int | None, deadline: Deadline) -> None:
    """Wait for the process to end, with that code where one is given."""
    wanted = f"Expected the service {quoted(service.declaration.name)} to exit"
    wanted += "" if code is None else f" with code {code}"
    ended = service.exits(deadline)
    if ended is None:
        raise ExpectationFailed(
            f"{wanted} within {duration(deadline.seconds)}\nbut it runs on.{end_of_log(service)}"
        )
    if code is not None and ended.code != code:
        raise ExpectationFailed(f"{wanted}\nbut it {ended}.{end_of_log(service)}")


def end_of_log(service: Served) -> str:
    """How the logs of its instances end, below a sentence; nothing where it has none."""
    if not isinstance(service, Service):
        return ""
    service.mark()  # what it wrote last may still be on its way
    if len(service.instances) == 1:
        return end_of(service.log)
    ends = [f"\n{each.name}:{end_of(each.log)}" for each in service.instances if each.started]
    return "".join(ends)


def lost(service: Served) -> bool:
    """Whether it, or one of its instances, ended though nobody had asked it to."""
    return any(each.lost is not None for each in service.health(0))
