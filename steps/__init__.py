"""The step libraries of evtbdd; `from evtbdd.steps import *` in a step file brings all of them."""

__all__ = [
    "channels_steps",
    "expecting_steps",
    "http_steps",
    "kafka_steps",
    "metrics_steps",
    "publishing_steps",
    "services_steps",
    "traces_steps",
    "webhooks_steps",
    "websockets_steps",
]
