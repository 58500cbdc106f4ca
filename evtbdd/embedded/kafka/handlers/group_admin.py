"""Groups seen from outside: DescribeGroups (15), ListGroups (16), DeleteGroups (42)."""

from __future__ import annotations

from evtbdd.embedded.kafka.cluster import Cluster
from evtbdd.embedded.kafka.errors import ErrorCode, Refused
from evtbdd.embedded.kafka.group import Group
from evtbdd.embedded.kafka.handlers.request import Request
from evtbdd.embedded.kafka.members import Member
from evtbdd.embedded.kafka.protocol import Fields
from evtbdd.embedded.kafka.rebalance import State


def describe_groups(cluster: Cluster, request: Request) -> Fields:
    """State, protocol and members; a group that is not there is Dead."""
    described = []
    for group_id in request.body.groups:
        entry = cluster.groups.find(group_id)
        described.append(_described(entry.group) if entry else _dead(group_id, request.version))
    return {"groups": described}


def list_groups(cluster: Cluster, request: Request) -> Fields:
    """All groups, or those in the states and of the types that were asked for, in any case."""
    states = (
        {s.lower() for s in request.body.states_filter or ()} if request.version >= 4 else set()
    )
    types = {t.lower() for t in request.body.types_filter or ()} if request.version >= 5 else set()
    groups = [entry.group for entry in cluster.groups]
    return {
        "error_code": 0,
        "groups": [
            {
                "group_id": group.id,
                "protocol_type": group.protocol_type,
                "group_state": group.state.value,
                "group_type": "classic",
            }
            for group in groups
            if (not states or group.state.value.lower() in states)
            and (not types or "classic" in types)
        ],
    }


def delete_groups(cluster: Cluster, request: Request) -> Fields:
    """Delete groups that have no members, offsets included."""
    results = []
    for group_id in request.body.groups_names:
        code = ErrorCode.NONE
        try:
            cluster.groups.delete(group_id)
        except Refused as refusal:
            code = refusal.code
        results.append({"group_id": group_id, "error_code": code})
    return {"results": results}


def _described(group: Group) -> dict[str, object]:
    stable = group.state is State.STABLE
    return {
        "error_code": 0,
        "group_id": group.id,
        "group_state": group.state.value,
        "protocol_type": group.protocol_type,
        "protocol_data": (group.protocol or "") if stable else "",
        "members": [_member(m, group.protocol if stable else None) for m in group.members.values()],
    }


def _member(member: Member, protocol: str | None) -> dict[str, object]:
    """Until the group is stable no protocol is settled, so there is no metadata to show."""
    return {
        "member_id": member.id,
        "group_instance_id": member.instance_id,
        "client_id": member.client_id,
        "client_host": f"/{member.client_host}",
        "member_metadata": member.metadata(protocol) if protocol else b"",
        "member_assignment": member.assignment,
    }


def _dead(group_id: str, version: int) -> dict[str, object]:
    return {
        "error_code": ErrorCode.GROUP_ID_NOT_FOUND if version >= 6 else ErrorCode.NONE,
        "error_message": f"Group {group_id} not found." if version >= 6 else None,
        "group_id": group_id,
        "group_state": "Dead",
        "protocol_type": "",
        "protocol_data": "",
        "members": [],
    }
