"""Queues: found, listed and deleted, with the topics and taps that belong to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evtbdd.brokers.sqs.connection import Connection
from evtbdd.brokers.sqs.errors import NO_QUEUE, cause_code
from evtbdd.brokers.sqs.names import name_fault, tap_prefix, tapped
from evtbdd.brokers.sqs.queue import Queue
from evtbdd.brokers.sqs.several import each
from evtbdd.brokers.sqs.topics import Topics
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerError
from evtbdd.words import quoted

PAGE = 1000
"""Names that are listed with one request, the most that SQS gives."""


class Queues:
    """The queues of one account and region, as far as they are known; any thread may ask."""

    def __init__(self, sqs: Connection, topics: Topics) -> None:
        self._sqs = sqs
        self._topics = topics
        self._known: dict[str, Queue] = {}
        self._account: str | None = None

    def make(self, name: str, attributes: Mapping[str, str], deadline: Deadline) -> Queue:
        """Create a queue; it is not known yet. One that is there already is taken for it."""
        answer = self._sqs.ask(
            f"create the queue {quoted(name)}",
            deadline,
            lambda sqs: sqs.create_queue(QueueName=name, Attributes=dict(attributes)),
        )
        url = str(answer["QueueUrl"])
        return Queue(name, url, self._arn(name, url, deadline))

    def know(self, queue: Queue) -> None:
        """Remember a queue, with all that is known of it by now."""
        self._known[queue.name] = queue

    def _arn(self, name: str, url: str, deadline: Deadline) -> str:
        """Asked for once: all queues of a broker lie in one account and region."""
        if self._account is None:
            answer = self._sqs.ask(
                f"describe the queue {quoted(name)}",
                deadline,
                lambda sqs: sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"]),
            )
            self._account = str(answer["Attributes"]["QueueArn"]).rpartition(":")[0]
        return f"{self._account}:{name}"

    def get(self, name: str, deadline: Deadline) -> Queue:
        """A queue, looked for where it is not known yet. BrokerError where it is not there."""
        if name not in self._known:
            url = self._url(name, deadline)
            if url is None:
                raise self.missing(name)
            arn = self._arn(name, url, deadline)
            self._known[name] = Queue(name, url, arn, self._topics.feeding(name, arn, deadline))
        return self._known[name]

    def missing(self, name: str) -> BrokerError:
        """What is raised for a queue that is not there; it is not known any more."""
        self._known.pop(name, None)
        return BrokerError(f"There is no queue {quoted(name)} at {self._sqs.address}.")

    def existing(self, names: Sequence[str], deadline: Deadline) -> Sequence[str]:
        """Those of the names that a queue has, as the broker says now."""
        urls = each(lambda name: self._url(name, deadline), names)
        return [name for name, url in zip(names, urls, strict=True) if url is not None]

    def taken(self, names: Sequence[str], deadline: Deadline) -> Sequence[str]:
        """As `existing`, by a list of the queues whose names begin alike, where that is one page.

        Only where SQS is one machine: of many, a list tells of a new queue late.
        """
        if len(names) < 2:
            return self.existing(names, deadline)
        page = self._page(_beginning(names), "", deadline)
        if page.get("NextToken"):
            return self.existing(names, deadline)
        there = {_name(url) for url in page.get("QueueUrls", ())}
        return [name for name in names if name in there]

    def _url(self, name: str, deadline: Deadline) -> str | None:
        if name_fault(name) is not None:
            return None
        try:
            answer = self._sqs.ask(
                f"find the queue {quoted(name)}",
                deadline,
                lambda sqs: sqs.get_queue_url(QueueName=name),
            )
        except BrokerError as error:
            if cause_code(error) in NO_QUEUE:
                return None
            raise
        return str(answer["QueueUrl"])

    def names(self, deadline: Deadline) -> Sequence[str]:
        """Every queue and every topic; a tap that was left stands for the queue that it tapped."""
        queues = [tapped(name) or name for name in self._listed("", deadline)]
        return list(dict.fromkeys([*queues, *self._topics.all(deadline)]))

    def _listed(self, prefix: str, deadline: Deadline) -> Sequence[str]:
        found: list[str] = []
        token = ""
        while True:
            page = self._page(prefix, token, deadline)
            found += [_name(url) for url in page.get("QueueUrls", ())]
            token = page.get("NextToken") or ""
            if not token:
                return found

    def _page(self, prefix: str, token: str, deadline: Deadline) -> Mapping[str, Any]:
        given = {"QueueNamePrefix": prefix, "NextToken": token}
        more = {name: value for name, value in given.items() if value}

        def ask(sqs: Any) -> Mapping[str, Any]:
            answer: Mapping[str, Any] = sqs.list_queues(MaxResults=PAGE, **more)
            return answer

        return self._sqs.ask("list the queues", deadline, ask)

    def delete(self, names: Sequence[str], deadline: Deadline) -> None:
        """Delete queues with their topics and taps; what is not there is ignored."""
        several = list(dict.fromkeys(name for name in names if name_fault(name) is None))
        known = {name: self._known.pop(name) for name in several if name in self._known}
        unknown = [name for name in several if name not in known]
        # Of what is not known there may be any part: a run was killed in the midst of it.
        topics = self._topics.all(deadline) if unknown else {}
        each(lambda queue: self._delete_known(queue, deadline), known.values())
        each(lambda name: self._delete_parts(name, topics.get(name), deadline), unknown)

    def _delete_known(self, queue: Queue, deadline: Deadline) -> None:
        if queue.topic is not None:
            self._topics.delete(queue.topic, deadline)
            self._delete_taps(queue.name, deadline)
        self.delete_at(queue.name, queue.url, deadline)

    def _delete_parts(self, name: str, topic: str | None, deadline: Deadline) -> None:
        if topic is not None:
            self._topics.delete(topic, deadline)
        self._delete_taps(name, deadline)
        url = self._url(name, deadline)
        if url is not None:
            self.delete_at(name, url, deadline)

    def _delete_taps(self, name: str, deadline: Deadline) -> None:
        for tap in self._listed(tap_prefix(name), deadline):
            url = self._url(tap, deadline)
            if url is not None and tapped(tap) == name:
                self.delete_at(tap, url, deadline)

    def delete_at(self, name: str, url: str, deadline: Deadline) -> None:
        """Delete the queue at a URL; nothing where it is not there."""
        try:
            self._sqs.ask(
                f"delete the queue {quoted(name)}",
                deadline,
                lambda sqs: sqs.delete_queue(QueueUrl=url),
            )
        except BrokerError as error:
            if cause_code(error) not in NO_QUEUE:
                raise


def _name(url: object) -> str:
    """That of the queue at a URL."""
    return str(url).rpartition("/")[2]


def _beginning(names: Sequence[str]) -> str:
    """What all of the names begin with."""
    first, last = min(names), max(names)
    alike = 0
    while alike < len(first) and first[alike] == last[alike]:
        alike += 1
    return first[:alike]
