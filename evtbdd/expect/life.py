"""What a state is worth, whether or not it is as expected, where a service has ended by itself."""

from __future__ import annotations

from evtbdd.errors import ExpectationFailed, ServiceError
from evtbdd.expect.proof import ended, logs, lost
from evtbdd.witness import Witness
from evtbdd.words import listed


def missed(text: str, witness: Witness) -> ExpectationFailed | ServiceError:
    """What it amounts to that a state is not as expected, which `text` says."""
    dead = lost(witness)
    if not dead:
        return ExpectationFailed(text)
    first = listed(map(ended, dead))
    return ServiceError(
        f"{first[0].upper()}{first[1:]}, so nothing can be said of what was expected."
        f"{logs(dead)}\n{text}"
    )


def require_life(expected: str, witness: Witness) -> None:
    """Raise ServiceError where a state is as expected, and may be so only because of that."""
    if dead := lost(witness):
        first = listed(map(ended, dead))
        raise ServiceError(
            f"{first[0].upper()}{first[1:]}, so it proves nothing that this holds: expected was "
            f"{expected}.{logs(dead)}"
        )
