"""InitProducerId (22), AddPartitionsToTxn (24), AddOffsetsToTxn (25), EndTxn (26), TxnOffsetCommit (28)."""

from __future__ import annotations

from typing import Any

from evtbdd.embedded.kafka.cluster import Cluster
from evtbdd.embedded.kafka.coordinator import Entry
from evtbdd.embedded.kafka.errors import ErrorCode, Refused
from evtbdd.embedded.kafka.handlers.group_offsets import as_committed, offset_problem
from evtbdd.embedded.kafka.handlers.request import Request
from evtbdd.embedded.kafka.protocol import Fields

_FENCED_SINCE_INIT = 4
_FENCED_SINCE = 2


def init_producer_id(cluster: Cluster, request: Request) -> Fields:
    """A producer's id and epoch; with a transactional id, the ones that go with it."""
    body = request.body
    if body.transactional_id is None:
        new = cluster.transactions.new_producer_id()
        return {"error_code": 0, "producer_id": new, "producer_epoch": 0}
    try:
        known = cluster.transactions.initialise(
            body.transactional_id,
            body.transaction_timeout_ms,
            body.producer_id if request.version >= 3 else -1,
            body.producer_epoch if request.version >= 3 else -1,
        )
    except Refused as refusal:
        code = _told(refusal.code, request.version, _FENCED_SINCE_INIT)
        return {"error_code": code, "producer_id": -1, "producer_epoch": -1}
    return {"error_code": 0, "producer_id": known.producer_id, "producer_epoch": known.epoch}


def add_partitions_to_txn(cluster: Cluster, request: Request) -> Fields:
    """Begin, or widen, a transaction: all of the partitions, or none."""
    body = request.body
    topics = body.v3_and_below_topics
    missing = [
        (topic.name, index)
        for topic in topics
        for index in topic.partitions
        if cluster.topics.partition(topic.name, index) is None
    ]
    refused = ErrorCode.NONE
    try:
        transaction = cluster.transactions.owned(
            body.v3_and_below_transactional_id,
            body.v3_and_below_producer_id,
            body.v3_and_below_producer_epoch,
        )
        if not missing:
            places = [(topic.name, index) for topic in topics for index in topic.partitions]
            cluster.transactions.add_partitions(transaction, places)
    except Refused as refusal:
        refused = _told(refusal.code, request.version, _FENCED_SINCE)

    def code(place: tuple[str, int]) -> ErrorCode:
        if place in missing:
            return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
        return ErrorCode.OPERATION_NOT_ATTEMPTED if missing else refused

    return {
        "results_by_topic_v3_and_below": [
            {
                "name": topic.name,
                "results_by_partition": [
                    {"partition_index": i, "partition_error_code": code((topic.name, i))}
                    for i in topic.partitions
                ],
            }
            for topic in topics
        ]
    }


def add_offsets_to_txn(cluster: Cluster, request: Request) -> Fields:
    """Let a transaction commit a group's offsets."""
    body = request.body
    try:
        transaction = _owned(cluster, body)
        cluster.transactions.add_group(transaction, body.group_id)
    except Refused as refusal:
        return {"error_code": _told(refusal.code, request.version, _FENCED_SINCE)}
    return {"error_code": 0}


def end_txn(cluster: Cluster, request: Request) -> Fields:
    """Commit or abort."""
    try:
        cluster.transactions.end(_owned(cluster, request.body), request.body.committed)
    except Refused as refusal:
        return {"error_code": _told(refusal.code, request.version, _FENCED_SINCE)}
    return {"error_code": 0}


def txn_offset_commit(cluster: Cluster, request: Request) -> Fields:
    """Commit offsets that count when the transaction is committed."""
    body = request.body
    entry = None
    refused = ErrorCode.NONE
    try:
        entry = _committable(cluster, request)
    except Refused as refusal:
        refused = _told(refusal.code, 0, 1)
    topics = []
    for topic in body.topics:
        results = []
        for p in topic.partitions:
            code = refused or offset_problem(cluster, topic.name, p)
            if entry is not None and not code:
                cluster.groups.keep(entry)
                place = (topic.name, p.partition_index)
                entry.offsets.commit_within(body.producer_id, place, as_committed(p))
            results.append({"partition_index": p.partition_index, "error_code": code})
        topics.append({"name": topic.name, "partitions": results})
    return {"topics": topics}


def _committable(cluster: Cluster, request: Request) -> Entry:
    body = request.body
    if not body.group_id:
        raise Refused(ErrorCode.INVALID_GROUP_ID)
    cluster.transactions.check_offsets(_owned(cluster, body), body.group_id)
    member = request.version >= 3
    return cluster.groups.committable(
        body.group_id,
        body.generation_id if member else -1,
        body.member_id if member else "",
        body.group_instance_id if member else None,
        transactional=True,
    )


def _owned(cluster: Cluster, body: Any) -> Any:
    return cluster.transactions.owned(body.transactional_id, body.producer_id, body.producer_epoch)


def _told(code: ErrorCode, version: int, since: int) -> ErrorCode:
    """Older versions know a fenced producer by its epoch only."""
    if code is ErrorCode.PRODUCER_FENCED and version < since:
        return ErrorCode.INVALID_PRODUCER_EPOCH
    return code
