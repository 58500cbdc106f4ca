"""What the phrases say of a service's process and of its log."""

from __future__ import annotations

from evtbdd.clock import Deadline
from evtbdd.errors import ExpectationFailed, ServiceError, Unproven
from evtbdd.services.ready import end_of
from evtbdd.services.scenario import ScenarioServices
from evtbdd.services.service import Service
from evtbdd.words import duration, quoted


def keeps_running(service: Service, deadline: Deadline) -> None:
    """Watch that the process does not end before the deadline."""
    ended = service.exits(deadline)
    if ended is not None:
        raise ExpectationFailed(
            f"Expected the service {quoted(service.declaration.name)} to keep running during "
            f"{duration(deadline.seconds)}\nbut it {ended}.{_end_of_log(service)}"
        )


def exits(service: Service, code: int | None, deadline: Deadline) -> None:
    """Wait for the process to end, with that code where one is given."""
    wanted = f"Expected the service {quoted(service.declaration.name)} to exit"
    wanted += "" if code is None else f" with code {code}"
    ended = service.exits(deadline)
    if ended is None:
        raise ExpectationFailed(
            f"{wanted} within {duration(deadline.seconds)}\nbut it runs on.{_end_of_log(service)}"
        )
    if code is not None and ended.code != code:
        raise ExpectationFailed(f"{wanted}\nbut it {ended}.{_end_of_log(service)}")


def log_contains(services: ScenarioServices, name: str, text: str, deadline: Deadline) -> None:
    """Wait for a text, of one line or several, in what the service has logged in the window."""
    service, since = services.log_since(name)
    if _logged(service, text.strip("\n"), since, deadline):
        return
    problem = (
        f"Expected the log of the service {quoted(name)} to contain {quoted(text)} "
        f"within {duration(deadline.seconds)}"
    )
    if since and text in service.log.text():
        problem += "\nbut it does so only before the last act under When"
    else:
        problem += "\nbut it does not"
    if service.health(0).lost is not None:
        raise ServiceError(
            f"The service {quoted(name)} {service.exit}, so nothing can be said of what was "
            f"expected.\n{problem}.{_end_of_log(service)}"
        )
    raise ExpectationFailed(f"{problem}.{_end_of_log(service)}")


def _logged(service: Service, text: str, since: int, deadline: Deadline) -> bool:
    if "\n" not in text:
        return service.log.wait_for(text, deadline, since) is not None
    last = text.rpartition("\n")[2]
    # A log is waited for line by line: with the last of its lines the whole text is there.
    found = service.log.wait_for(
        lambda line: last in line and text in service.log.text(since), deadline, since
    )
    return found is not None or text in service.log.text(since)


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
            f"nothing.{_end_of_log(service)}"
        )


def _end_of_log(service: Service) -> str:
    service.mark()  # what it wrote last may still be on its way
    return end_of(service.log)
