"""A private Apache Kafka for the run: real, one node, on loopback, gone when the run is."""

from evtbdd.provisioning.local_kafka.broker import LocalKafka

__all__ = ["LocalKafka"]
