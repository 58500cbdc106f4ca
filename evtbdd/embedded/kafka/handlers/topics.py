"""Creating, growing and deleting topics; deleting records."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable
from typing import Any

from evtbdd.embedded.kafka import configs
from evtbdd.embedded.kafka.cluster import NODE, Cluster
from evtbdd.embedded.kafka.errors import ErrorCode, Refused
from evtbdd.embedded.kafka.handlers.configs import creation_summary
from evtbdd.embedded.kafka.handlers.request import Request
from evtbdd.embedded.kafka.partition import Partition
from evtbdd.embedded.kafka.protocol import Fields
from evtbdd.embedded.kafka.topics import Topic

_NO_ID = uuid.UUID(int=0)
_TWICE = Refused(ErrorCode.INVALID_REQUEST, "Duplicate topic name.")


def create_topics(cluster: Cluster, request: Request) -> Fields:
    """CreateTopics (19); a name that is given twice is refused once."""
    times = Counter(wanted.name for wanted in request.body.topics)
    results = []
    for wanted in {w.name: w for w in request.body.topics}.values():
        try:
            if times[wanted.name] > 1:
                raise _TWICE
            topic = _created(cluster, wanted, request.body.validate_only)
        except Refused as refusal:
            results.append(_not_created(wanted.name, refusal))
        else:
            results.append(_creation(topic, request.body.validate_only))
    return {"topics": results}


def create_partitions(cluster: Cluster, request: Request) -> Fields:
    """CreatePartitions (37)."""
    times = Counter(wanted.name for wanted in request.body.topics)
    results = []
    for wanted in {w.name: w for w in request.body.topics}.values():
        code, message = ErrorCode.NONE, None
        try:
            if times[wanted.name] > 1:
                raise _TWICE
            topic = _growable(cluster, wanted)
            if not request.body.validate_only:
                topic.grow(wanted.count)
        except Refused as refusal:
            code, message = refusal.code, refusal.message
        results.append({"name": wanted.name, "error_code": code, "error_message": message})
    return {"results": results}


def delete_topics(cluster: Cluster, request: Request) -> Fields:
    """DeleteTopics (20), by name or from version 6 on by id too."""
    if request.version >= 6:
        wanted = [(t.name, t.topic_id) for t in request.body.topics]
    else:
        wanted = [(name, _NO_ID) for name in request.body.topic_names]
    times = Counter(wanted)
    results = []
    for name, identity in times:
        if times[name, identity] > 1:
            results.append(_not_deleted(name, identity, _TWICE))
        else:
            results.append(_deleted(cluster, name, identity))
    return {"responses": results}


def delete_records(cluster: Cluster, request: Request) -> Fields:
    """DeleteRecords (21): -1 stands for everything up to the end."""
    return {
        "topics": [
            {
                "name": topic.name,
                "partitions": [
                    _records_deleted(cluster, topic.name, p.partition_index, p.offset)
                    for p in topic.partitions
                ],
            }
            for topic in request.body.topics
        ]
    }


def _created(cluster: Cluster, wanted: Any, validate_only: bool) -> Topic:
    cluster.topics.check_free(wanted.name)
    count = _assigned_count(wanted) if wanted.assignments else _counted(cluster, wanted)
    overrides = {}
    for config in wanted.configs:
        configs.check(config.name, config.value)
        overrides[config.name] = config.value
    if validate_only:
        return Topic(wanted.name, [Partition() for _ in range(count)], overrides)
    return cluster.topics.create(wanted.name, count, overrides)


def _counted(cluster: Cluster, wanted: Any) -> int:
    if wanted.num_partitions != -1 and wanted.num_partitions < 1:
        raise Refused(
            ErrorCode.INVALID_PARTITIONS,
            "Number of partitions was set to an invalid non-positive value.",
        )
    if wanted.replication_factor != -1 and wanted.replication_factor < 1:
        raise Refused(
            ErrorCode.INVALID_REPLICATION_FACTOR,
            "Replication factor must be larger than 0, or -1 to use the default value.",
        )
    if wanted.replication_factor > 1:
        raise Refused(
            ErrorCode.INVALID_REPLICATION_FACTOR,
            f"Unable to replicate the partition {wanted.replication_factor} time(s): The target "
            f"replication factor of {wanted.replication_factor} cannot be reached because only "
            "1 broker(s) are registered or some brokers have all their log directories cordoned.",
        )
    return cluster.default_partitions if wanted.num_partitions == -1 else int(wanted.num_partitions)


def _assigned_count(wanted: Any) -> int:
    for given, what in (
        (wanted.replication_factor, "replication factor"),
        (wanted.num_partitions, "numPartitions"),
    ):
        if given != -1:
            raise Refused(
                ErrorCode.INVALID_REQUEST,
                f"A manual partition assignment was specified, but {what} was not set to -1.",
            )
    assigned = {a.partition_index: list(a.broker_ids) for a in wanted.assignments}
    if sorted(assigned) != list(range(len(wanted.assignments))):
        raise Refused(
            ErrorCode.INVALID_REPLICA_ASSIGNMENT,
            "partitions should be a consecutive 0-based integer sequence",
        )
    _check_replicas(assigned.values())
    return len(assigned)


def _not_created(name: str, refusal: Refused) -> dict[str, object]:
    return {
        "name": name,
        "topic_id": _NO_ID,
        "error_code": refusal.code,
        "error_message": refusal.message,
        "num_partitions": -1,
        "replication_factor": -1,
        "configs": [],
    }


def _creation(topic: Topic, validate_only: bool) -> dict[str, object]:
    return {
        "name": topic.name,
        "topic_id": _NO_ID if validate_only else topic.id,
        "error_code": 0,
        "error_message": None,
        "num_partitions": len(topic.partitions),
        "replication_factor": 1,
        "configs": creation_summary(topic),
    }


def _growable(cluster: Cluster, wanted: Any) -> Topic:
    topic = cluster.topics.named(wanted.name)
    if topic is None:
        raise Refused(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
    present = len(topic.partitions)
    if wanted.count == present:
        raise Refused(ErrorCode.INVALID_PARTITIONS, f"Topic already has {present} partition(s).")
    if wanted.count < present:
        raise Refused(
            ErrorCode.INVALID_PARTITIONS,
            f"The topic {topic.name} currently has {present} partition(s); {wanted.count} would not "
            "be an increase.",
        )
    if wanted.assignments is not None:
        _check_growth(wanted, wanted.count - present)
    return topic


def _check_growth(wanted: Any, added: int) -> None:
    if len(wanted.assignments) != added:
        raise Refused(
            ErrorCode.INVALID_REPLICA_ASSIGNMENT,
            f"Attempted to add {added} additional partition(s), but only {len(wanted.assignments)} "
            "assignment(s) were specified.",
        )
    _check_replicas(list(a.broker_ids) for a in wanted.assignments)


def _check_replicas(assignments: Iterable[list[int]]) -> None:
    for brokers in assignments:
        problem = None
        stranger = next((b for b in brokers if b != NODE), None)
        if not brokers:
            problem = "an empty replica list"
        elif stranger is not None:
            problem = f"broker {stranger}, but no such broker is registered"
        elif len(brokers) > 1:
            problem = f"the broker {NODE} more than once"
        if problem:
            raise Refused(
                ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                f"The manual partition assignment includes {problem}.",
            )


def _deleted(cluster: Cluster, name: str | None, identity: uuid.UUID) -> dict[str, object]:
    topic = cluster.topics.identified(identity) if name is None else cluster.topics.named(name)
    if topic is None and name is None:
        unknown = Refused(ErrorCode.UNKNOWN_TOPIC_ID, "This server does not host this topic ID.")
        return _not_deleted(name, identity, unknown)
    if topic is None:
        unknown = Refused(
            ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "This server does not host this topic-partition."
        )
        return _not_deleted(name, identity, unknown)
    cluster.topics.delete(topic)
    cluster.groups.forget_topic(topic.name)
    return {"name": topic.name, "topic_id": topic.id, "error_code": 0, "error_message": None}


def _not_deleted(name: str | None, identity: uuid.UUID, refusal: Refused) -> dict[str, object]:
    return {
        "name": name,
        "topic_id": identity,
        "error_code": refusal.code,
        "error_message": refusal.message,
    }


def _records_deleted(cluster: Cluster, name: str, index: int, offset: int) -> dict[str, object]:
    partition = cluster.topics.partition(name, index)
    code = ErrorCode.NONE
    if partition is None:
        code = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
    else:
        before = partition.end if offset == -1 else offset
        if 0 <= before <= partition.end:
            partition.delete_before(before)
        else:
            code = ErrorCode.OFFSET_OUT_OF_RANGE
    low = -1 if partition is None or code else partition.start
    return {"partition_index": index, "low_watermark": low, "error_code": code}
