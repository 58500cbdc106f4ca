"""Being a member of a group: JoinGroup (11), Heartbeat (12), LeaveGroup (13), SyncGroup (14)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from evtbdd.embedded.kafka.cluster import Cluster
from evtbdd.embedded.kafka.errors import ErrorCode, Refused
from evtbdd.embedded.kafka.handlers.request import Request
from evtbdd.embedded.kafka.members import Joined, Joining, Synced
from evtbdd.embedded.kafka.protocol import Fields

SHORTEST_SESSION = 1000
"""Milliseconds; `group.min.session.timeout.ms`, which is 6000 where nobody set it."""
LONGEST_SESSION = 1_800_000
"""Milliseconds; `group.max.session.timeout.ms`."""

Given = TypeVar("Given")


async def join_group(cluster: Cluster, request: Request) -> Fields:
    """Join or rejoin; answered when the whole group has joined."""
    body = request.body

    def join(answer: Callable[[Joined], None]) -> None:
        _check_joining(body)
        entry = cluster.groups.joinable(body.group_id, bool(body.member_id))
        entry.group.join(_joining(request), answer, cluster.groups.now())
        cluster.groups.keep(entry)
        cluster.groups.alarm.set()

    try:
        joined = await _answered(join)
    except Refused as refusal:
        joined = Joined(refusal.code, body.member_id)
    name_missing = None if request.version >= 7 else ""
    return {
        "error_code": joined.error,
        "generation_id": joined.generation,
        "protocol_type": joined.protocol_type,
        "protocol_name": name_missing if joined.protocol is None else joined.protocol,
        "leader": joined.leader,
        "skip_assignment": joined.skip_assignment,
        "member_id": joined.member_id,
        "members": [
            {"member_id": member_id, "group_instance_id": instance_id, "metadata": metadata}
            for member_id, instance_id, metadata in joined.members
        ],
    }


async def sync_group(cluster: Cluster, request: Request) -> Fields:
    """Fetch one's assignment; answered when the leader has sent all of them."""
    body = request.body

    def sync(answer: Callable[[Synced], None]) -> None:
        _check_group_id(body.group_id)
        if request.version >= 5 and (body.protocol_type is None or body.protocol_name is None):
            raise Refused(ErrorCode.INCONSISTENT_GROUP_PROTOCOL)
        group = cluster.groups.member_of(body.group_id)
        member = group.member(body.member_id, body.group_instance_id)
        group.check_protocol(body.protocol_type, body.protocol_name)
        assignments = {a.member_id: bytes(a.assignment) for a in body.assignments}
        group.sync(member, body.generation_id, assignments, answer, cluster.groups.now())
        cluster.groups.alarm.set()

    try:
        synced = await _answered(sync)
    except Refused as refusal:
        synced = Synced(refusal.code)
    return {
        "error_code": synced.error,
        "protocol_type": synced.protocol_type,
        "protocol_name": synced.protocol,
        "assignment": synced.assignment,
    }


def heartbeat(cluster: Cluster, request: Request) -> Fields:
    """Say that one is alive, and hear of rebalances."""
    body = request.body
    try:
        _check_group_id(body.group_id)
        group = cluster.groups.member_of(body.group_id)
        member = group.member(body.member_id, body.group_instance_id)
        group.heartbeat(member, body.generation_id, cluster.groups.now())
    except Refused as refusal:
        return {"error_code": refusal.code}
    return {"error_code": 0}


def leave_group(cluster: Cluster, request: Request) -> Fields:
    """Leave; from version 3 on several members, each with its own result."""
    body = request.body
    if request.version < 3:
        leavers = [(body.member_id, None)]
    else:
        leavers = [(m.member_id, m.group_instance_id) for m in body.members]
    results = [_left(cluster, body.group_id, *leaver) for leaver in leavers]
    cluster.groups.alarm.set()
    if not body.group_id:
        return {"error_code": ErrorCode.INVALID_GROUP_ID, "members": []}
    return {
        "error_code": results[0]["error_code"] if request.version < 3 else 0,
        "members": results,
    }


async def _answered(ask: Callable[[Callable[[Given], None]], None]) -> Given:
    """What `ask` hands to its callback, at once or later; a client that is gone hears nothing."""
    future: asyncio.Future[Given] = asyncio.get_running_loop().create_future()

    def answer(given: Given) -> None:
        if not future.done():
            future.set_result(given)

    ask(answer)
    awaited: Awaitable[Given] = future
    return await awaited


def _check_group_id(group_id: str) -> None:
    if not group_id:
        raise Refused(ErrorCode.INVALID_GROUP_ID)


def _check_joining(body: Any) -> None:
    _check_group_id(body.group_id)
    if not SHORTEST_SESSION <= body.session_timeout_ms <= LONGEST_SESSION:
        raise Refused(ErrorCode.INVALID_SESSION_TIMEOUT)


def _joining(request: Request) -> Joining:
    body = request.body
    session = body.session_timeout_ms / 1000
    return Joining(
        member_id=body.member_id,
        instance_id=body.group_instance_id,
        client_id=request.client_id,
        client_host=request.host,
        protocol_type=body.protocol_type,
        protocols=tuple((p.name, bytes(p.metadata)) for p in body.protocols),
        session_timeout=session,
        rebalance_timeout=body.rebalance_timeout_ms / 1000 if request.version >= 1 else session,
        member_id_required=request.version >= 4,
        may_skip_assignment=request.version >= 9,
    )


def _left(
    cluster: Cluster, group_id: str, member_id: str, instance_id: str | None
) -> dict[str, object]:
    code = ErrorCode.NONE
    try:
        group = cluster.groups.member_of(group_id)
        group.leave(member_id, instance_id, cluster.groups.now())
    except Refused as refusal:
        code = refusal.code
    return {"member_id": member_id, "group_instance_id": instance_id, "error_code": code}
