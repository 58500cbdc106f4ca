"""Who the brokers are, which topics there are, who coordinates."""

from __future__ import annotations

import uuid
from typing import Any

from evtbdd.embedded.kafka.cluster import NODE, Cluster
from evtbdd.embedded.kafka.errors import ErrorCode, Refused
from evtbdd.embedded.kafka.handlers.request import Request
from evtbdd.embedded.kafka.partition import LEADER_EPOCH
from evtbdd.embedded.kafka.protocol import Fields
from evtbdd.embedded.kafka.topics import Topic, name_problem

_NO_ID = uuid.UUID(int=0)


def metadata(cluster: Cluster, request: Request) -> Fields:
    """Metadata (3); creates no topic unless the broker was told to."""
    asked = request.body.topics
    if asked is None or (request.version == 0 and not asked):
        topics = [_described(topic) for topic in cluster.topics]
    else:
        may_create = request.version < 4 or request.body.allow_auto_topic_creation
        wanted = dict.fromkeys((t.name, t.topic_id or _NO_ID) for t in asked)
        topics = [_looked_up(cluster, name, identity, may_create) for name, identity in wanted]
    return {
        "brokers": [_broker(cluster)],
        "cluster_id": cluster.cluster_id,
        "controller_id": NODE,
        "topics": topics,
        "error_code": 0,
    }


def describe_cluster(cluster: Cluster, request: Request) -> Fields:
    """DescribeCluster (60)."""
    if request.version >= 1 and request.body.endpoint_type != 1:
        return {
            "error_code": ErrorCode.INVALID_REQUEST,
            "error_message": "Only the endpoints of brokers can be described here",
            "cluster_id": "",
            "brokers": [],
        }
    host, port = cluster.told
    broker = {"broker_id": NODE, "host": host, "port": port, "is_fenced": False}
    return {"cluster_id": cluster.cluster_id, "controller_id": NODE, "brokers": [broker]}


def describe_topic_partitions(cluster: Cluster, request: Request) -> Fields:
    """DescribeTopicPartitions (75), without paging: everything fits into one answer."""
    names = dict.fromkeys(t.name for t in request.body.topics)
    wanted = sorted(names or (topic.name for topic in cluster.topics))
    described = [_looked_up(cluster, name, _NO_ID, False) for name in wanted]
    for topic in described:
        for partition in topic["partitions"]:
            partition.update(eligible_leader_replicas=[], last_known_elr=[])
    return {"topics": described, "next_cursor": None}


def find_coordinator(cluster: Cluster, request: Request) -> Fields:
    """FindCoordinator (10): this broker, for groups (type 0) and transactions (type 1)."""
    known = request.version == 0 or request.body.key_type in (0, 1)
    found: dict[str, object] = {
        "error_code": ErrorCode.NONE if known else ErrorCode.INVALID_REQUEST,
        "error_message": "NONE" if known else "The coordinator type is unknown",
        "node_id": NODE if known else -1,
        "host": cluster.told[0] if known else "",
        "port": cluster.told[1] if known else -1,
    }
    if request.version < 4:
        return found
    return {"coordinators": [{"key": key, **found} for key in request.body.coordinator_keys]}


def _broker(cluster: Cluster) -> dict[str, Any]:
    host, port = cluster.told
    return {"node_id": NODE, "host": host, "port": port, "rack": None}


def _looked_up(
    cluster: Cluster, name: str | None, identity: uuid.UUID, may_create: bool
) -> dict[str, Any]:
    if name is None:
        topic = cluster.topics.identified(identity)
        if topic is None:
            return {**_absent(None, ErrorCode.UNKNOWN_TOPIC_ID), "topic_id": identity}
        return _described(topic)
    topic = cluster.topics.named(name)
    if topic is not None:
        return _described(topic)
    if name_problem(name):
        return _absent(name, ErrorCode.INVALID_TOPIC)
    if may_create and cluster.auto_create:
        try:
            cluster.topics.check_free(name)
        except Refused as refusal:
            return _absent(name, refusal.code)
        cluster.topics.create(name, cluster.default_partitions)
    return _absent(name, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)


def _absent(name: str | None, code: ErrorCode) -> dict[str, Any]:
    return {"error_code": code, "name": name, "topic_id": _NO_ID, "partitions": []}


def _described(topic: Topic) -> dict[str, Any]:
    partitions = [
        {
            "error_code": 0,
            "partition_index": index,
            "leader_id": NODE,
            "leader_epoch": LEADER_EPOCH,
            "replica_nodes": [NODE],
            "isr_nodes": [NODE],
            "offline_replicas": [],
        }
        for index in range(len(topic.partitions))
    ]
    return {"error_code": 0, "name": topic.name, "topic_id": topic.id, "partitions": partitions}
