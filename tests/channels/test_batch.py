"""What became of a batch: how many were accepted, and why the others were not."""

from __future__ import annotations

import pytest
from expect.support import lines, text_of

from evtbdd.channels.batch import Batch, require_fates
from evtbdd.errors import ExpectationFailed, PhraseError, PublishRefused
from evtbdd.events import Position

WHERE = "sqs http://127.0.0.1:1, queue orders"
STORED, REFUSED = Position("queue", 0), PublishRefused("It is too long.")


def test_as_many_as_expected() -> None:
    """Which of them does not matter."""
    require_fates(Batch(WHERE, [STORED, REFUSED, STORED]), 2, 1)
    require_fates(Batch(WHERE, [REFUSED]), 0, 1)
    require_fates(Batch(WHERE, [STORED]), 1, 0)


def test_each_that_is_refused_is_told_with_its_reason() -> None:
    """By its place in the table."""
    batch = Batch(WHERE, [STORED, REFUSED, REFUSED])
    assert text_of(ExpectationFailed, require_fates, batch, 2, 1) == lines("""
        Expected the broker to accept 2 and to refuse 1 of the batch of 3 events
        but it accepted 1 and refused 2 (sqs http://127.0.0.1:1, queue orders)
            #2: It is too long.
            #3: It is too long.
    """)


def test_none_that_is_refused() -> None:
    """The broker has taken what it should not."""
    text = text_of(ExpectationFailed, require_fates, Batch(WHERE, [STORED, STORED]), 1, 1)
    assert text.endswith("but it accepted 2 and refused 0 (sqs http://127.0.0.1:1, queue orders)")


@pytest.mark.parametrize(("accepted", "refused"), [(1, 1), (3, 1), (0, 4)])
def test_another_number_of_events_cannot_be_meant(accepted: int, refused: int) -> None:
    """It is the step that is wrong, not the broker."""
    batch = Batch(WHERE, [STORED] * 3)
    with pytest.raises(PhraseError, match="the batch had 3 events"):
        require_fates(batch, accepted, refused)


def test_without_a_batch() -> None:
    """It says how one is published."""
    text = text_of(PhraseError, require_fates, None, 1, 0)
    assert text.endswith('When these events are published to "CHANNEL" as one batch:')
