"""Topics of SNS: each has the name of the queue that it feeds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evtbdd.brokers.sqs.connection import Connection
from evtbdd.brokers.sqs.errors import NO_TOPIC, cause_code, was_answered
from evtbdd.brokers.sqs.names import FIFO
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerError
from evtbdd.words import quoted


def topic_beside(queue_arn: str, name: str) -> str:
    """The ARN that a topic of that name has in the account and region of a queue."""
    start, partition, _, region, account, *_ = queue_arn.split(":")
    return f"{start}:{partition}:sns:{region}:{account}:{name}"


class Topics:
    """Creates, finds and deletes topics, and subscribes queues to them."""

    def __init__(self, sns: Connection) -> None:
        self._sns = sns

    def exists(self, name: str, queue: str, deadline: Deadline) -> bool:
        """Whether there is a topic of that name in the account and region of a queue."""
        arn = topic_beside(queue, name)
        doing = f"find the topic {quoted(name)}"
        try:
            self._sns.ask(doing, deadline, lambda sns: sns.get_topic_attributes(TopicArn=arn))
        except BrokerError as error:
            if cause_code(error) in NO_TOPIC:
                return False
            raise
        return True

    def create(self, name: str, deadline: Deadline) -> str:
        """The ARN of the topic, created where it was not there."""
        fifo = {"Attributes": {"FifoTopic": "true"}} if name.endswith(FIFO) else {}
        doing = f"create the topic {quoted(name)}"
        answer = self._sns.ask(doing, deadline, lambda sns: sns.create_topic(Name=name, **fifo))
        return str(answer["TopicArn"])

    def delete(self, arn: str, deadline: Deadline) -> None:
        """Delete a topic with its subscriptions; nothing where it is not there."""
        doing = f"delete the topic {quoted(arn)}"
        self._sns.ask(doing, deadline, lambda sns: sns.delete_topic(TopicArn=arn))

    def subscribe(self, topic: str, queue: str, deadline: Deadline, *, raw: bool) -> str:
        """The ARN of the new subscription of a queue; `raw` has it fed with the bare events."""
        attributes = {"RawMessageDelivery": "true"} if raw else {}
        answer = self._sns.ask(
            f"subscribe {quoted(queue)}",
            deadline,
            lambda sns: sns.subscribe(
                TopicArn=topic,
                Protocol="sqs",
                Endpoint=queue,
                Attributes=attributes,
                ReturnSubscriptionArn=True,
            ),
        )
        return str(answer["SubscriptionArn"])

    def unsubscribe(self, subscription: str, deadline: Deadline) -> None:
        """End a subscription."""
        self._sns.ask(
            f"unsubscribe {quoted(subscription)}",
            deadline,
            lambda sns: sns.unsubscribe(SubscriptionArn=subscription),
        )

    def feeding(self, name: str, queue: str, deadline: Deadline) -> str | None:
        """The ARN of the topic of that name to which the queue is subscribed; None without one.

        None too where there is no SNS, or it may not be asked.
        """
        arn = topic_beside(queue, name)
        try:
            answer = self._sns.tell(
                f"list the subscriptions of {quoted(name)}",
                deadline,
                lambda sns: sns.list_subscriptions_by_topic(TopicArn=arn),
            )
        except BrokerError as error:
            if was_answered(error):
                return None
            raise
        fed = [each["Endpoint"] for each in answer.get("Subscriptions", ())]
        return arn if queue in fed else None

    def all(self, deadline: Deadline) -> Mapping[str, str]:
        """The ARN of every topic by its name; none where there is no SNS, or it may not be asked."""
        found: dict[str, str] = {}
        more: dict[str, str] = {}
        while True:
            try:
                page = self._page(more, deadline)
            except BrokerError as error:
                if was_answered(error):
                    return found
                raise
            arns = [str(topic["TopicArn"]) for topic in page.get("Topics", ())]
            found.update({arn.rpartition(":")[2]: arn for arn in arns})
            if not page.get("NextToken"):
                return found
            more = {"NextToken": page["NextToken"]}

    def _page(self, more: Mapping[str, str], deadline: Deadline) -> Mapping[str, Any]:
        return self._sns.tell("list the topics", deadline, lambda sns: _topics(sns, more))


def _topics(sns: Any, more: Mapping[str, str]) -> Mapping[str, Any]:
    answer: Mapping[str, Any] = sns.list_topics(**more)
    return answer
