"""A Kafka broker of our own: one node, in memory, in this process, ready in milliseconds.

It speaks Kafka's protocol as Apache Kafka 4 does, error codes and validation included, to any client
library. It can demand TLS and a user (SASL PLAIN). It has no KIP-848 consumer groups, and one replica
of everything.
"""

from evtbdd.embedded.kafka.broker import EmbeddedKafka

__all__ = ["EmbeddedKafka"]
