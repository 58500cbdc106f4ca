"""What this broker says of its own configuration: what clients and people look for."""

from __future__ import annotations

from collections.abc import Mapping

from evtbdd.embedded.kafka.cluster import NODE, Cluster
from evtbdd.embedded.kafka.configs import Config, Source, Type
from evtbdd.embedded.kafka.handlers.group_joins import LONGEST_SESSION, SHORTEST_SESSION
from evtbdd.embedded.kafka.transactions import LONGEST_TIMEOUT


def broker_configs(cluster: Cluster) -> Mapping[str, Config]:
    """The configurations by name; none of them can be altered."""
    listener = f"PLAINTEXT://{cluster.host}:{cluster.port}"
    told = "PLAINTEXT://{}:{}".format(*cluster.told)
    return {
        "advertised.listeners": _fixed(told, Type.LIST),
        "auto.create.topics.enable": _fixed(str(cluster.auto_create).lower(), Type.BOOLEAN),
        "broker.id": _fixed(str(NODE), Type.INT),
        "default.replication.factor": _fixed("1", Type.INT),
        "group.initial.rebalance.delay.ms": _fixed(
            str(round(cluster.initial_rebalance_delay * 1000)), Type.INT
        ),
        "group.max.session.timeout.ms": _fixed(str(LONGEST_SESSION), Type.INT),
        "group.min.session.timeout.ms": _fixed(str(SHORTEST_SESSION), Type.INT),
        "listeners": _fixed(listener, Type.LIST),
        "message.max.bytes": _fixed("1048588", Type.INT),
        "min.insync.replicas": _fixed("1", Type.INT),
        "node.id": _fixed(str(NODE), Type.INT),
        "num.partitions": _fixed(str(cluster.default_partitions), Type.INT),
        "transaction.max.timeout.ms": _fixed(str(LONGEST_TIMEOUT), Type.INT),
    }


def _fixed(value: str, kind: Type) -> Config:
    return Config(value, kind, source=Source.STATIC_BROKER)
