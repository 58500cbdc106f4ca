"""What the brokers of a service can tell of its being subscribed, and what counts where they cannot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from evtbdd.errors import UnsupportedCapability
from evtbdd.services.declaration import Declaration
from evtbdd.services.readiness import Readiness
from evtbdd.services.surroundings import Consumed, Surroundings
from evtbdd.words import quoted


def told_of(declaration: Declaration, around: Surroundings) -> tuple[Sequence[Consumed], Readiness]:
    """Those of its channels whose brokers know who is subscribed, and by what it is seen to be ready.

    A group means nothing to the other brokers. UnsupportedCapability where its readiness is asked of
    one of them, and its settings name no other.
    """
    wanted = declaration.ready
    ready = replace(wanted, otherwise=None)
    told: list[Consumed] = []
    for channel in declaration.consumes:
        try:
            told += around.consumed([channel])
        except UnsupportedCapability as error:
            if wanted.kind != "subscribed":
                continue
            if wanted.otherwise is None:
                raise UnsupportedCapability(
                    f"The service {quoted(declaration.name)} is to be ready when it is subscribed, "
                    f"and {error} Write how else that is seen, as in "
                    'ready = log "listening", or ready = subscribed, else log "listening".'
                ) from error
            ready = wanted.otherwise
    return told, ready
