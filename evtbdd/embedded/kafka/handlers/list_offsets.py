"""ListOffsets (2) and OffsetForLeaderEpoch (23): where partitions begin and end."""

from __future__ import annotations

from typing import Any

from evtbdd.embedded.kafka.cluster import Cluster
from evtbdd.embedded.kafka.errors import ErrorCode, Refused
from evtbdd.embedded.kafka.handlers.request import Request
from evtbdd.embedded.kafka.partition import LEADER_EPOCH, Found, Partition
from evtbdd.embedded.kafka.protocol import Fields

LATEST, EARLIEST, MAX_TIMESTAMP, EARLIEST_LOCAL, LATEST_TIERED = -1, -2, -3, -4, -5
_SINCE = {LATEST: 1, EARLIEST: 1, MAX_TIMESTAMP: 7, EARLIEST_LOCAL: 8, LATEST_TIERED: 9}


def list_offsets(cluster: Cluster, request: Request) -> Fields:
    """The first or last offset, or the first at a time, as each partition is asked."""
    return {
        "topics": [
            {
                "name": topic.name,
                "partitions": [
                    _listed(cluster.topics.partition(topic.name, p.partition_index), p, request)
                    for p in topic.partitions
                ],
            }
            for topic in request.body.topics
        ]
    }


def offset_for_leader_epoch(cluster: Cluster, request: Request) -> Fields:
    """There is one epoch only, 0; its end is the log's."""
    return {
        "topics": [
            {
                "topic": topic.topic,
                "partitions": [
                    _epoch_end(cluster.topics.partition(topic.topic, p.partition), p)
                    for p in topic.partitions
                ],
            }
            for topic in request.body.topics
        ]
    }


def _listed(partition: Partition | None, wanted: Any, request: Request) -> dict[str, object]:
    found, epoch, code = Found(), -1, ErrorCode.NONE
    try:
        found = _found(partition, wanted, request)
    except Refused as refusal:
        code = refusal.code
    if found.offset >= 0:
        epoch = LEADER_EPOCH
    return {
        "partition_index": wanted.partition_index,
        "error_code": code,
        "timestamp": found.timestamp,
        "offset": found.offset,
        "leader_epoch": epoch,
    }


def _found(partition: Partition | None, wanted: Any, request: Request) -> Found:
    partition = _checked(partition, wanted.current_leader_epoch)
    when = wanted.timestamp
    if when < 0 and request.version < _SINCE.get(when, 99):
        raise Refused(ErrorCode.UNSUPPORTED_VERSION)
    committed = request.version >= 2 and request.body.isolation_level == 1
    before = partition.stable_end if committed else partition.end
    if when == LATEST:
        return Found(offset=before)
    if when in (EARLIEST, EARLIEST_LOCAL):
        return Found(offset=partition.start)
    if when == MAX_TIMESTAMP:
        return partition.latest_time()
    if when == LATEST_TIERED:
        return Found()
    return partition.at_time(when, before)


def _checked(partition: Partition | None, epoch: int) -> Partition:
    if partition is None:
        raise Refused(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
    if epoch > LEADER_EPOCH:
        raise Refused(ErrorCode.UNKNOWN_LEADER_EPOCH)
    return partition


def _epoch_end(partition: Partition | None, wanted: Any) -> dict[str, object]:
    epoch, end, code = -1, -1, ErrorCode.NONE
    try:
        known = _checked(partition, wanted.current_leader_epoch)
    except Refused as refusal:
        code = refusal.code
    else:
        if wanted.leader_epoch == LEADER_EPOCH:
            epoch, end = LEADER_EPOCH, known.end
    return {
        "error_code": code,
        "partition": wanted.partition,
        "leader_epoch": epoch,
        "end_offset": end,
    }
