"""One look at a queue: receive until nothing more comes, hand over, delete."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from threading import Condition
from typing import Any

from evtbdd.brokers.sqs.connection import Connection
from evtbdd.brokers.sqs.errors import NO_QUEUE, Unanswered, cause_code
from evtbdd.brokers.sqs.incoming import Received
from evtbdd.brokers.sqs.watched import NEVER, Watched
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerError
from evtbdd.words import quoted

MOST = 10
"""Messages that SQS hands out at once."""

INVISIBLE = 5
"""Seconds for which nobody else is handed what is being read: it is deleted within milliseconds."""

LONG = 1
"""Seconds of a look at a queue that is many machines: only a long poll asks all of them."""


class Looks:
    """Looks at queues, one at a time each; several threads may look at several queues."""

    def __init__(
        self, sqs: Connection, changed: Condition, patience: float, *, samples: bool
    ) -> None:
        self._sqs = sqs
        self._changed = changed
        self._patience = patience
        self._samples = samples
        self._wait = LONG if samples else 0

    def look(self, watched: Watched) -> None:
        """Return when a receive has found nothing, or all that anybody waits for. Raises BrokerError.

        Only where it has found nothing the look says something of the queue: for the moment at
        which that last receive began.
        """
        while True:
            if watched.undeleted:
                # What cannot be deleted holds back all that follows it in its group.
                self._delete(watched)
            began = time.monotonic()
            messages = self._receive(watched)
            if not messages:
                with self._changed:
                    watched.looked, watched.failure, watched.draining = began, None, False
                return
            with self._changed:
                left = watched.left
                for each in () if left else messages:
                    _hand_over(watched, each)
                enough = not left and self._is_enough(watched, len(messages))
                self._changed.notify_all()
            if left:
                self._give_back(watched, messages)
                return
            watched.undeleted += [each.handle for each in messages]
            if enough:
                self._delete(watched)
                with self._changed:
                    watched.failure = None
                return

    def _is_enough(self, watched: Watched, received: int) -> bool:
        """Whether the next look can as well find what may be there besides.

        One machine hands out ten where it has ten; but what a group holds back, it hands out only
        once what was before is deleted.
        """
        more = self._samples or watched.queue.fifo or received == MOST
        return not (more or watched.draining or watched.is_waited_for)

    def _receive(self, watched: Watched) -> Sequence[Received]:
        try:
            answer = self._sqs.tell(
                f"receive from the queue {quoted(watched.name)}",
                Deadline.after(self._patience + self._wait),
                lambda sqs: sqs.receive_message(
                    QueueUrl=watched.url,
                    MaxNumberOfMessages=MOST,
                    WaitTimeSeconds=self._wait,
                    VisibilityTimeout=INVISIBLE,
                    MessageAttributeNames=["All"],
                    MessageSystemAttributeNames=["All"],
                ),
            )
        except Unanswered:
            with self._changed:
                watched.blind_until = time.monotonic() + INVISIBLE
            raise
        wrapped = watched.tap is not None
        return [Received.of(each, wrapped=wrapped) for each in answer.get("Messages", ())]

    def _delete(self, watched: Watched) -> None:
        """Delete what was handed over; a handle that has expired is the next receipt's business."""
        handles, watched.undeleted = watched.undeleted, []
        for first in range(0, len(handles), MOST):
            several = handles[first : first + MOST]
            try:
                failed = self._batch(
                    f"delete from the queue {quoted(watched.name)}",
                    several,
                    lambda sqs, entries: sqs.delete_message_batch(
                        QueueUrl=watched.url, Entries=entries
                    ),
                )
            except BaseException:
                watched.undeleted = handles[first:]
                raise
            watched.undeleted += failed

    def _give_back(self, watched: Watched, messages: Sequence[Received]) -> None:
        """Make visible again at once what nobody watches any more, where the queue is still there."""
        with suppress(BrokerError):
            self._batch(
                f"give back to the queue {quoted(watched.name)}",
                [each.handle for each in messages],
                lambda sqs, entries: sqs.change_message_visibility_batch(
                    QueueUrl=watched.url,
                    Entries=[{**entry, "VisibilityTimeout": 0} for entry in entries],
                ),
            )

    def _batch(
        self,
        doing: str,
        handles: Sequence[str],
        order: Callable[[Any, Sequence[Mapping[str, str]]], Mapping[str, Any]],
    ) -> Sequence[str]:
        """The handles with which it failed there, and should be tried again."""
        entries = [{"Id": str(n), "ReceiptHandle": each} for n, each in enumerate(handles)]
        answer = self._sqs.ask(
            doing, Deadline.after(self._patience), lambda sqs: order(sqs, entries)
        )
        return [
            handles[int(each["Id"])]
            for each in answer.get("Failed", ())
            if not each.get("SenderFault", False)
        ]


def _hand_over(watched: Watched, received: Received) -> None:
    fifo = watched.queue.fifo
    position = watched.numbers.receive(received.id, received.lane(fifo=fifo))
    if position is not None and not watched.draining:
        if watched.asked != NEVER:
            # Where something comes more may follow.
            watched.asked = time.monotonic()
        watched.sink(received.record(watched.name, position, fifo=fifo))


def is_gone(error: BrokerError) -> bool:
    """Whether the queue is not there any more."""
    return cause_code(error) in NO_QUEUE
