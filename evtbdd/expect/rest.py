"""Wait until nothing is left to be done, where services can tell: then nothing more can follow."""

from __future__ import annotations

from evtbdd.clock import Deadline, looks
from evtbdd.expect.doubt import await_earlier
from evtbdd.expect.question import Answer, Claim
from evtbdd.expect.view import View
from evtbdd.witness import Witness


def comes_to_rest(question: Claim, view: View, witness: Witness, deadline: Deadline) -> bool:
    """Whether all services have done all that they had to, at the deadline at the latest.

    False at once where one of them cannot tell, where there is none, or where the claim is
    contradicted already. Raises Unproven as `await_earlier`.
    """
    for _ in looks(deadline):
        view.read()
        services = witness.health()
        if question.answer() is not Answer.OPEN or not services:
            return False
        if any(each.at_rest is None for each in services):
            return False
        if all(each.at_rest for each in services):
            await_earlier(question, view, witness, deadline)
            return True
    return False


def notes(witness: Witness) -> list[str]:
    """What services did of late, as lines of a failure text."""
    return [f"meanwhile: {note}" for each in witness.health() for note in each.notes]
