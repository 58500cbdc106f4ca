"""The offsets of groups: OffsetCommit (8), OffsetFetch (9), OffsetDelete (47)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from evtbdd.embedded.kafka.cluster import Cluster
from evtbdd.embedded.kafka.coordinator import Entry
from evtbdd.embedded.kafka.errors import ErrorCode, Refused
from evtbdd.embedded.kafka.handlers.request import Request
from evtbdd.embedded.kafka.offsets import Committed, CommittedOffsets
from evtbdd.embedded.kafka.protocol import Fields
from evtbdd.embedded.kafka.rebalance import State
from evtbdd.embedded.kafka.subscriptions import subscribed_topics

LONGEST_METADATA = 4096
"""Characters; `offset.metadata.max.bytes`."""


def offset_commit(cluster: Cluster, request: Request) -> Fields:
    """Commit; a commit that is refused leaves no group behind."""
    body = request.body
    entry = None
    refused = ErrorCode.NONE
    try:
        entry = cluster.groups.committable(
            body.group_id,
            body.generation_id_or_member_epoch if request.version >= 1 else -1,
            body.member_id if request.version >= 1 else "",
            body.group_instance_id,
        )
    except Refused as refusal:
        refused = refusal.code
    topics = [
        {
            "name": topic.name,
            "partitions": [
                _committed(cluster, entry, refused, topic.name, p) for p in topic.partitions
            ],
        }
        for topic in body.topics
    ]
    cluster.groups.alarm.set()
    return {"topics": topics}


def offset_problem(cluster: Cluster, topic: str, wanted: Any) -> ErrorCode:
    """Why this offset cannot be committed, NONE where it can."""
    if cluster.topics.partition(topic, wanted.partition_index) is None:
        return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
    if len(wanted.committed_metadata or "") > LONGEST_METADATA:
        return ErrorCode.OFFSET_METADATA_TOO_LARGE
    return ErrorCode.NONE


def as_committed(wanted: Any) -> Committed:
    """The offset in a request to commit."""
    return Committed(
        wanted.committed_offset, wanted.committed_leader_epoch, wanted.committed_metadata or ""
    )


def offset_fetch(cluster: Cluster, request: Request) -> Fields:
    """Committed offsets; from version 8 on of several groups."""
    body = request.body
    stable = request.version >= 7 and body.require_stable
    if request.version >= 8:
        return {
            "groups": [
                {
                    "group_id": g.group_id,
                    "topics": _fetched(cluster, g.group_id, g.topics, stable),
                    "error_code": 0,
                }
                for g in body.groups
            ]
        }
    return {"topics": _fetched(cluster, body.group_id, body.topics, stable), "error_code": 0}


def offset_delete(cluster: Cluster, request: Request) -> Fields:
    """Delete offsets, of topics that no member of the group is subscribed to."""
    body = request.body
    if not body.group_id:
        return {"error_code": ErrorCode.INVALID_GROUP_ID, "topics": []}
    entry = cluster.groups.find(body.group_id)
    if entry is None:
        return {"error_code": ErrorCode.GROUP_ID_NOT_FOUND, "topics": []}
    group = entry.group
    if group.state is not State.EMPTY and group.protocol_type != "consumer":
        return {"error_code": ErrorCode.NON_EMPTY_GROUP, "topics": []}
    taken = subscribed_topics(m.metadata(m.names()[0]) for m in group.members.values())
    return {
        "error_code": 0,
        "topics": [
            {
                "name": topic.name,
                "partitions": [
                    _forgotten(cluster, entry, topic.name, p.partition_index, taken)
                    for p in topic.partitions
                ],
            }
            for topic in body.topics
        ],
    }


def _forgotten(
    cluster: Cluster, entry: Entry, topic: str, index: int, taken: set[str]
) -> dict[str, object]:
    code = ErrorCode.NONE
    if cluster.topics.partition(topic, index) is None:
        code = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
    elif topic in taken:
        code = ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC
    else:
        entry.offsets.forget((topic, index))
    return {"partition_index": index, "error_code": code}


def _committed(
    cluster: Cluster, entry: Entry | None, refused: ErrorCode, topic: str, wanted: Any
) -> dict[str, object]:
    code = refused or offset_problem(cluster, topic, wanted)
    if entry is not None and not code:
        cluster.groups.keep(entry)
        entry.offsets.commit((topic, wanted.partition_index), as_committed(wanted))
    return {"partition_index": wanted.partition_index, "error_code": code}


def _fetched(cluster: Cluster, group_id: str, topics: Any, stable: bool) -> list[dict[str, object]]:
    entry = cluster.groups.find(group_id)
    offsets = entry.offsets if entry else CommittedOffsets()
    wanted: dict[str, list[int]] = {}
    if topics is None:
        for topic, index in offsets.places():
            wanted.setdefault(topic, []).append(index)
    else:
        wanted = {t.name: list(t.partition_indexes) for t in topics}
    return [
        {"name": topic, "partitions": _offsets_of(offsets, topic, indexes, stable)}
        for topic, indexes in wanted.items()
    ]


def _offsets_of(
    offsets: CommittedOffsets, topic: str, indexes: Iterable[int], stable: bool
) -> list[dict[str, object]]:
    results = []
    for index in indexes:
        undecided = stable and offsets.is_undecided((topic, index))
        committed = Committed() if undecided else offsets.get((topic, index))
        results.append(
            {
                "partition_index": index,
                "committed_offset": committed.offset,
                "committed_leader_epoch": committed.leader_epoch,
                "metadata": committed.metadata,
                "error_code": ErrorCode.UNSTABLE_OFFSET_COMMIT if undecided else ErrorCode.NONE,
            }
        )
    return results
