"""What Kafka knows of consumer groups: where they stand, who is in them, who has what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import MemberToRemove
from kafka.structs import OffsetAndMetadata

from evtbdd.brokers.kafka.errors import translated
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerError
from evtbdd.ports import Ends, SubscriptionState
from evtbdd.words import counted, quoted


class KafkaSubscriptions:
    """The Subscriptions of a KafkaBroker, through its admin client."""

    def __init__(self, address: str, admin: KafkaAdminClient) -> None:
        self._address = address
        self._admin = admin

    def begin_at(self, group: str, ends: Mapping[str, Ends], deadline: Deadline) -> None:
        """Commit these offsets where the group has none; it must have no members then."""
        del deadline  # the client's own request timeout bounds it
        wanted = {
            TopicPartition(channel, int(lane)): number
            for channel, lanes in ends.items()
            for lane, number in lanes.items()
        }
        with translated(self._address, f"position the group {quoted(group)}"):
            held = self._admin.list_group_offsets({group: list(wanted)}).get(group, {})
            missing = {
                partition: OffsetAndMetadata(number, "", -1)
                for partition, number in wanted.items()
                if partition not in held or held[partition].offset < 0
            }
            if not missing:
                return
            outcome = self._admin.alter_group_offsets(group, missing)
        refused = [error for error in outcome.values() if getattr(error, "errno", 0) != 0]
        if refused:
            raise BrokerError(
                f"Kafka at {self._address} could not position the group {quoted(group)}: "
                f"{refused[0].__name__}. Has it members already that evtbdd did not start?"
            )

    def state(self, group: str, channels: Sequence[str], deadline: Deadline) -> SubscriptionState:
        """Ready when the group is Stable and every partition of the channels has one owner."""
        del deadline
        with translated(self._address, f"describe the group {quoted(group)}"):
            described = self._admin.describe_groups([group])[group]
            topics = self._admin.describe_topics(list(channels))
        members = described["members"]
        owned = [pair for member in members for pair in _assigned(member)]
        wanted = {
            (topic["name"], each["partition_index"])
            for topic in topics
            for each in topic["partitions"]
        }
        free = wanted - set(owned)
        state = described["group_state"]
        ready = state == "Stable" and not free and bool(wanted)
        return SubscriptionState(
            ready,
            frozenset(member["member_id"] for member in members),
            f"its group {quoted(group)} is {state} with {counted(len(members), 'member')}, "
            f"{len(wanted) - len(free)} of {counted(len(wanted), 'partition')} assigned",
        )

    def expel(self, group: str, members: Sequence[str], deadline: Deadline) -> None:
        """Have these members leave the group, as if they had said so."""
        del deadline
        if not members:
            return
        with translated(self._address, f"expel members of the group {quoted(group)}"):
            self._admin.remove_group_members(
                group, [MemberToRemove(member_id=member) for member in members]
            )


def _assigned(member: Mapping[str, Any]) -> list[tuple[str, int]]:
    assignment = member["member_assignment"]
    if not assignment:
        return []
    return [
        (topic["topic"], partition)
        for topic in assignment["assigned_partitions"]
        for partition in topic["partitions"]
    ]
