"""Which APIs are spoken, in which versions, and who handles them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from evtbdd.embedded.kafka.cluster import Cluster
from evtbdd.embedded.kafka.errors import ErrorCode
from evtbdd.embedded.kafka.handlers.configs import (
    alter_configs,
    describe_configs,
    incremental_alter_configs,
)
from evtbdd.embedded.kafka.handlers.fetch import fetch
from evtbdd.embedded.kafka.handlers.group_admin import delete_groups, describe_groups, list_groups
from evtbdd.embedded.kafka.handlers.group_joins import (
    heartbeat,
    join_group,
    leave_group,
    sync_group,
)
from evtbdd.embedded.kafka.handlers.group_offsets import (
    offset_commit,
    offset_delete,
    offset_fetch,
)
from evtbdd.embedded.kafka.handlers.list_offsets import list_offsets, offset_for_leader_epoch
from evtbdd.embedded.kafka.handlers.metadata import (
    describe_cluster,
    describe_topic_partitions,
    find_coordinator,
    metadata,
)
from evtbdd.embedded.kafka.handlers.produce import produce
from evtbdd.embedded.kafka.handlers.request import Handler, Request
from evtbdd.embedded.kafka.handlers.sasl import sasl_authenticate, sasl_handshake
from evtbdd.embedded.kafka.handlers.topics import (
    create_partitions,
    create_topics,
    delete_records,
    delete_topics,
)
from evtbdd.embedded.kafka.handlers.transactions import (
    add_offsets_to_txn,
    add_partitions_to_txn,
    end_txn,
    init_producer_id,
    txn_offset_commit,
)
from evtbdd.embedded.kafka.protocol import Fields

SASL_HANDSHAKE, API_VERSIONS, SASL_AUTHENTICATE = 17, 18, 36


@dataclass(frozen=True, slots=True)
class Api:
    """An API, the versions of it that are spoken, and its handler."""

    name: str
    lowest: int
    highest: int
    handler: Handler

    def has(self, version: int) -> bool:
        """Whether that version is spoken."""
        return self.lowest <= version <= self.highest


def api_versions(_cluster: Cluster, _request: Request) -> Fields:
    """ApiVersions (18)."""
    return {"error_code": 0, "api_keys": _listed(sorted(APIS))}


def unsupported_api_versions() -> Fields:
    """The answer, in version 0, to an ApiVersions request of a version that is not spoken."""
    return {"error_code": ErrorCode.UNSUPPORTED_VERSION, "api_keys": _listed([API_VERSIONS])}


def _listed(keys: list[int]) -> list[dict[str, int]]:
    return [
        {"api_key": k, "min_version": APIS[k].lowest, "max_version": APIS[k].highest} for k in keys
    ]


APIS: Mapping[int, Api] = {
    # Versions are those of Apache Kafka 4.3, except where a comment says why not.
    # Produce 12 adds partitions to transactions implicitly (KIP-890), 13 knows topics by id.
    0: Api("Produce", 0, 11, produce),
    1: Api("Fetch", 4, 18, fetch),
    2: Api("ListOffsets", 1, 11, list_offsets),
    3: Api("Metadata", 0, 13, metadata),
    # Versions 10 of both know topics by id, for KIP-848 only.
    8: Api("OffsetCommit", 2, 9, offset_commit),
    9: Api("OffsetFetch", 1, 9, offset_fetch),
    10: Api("FindCoordinator", 0, 5, find_coordinator),  # 6 is for share groups
    11: Api("JoinGroup", 0, 9, join_group),
    12: Api("Heartbeat", 0, 4, heartbeat),
    13: Api("LeaveGroup", 0, 5, leave_group),
    14: Api("SyncGroup", 0, 5, sync_group),
    15: Api("DescribeGroups", 0, 6, describe_groups),
    16: Api("ListGroups", 0, 5, list_groups),
    SASL_HANDSHAKE: Api("SaslHandshake", 0, 1, sasl_handshake),
    API_VERSIONS: Api("ApiVersions", 0, 4, api_versions),
    19: Api("CreateTopics", 2, 7, create_topics),
    20: Api("DeleteTopics", 1, 6, delete_topics),
    21: Api("DeleteRecords", 0, 2, delete_records),
    22: Api("InitProducerId", 0, 5, init_producer_id),
    23: Api("OffsetForLeaderEpoch", 2, 4, offset_for_leader_epoch),
    24: Api("AddPartitionsToTxn", 0, 3, add_partitions_to_txn),  # 4 is for brokers, 5 for KIP-890
    25: Api("AddOffsetsToTxn", 0, 4, add_offsets_to_txn),
    26: Api("EndTxn", 0, 4, end_txn),  # 5 is for KIP-890
    28: Api("TxnOffsetCommit", 0, 4, txn_offset_commit),  # 5 is for KIP-890
    32: Api("DescribeConfigs", 1, 4, describe_configs),
    33: Api("AlterConfigs", 0, 2, alter_configs),
    SASL_AUTHENTICATE: Api("SaslAuthenticate", 0, 2, sasl_authenticate),
    37: Api("CreatePartitions", 0, 3, create_partitions),
    42: Api("DeleteGroups", 0, 2, delete_groups),
    44: Api("IncrementalAlterConfigs", 0, 1, incremental_alter_configs),
    47: Api("OffsetDelete", 0, 0, offset_delete),
    60: Api("DescribeCluster", 0, 2, describe_cluster),
    75: Api("DescribeTopicPartitions", 0, 0, describe_topic_partitions),
}
