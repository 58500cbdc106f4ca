"""Produce (0)."""

from __future__ import annotations

import struct
from typing import Any

from evtbdd.embedded.kafka import validation
from evtbdd.embedded.kafka.batches import Batch, stamped
from evtbdd.embedded.kafka.cluster import Cluster
from evtbdd.embedded.kafka.errors import ErrorCode, HangUp, Refused
from evtbdd.embedded.kafka.handlers.request import Request
from evtbdd.embedded.kafka.protocol import Fields
from evtbdd.embedded.kafka.validation import RecordsRefused, Rules

_NOWHERE = {"base_offset": -1, "log_append_time_ms": -1, "log_start_offset": -1}


def produce(cluster: Cluster, request: Request) -> Fields | None:
    """Append; with acks=0 nothing is answered, and a failure closes the connection."""
    body = request.body
    responses = []
    failed = False
    for topic in body.topic_data:
        results = []
        for wanted in topic.partition_data:
            result = _partition(cluster, body, topic.name, wanted)
            failed = failed or bool(result["error_code"])
            results.append(result)
        responses.append({"name": topic.name, "partition_responses": results})
    if body.acks == 0:
        if failed:
            raise HangUp
        return None
    return {"responses": responses}


def _partition(cluster: Cluster, body: Any, topic: str, wanted: Any) -> dict[str, object]:
    try:
        if body.acks not in (-1, 0, 1):
            raise Refused(ErrorCode.INVALID_REQUIRED_ACKS)
        placed = _append(cluster, body.transactional_id, topic, wanted.index, wanted.records)
    except RecordsRefused as refusal:
        errors = [
            {"batch_index": e.index, "batch_index_error_message": e.message}
            for e in refusal.record_errors
        ]
        return {**_failure(wanted.index, refusal), "record_errors": errors}
    except Refused as refusal:
        return _failure(wanted.index, refusal)
    return {"index": wanted.index, "error_code": 0, "record_errors": [], **placed}


def _failure(index: int, refusal: Refused) -> dict[str, object]:
    return {
        "index": index,
        "error_code": refusal.code,
        "error_message": refusal.message,
        "record_errors": [],
        **_NOWHERE,
    }


def _append(
    cluster: Cluster, transactional_id: str | None, name: str, index: int, records: bytes | None
) -> dict[str, int]:
    topic = cluster.topics.named(name)
    partition = topic.partition(index) if topic else None
    if topic is None or partition is None:
        raise Refused(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
    batch = _batch(records)
    if batch.is_transactional:
        cluster.transactions.check_write(transactional_id, (name, index), batch)
    rules = Rules.of(topic, index)
    now = cluster.now()
    validation.check(batch, rules, now)
    known = partition.producers.duplicate(batch) if batch.producer_id >= 0 else None
    if known is not None:
        offset, appended_at = known.offset, known.timestamp
    elif rules.stamped_on_append:
        offset, appended_at = partition.append(stamped(batch, now)), now
    else:
        offset, appended_at = partition.append(batch), -1
    return {
        "base_offset": offset,
        "log_append_time_ms": appended_at,
        "log_start_offset": partition.start,
    }


def _batch(records: bytes | None) -> Batch:
    try:
        return validation.single_batch(records)
    except struct.error as error:
        raise Refused(ErrorCode.CORRUPT_MESSAGE, str(error)) from error
