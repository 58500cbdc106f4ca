"""The brokers on which the same features, and the same red examples, are run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from acceptance.examples import RedExample

from evtbdd.brokers.kafka import adapter as kafka
from evtbdd.brokers.rabbitmq import adapter as rabbitmq
from evtbdd.brokers.sqs import adapter as sqs
from evtbdd.ports import Capabilities


@dataclass(frozen=True, slots=True)
class Where:
    """A broker by its URL; `kind` is what it is called, `words` what a channel of the shop can there."""

    name: str
    kind: str
    url: str
    words: Capabilities

    def can(self, example: RedExample) -> bool:
        """Whether it has what an example needs."""
        return example.needs is None or example.needs in self.words.can


SHOP_ON_SQS = sqs.CAPABILITIES.of({"fifo": "yes", "sns": "yes"})

ALL: Mapping[str, Where] = {
    each.name: each
    for each in (
        Where("embedded Kafka", "kafka", "kafka+embedded://", kafka.CAPABILITIES),
        Where("Kafka", "kafka", "kafka://{real_kafka}", kafka.CAPABILITIES),
        Where("RabbitMQ", "rabbitmq", "amqp://{real_rabbitmq}", rabbitmq.CAPABILITIES),
        Where("embedded SQS", "sqs", "sqs+embedded://", SHOP_ON_SQS),
    )
}
"""By their names; in braces stands the fixture that knows the address."""
