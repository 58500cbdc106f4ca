"""A private RabbitMQ for the run: real, one node, on loopback, gone when the run is."""

from evtbdd.provisioning.local_rabbitmq.broker import LocalRabbitMQ

__all__ = ["LocalRabbitMQ"]
