"""Fetch (1), with long polls that end as soon as there is enough."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from evtbdd.embedded.kafka.cluster import Cluster
from evtbdd.embedded.kafka.errors import ErrorCode
from evtbdd.embedded.kafka.handlers.request import Request
from evtbdd.embedded.kafka.partition import LEADER_EPOCH, Partition
from evtbdd.embedded.kafka.protocol import Fields
from evtbdd.embedded.kafka.topics import Topic

IDS_FROM = 13
"""The version from which topics are named by their ids."""


@dataclass
class Gathered:
    """What a look at all wanted partitions has found."""

    size: int = 0
    failed: bool = False
    responses: list[dict[str, object]] = field(default_factory=list)


async def fetch(cluster: Cluster, request: Request) -> Fields:
    """Answer when `min_bytes` are there, an error is to be told, or `max_wait_ms` are over.

    There are no fetch sessions: every answer has the session id 0, which tells clients so.
    """
    body = request.body
    if request.version >= 7 and body.session_id != 0:
        return {"error_code": ErrorCode.FETCH_SESSION_ID_NOT_FOUND, "responses": []}
    gathered = _gather(cluster, request)
    if gathered.size < body.min_bytes and not gathered.failed and body.max_wait_ms > 0:
        gathered = await _wait(cluster, request)
    return {"error_code": 0, "session_id": 0, "responses": gathered.responses}


async def _wait(cluster: Cluster, request: Request) -> Gathered:
    loop = asyncio.get_running_loop()
    gathered = _gather(cluster, request)
    watched = [p for p in _partitions(cluster, request) if p]
    over: asyncio.Future[None] = loop.create_future()

    def look_again() -> None:
        nonlocal gathered
        if not over.done():
            gathered = _gather(cluster, request)
            if gathered.failed or gathered.size >= request.body.min_bytes:
                over.set_result(None)

    def give_up() -> None:
        if not over.done():
            over.set_result(None)

    timer = loop.call_later(request.body.max_wait_ms / 1000, give_up)
    for partition in watched:
        partition.waiters.add(look_again)
    try:
        await over
    finally:
        timer.cancel()
        for partition in watched:
            partition.waiters.discard(look_again)
    return gathered


def _partitions(cluster: Cluster, request: Request) -> Iterator[Partition | None]:
    for wanted in request.body.topics:
        topic = _topic(cluster, wanted, request.version)
        for place in wanted.partitions:
            yield topic.partition(place.partition) if topic else None


def _topic(cluster: Cluster, wanted: Any, version: int) -> Topic | None:
    if version >= IDS_FROM:
        return cluster.topics.identified(wanted.topic_id)
    return cluster.topics.named(wanted.topic)


def _gather(cluster: Cluster, request: Request) -> Gathered:
    gathered = Gathered()
    for wanted in request.body.topics:
        topic = _topic(cluster, wanted, request.version)
        results = [_one(topic, place, request, gathered) for place in wanted.partitions]
        gathered.responses.append(
            {
                "topic": wanted.topic,
                "topic_id": wanted.topic_id or uuid.UUID(int=0),
                "partitions": results,
            }
        )
    return gathered


def _one(topic: Topic | None, wanted: Any, request: Request, gathered: Gathered) -> dict[str, Any]:
    partition = topic.partition(wanted.partition) if topic else None
    code = _problem(topic, partition, wanted, request.version)
    if code or partition is None:
        gathered.failed = True
        return _failure(wanted.partition, code, partition is not None)
    committed = request.body.isolation_level == 1
    before = partition.stable_end if committed else partition.end
    left = max(0, request.body.max_bytes - gathered.size)
    records = partition.read(
        wanted.fetch_offset,
        before,
        min(wanted.partition_max_bytes, left),
        whole_first=gathered.size == 0,
    )
    gathered.size += len(records)
    result = {
        "partition_index": wanted.partition,
        "error_code": 0,
        "high_watermark": partition.end,
        "last_stable_offset": partition.stable_end,
        "log_start_offset": partition.start,
        "aborted_transactions": None,
        "records": records,
    }
    if committed:
        result["aborted_transactions"] = [
            {"producer_id": a.producer_id, "first_offset": a.first_offset}
            for a in partition.aborted_within(wanted.fetch_offset, before)
        ]
    return result


def _problem(
    topic: Topic | None, partition: Partition | None, wanted: Any, version: int
) -> ErrorCode:
    if topic is None and version >= IDS_FROM:
        return ErrorCode.UNKNOWN_TOPIC_ID
    if partition is None:
        return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
    if wanted.current_leader_epoch > LEADER_EPOCH:
        return ErrorCode.UNKNOWN_LEADER_EPOCH
    if not partition.start <= wanted.fetch_offset <= partition.end:
        return ErrorCode.OFFSET_OUT_OF_RANGE
    return ErrorCode.NONE


def _failure(index: int, code: ErrorCode, hosted: bool) -> dict[str, object]:
    return {
        "partition_index": index,
        "error_code": code,
        "high_watermark": -1,
        "last_stable_offset": -1,
        "log_start_offset": -1,
        "aborted_transactions": None if hosted else [],
        "records": b"",
    }
