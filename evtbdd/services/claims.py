"""What the phrases say of a service's process and of its log."""

from __future__ import annotations

from evtbdd.clock import Deadline
from evtbdd.errors import ExpectationFailed, ServiceError, Unproven
from evtbdd.services.facility import ScenarioServices
from evtbdd.services.ready import end_of
from evtbdd.services.service import Service
from evtbdd.words import duration, quoted


def keeps_running(service: Service, deadline: Deadline) -> None:
    """Watch that the process does not end before the deadline."""
    name = quoted(service.declaration.name)
    if not service.running and service.exit is None:
        raise ServiceError(f"The service {name} was not started in this scenario.")
    ended = service.exits(deadline)
    if ended is not None:
        raise ExpectationFailed(
            f"Expected the service {name} to keep running during {duration(deadline.seconds)}\n"
            f"but it {ended}.{end_of(service.log)}"
        )


def exits(service: Service, code: int | None, deadline: Deadline) -> None:
    """Wait for the process to end, with that code where one is given."""
    name = quoted(service.declaration.name)
    wanted = f"Expected the service {name} to exit"
    wanted += "" if code is None else f" with code {code}"
    ended = service.exits(deadline)
    if ended is None:
        raise ExpectationFailed(
            f"{wanted} within {duration(deadline.seconds)}\nbut it runs on.{end_of(service.log)}"
        )
    if code is not None and ended.code != code:
        raise ExpectationFailed(f"{wanted}\nbut it {ended}.{end_of(service.log)}")


def log_contains(services: ScenarioServices, name: str, text: str, deadline: Deadline) -> None:
    """Wait for a text in what the service has logged since the window began."""
    service, since = services.log_since(name)
    if service.log.wait_for(text, deadline, since) is not None:
        return
    if "\n" in text and text in service.log.text(since):
        return
    problem = (
        f"Expected the log of the service {quoted(name)} to contain {quoted(text)} "
        f"within {duration(deadline.seconds)}"
    )
    if text in service.log.text() and since:
        problem += "\nbut it does so only before the last act under When"
    else:
        problem += "\nbut it does not"
    lost = service.health(0).lost
    if lost is not None:
        raise ServiceError(
            f"The service {quoted(name)} {service.exit}, so nothing can be said of what was "
            f"expected.\n{problem}.{end_of(service.log)}"
        )
    raise ExpectationFailed(f"{problem}.{end_of(service.log)}")


def log_lacks(services: ScenarioServices, name: str, text: str, deadline: Deadline) -> None:
    """Watch that a text does not appear in the log before the deadline."""
    service, since = services.log_since(name)
    found = service.log.wait_for(text, deadline, since)
    if found is not None:
        raise ExpectationFailed(
            f"Expected the log of the service {quoted(name)} not to contain {quoted(text)} during "
            f"{duration(deadline.seconds)}\nbut it does: {found.text}"
        )
    if service.health(0).lost is not None:
        raise Unproven(
            f"Nothing has contradicted this: the log of the service {quoted(name)} does not "
            f"contain {quoted(text)}; but the service {service.exit}, and a dead service proves "
            f"nothing.{end_of(service.log)}"
        )
