"""A queue that is there, and the attributes that one is created with."""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import urlsplit

from evtbdd.brokers.sqs.names import FIFO
from evtbdd.errors import BrokerError
from evtbdd.ports import ChannelPlan
from evtbdd.words import duration, quoted

MOST_VISIBILITY = 43_200
MOST_DELAY = 900
"""Seconds, by the Amazon SQS API Reference."""


@dataclass(frozen=True, slots=True)
class Queue:
    """`topic` is the ARN of the topic that feeds it, None where there is none.

    `delays` is whether what is sent to it becomes visible only later.
    """

    name: str
    url: str
    arn: str
    topic: str | None = None
    delays: bool = False

    @property
    def fifo(self) -> bool:
        """Whether it is a FIFO queue, which SQS tells by the name."""
        return self.name.endswith(FIFO)


def at_endpoint(url: str, endpoint: str) -> str:
    """The URL of a queue with the scheme, host and port of an endpoint."""
    at = urlsplit(endpoint)
    return urlsplit(url)._replace(scheme=at.scheme, netloc=at.netloc).geturl()


def attributes(plan: ChannelPlan) -> dict[str, str]:
    """The attributes to create a queue with. BrokerError for what SQS would not take."""
    if (plan.options.get("fifo") == "yes") != plan.name.endswith(FIFO):
        raise BrokerError(
            f"The queue {quoted(plan.name)} cannot be created: the name of a queue ends in {FIFO} "
            "where it is fifo = yes, and only there."
        )
    found = of_kind(plan.name)
    for option, attribute, most in (
        ("visibility timeout", "VisibilityTimeout", MOST_VISIBILITY),
        ("delay", "DelaySeconds", MOST_DELAY),
    ):
        if option in plan.options:
            found[attribute] = _whole_seconds(plan, option, most)
    return found


def of_kind(name: str) -> dict[str, str]:
    """Those that a queue of that name must have: a FIFO queue has to say that it is one."""
    return {"FifoQueue": "true"} if name.endswith(FIFO) else {}


def open_to(topic: str, queue: str) -> dict[str, str]:
    """The attribute that lets a topic send to a queue, both by their ARNs."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
    }
    return {"Policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]})}


def redrive(target: str, attempts: int) -> dict[str, str]:
    """The attribute that sends an event to the queue of that ARN after so many attempts."""
    policy = {"deadLetterTargetArn": target, "maxReceiveCount": attempts}
    return {"RedrivePolicy": json.dumps(policy)}


def _whole_seconds(plan: ChannelPlan, option: str, most: int) -> str:
    seconds = float(plan.options[option])
    if seconds != int(seconds) or not 0 <= seconds <= most:
        raise BrokerError(
            f"The queue {quoted(plan.name)} cannot have {option} = {duration(seconds)}: SQS takes "
            f"whole seconds, {most} at the most."
        )
    return str(int(seconds))
