"""The step libraries of evtbdd; `from evtbdd.steps import *` in a step file brings all of them."""

__all__ = [
    "channels_steps",
    "databases_steps",
    "expecting_steps",
    "files_steps",
    "http_steps",
    "kafka_steps",
    "metrics_steps",
    "publishing_steps",
    "rabbitmq_steps",
    "services_steps",
    "sqs_steps",
    "traces_steps",
    "webhooks_steps",
    "websockets_steps",
]
