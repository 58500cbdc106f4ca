"""What Kafka knows of consumer groups: where they stand, who is in them, who has what."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from kafka import KafkaAdminClient, TopicPartition
from kafka import errors as driver
from kafka.admin import MemberToRemove, OffsetSpec
from kafka.structs import OffsetAndMetadata

from evtbdd.brokers.kafka.asking import NOT_SENT
from evtbdd.brokers.kafka.connection import Connection
from evtbdd.brokers.kafka.errors import translated
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerError
from evtbdd.ports import Ends, SubscriptionState
from evtbdd.words import counted, listed, quoted


class KafkaSubscriptions:
    """The Subscriptions of a KafkaBroker, through its admin client."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._address = connection.address

    def begin_at(self, group: str, ends: Mapping[str, Ends], deadline: Deadline) -> None:
        """Commit these offsets where the group has none; it must have no members then."""
        wanted = {
            TopicPartition(channel, int(lane)): number
            for channel, lanes in ends.items()
            for lane, number in lanes.items()
        }
        doing = f"position the group {quoted(group)}"
        if not wanted:
            return
        held = self._connection.ask(
            doing, deadline, lambda admin: admin.list_group_offsets({group: list(wanted)})[group]
        )
        missing = {
            partition: number
            for partition, number in wanted.items()
            if partition not in held or held[partition].offset < 0
        }
        in_use = "Does a service run that evtbdd did not start?"
        self._commit(group, missing, doing, in_use, deadline)

    def reset(self, group: str, channel: str, where: str, deadline: Deadline) -> None:
        """Commit the offsets of what the topic holds first, or of what it will hold next."""
        doing = f"reset the group {quoted(group)} to the {where} of {quoted(channel)}"
        place = OffsetSpec.EARLIEST if where == "beginning" else OffsetSpec.LATEST

        def offsets(admin: KafkaAdminClient) -> Mapping[TopicPartition, int]:
            (topic,) = admin.describe_topics([channel])
            if topic["error_code"]:
                raise driver.for_code(topic["error_code"])
            wanted = [
                TopicPartition(channel, each["partition_index"]) for each in topic["partitions"]
            ]
            found = admin.list_partition_offsets(dict.fromkeys(wanted, place))
            return {partition: each.offset for partition, each in found.items()}

        found = self._connection.ask(doing, deadline, offsets)
        self._commit(group, found, doing, "Stop its service before.", deadline)

    def _commit(
        self,
        group: str,
        offsets: Mapping[TopicPartition, int],
        doing: str,
        in_use: str,
        deadline: Deadline,
    ) -> None:
        if not offsets:
            return
        wanted = {each: OffsetAndMetadata(number, "", -1) for each, number in offsets.items()}

        def commit(admin: KafkaAdminClient) -> Mapping[TopicPartition, type[Exception]]:
            outcome = admin.alter_group_offsets(group, wanted)
            _raise_passing(outcome.values())
            return outcome  # type: ignore[no-any-return]

        for error in self._connection.ask(doing, deadline, commit).values():
            if error in (driver.UnknownMemberIdError, driver.RebalanceInProgressError):
                raise BrokerError(
                    f"Kafka at {self._address} could not {doing}: it has members already, so it "
                    f"decides itself where it begins. {in_use}"
                )
            if error is not driver.NoError:
                raise translated(error(), self._address, doing)

    def state(self, group: str, channels: Sequence[str], deadline: Deadline) -> SubscriptionState:
        """Ready when the group is Stable and every partition of the channels has an owner."""
        described, topics = self._connection.ask(
            f"describe the group {quoted(group)}",
            deadline,
            lambda admin: (
                admin.describe_groups([group])[group],
                admin.describe_topics(list(channels)) if channels else [],
            ),
        )
        members = described["members"]
        owned = {pair for member in members for pair in _assigned(member)}
        wanted = {
            (topic["name"], each["partition_index"])
            for topic in topics
            for each in topic["partitions"]
        }
        found = {topic["name"] for topic in topics if topic["error_code"] == 0}
        missing = sorted(set(channels) - found)
        state = described["group_state"]
        words = (
            f"its group {quoted(group)} is {state} with {counted(len(members), 'member')}, "
            f"{len(wanted & owned)} of {counted(len(wanted), 'partition')} assigned"
        )
        if missing:
            words += f", and there is no topic {listed(map(quoted, missing), 'or')}"
        return SubscriptionState(
            state == "Stable" and not missing and bool(wanted) and wanted <= owned,
            frozenset(member["member_id"] for member in members),
            words,
        )

    def expel(self, group: str, members: Sequence[str], deadline: Deadline) -> None:
        """Have these members leave the group, as if they had said so."""
        if not members:
            return

        def remove(admin: KafkaAdminClient) -> Mapping[str, type[Exception]]:
            leaving = [MemberToRemove(member_id=member) for member in members]
            try:
                outcome = admin.remove_group_members(group, leaving)
            except (driver.UnknownMemberIdError, driver.GroupIdNotFoundError):
                return {}
            _raise_passing(outcome.values())
            return outcome  # type: ignore[no-any-return]

        doing = f"expel members of the group {quoted(group)}"
        for error in self._connection.ask(doing, deadline, remove).values():
            if error not in (driver.NoError, driver.UnknownMemberIdError):
                raise translated(error(), self._address, doing)

    def forget(self, groups: Sequence[str], deadline: Deadline) -> None:
        """Delete those of the groups that are there and have no members."""
        if not groups:
            return
        doing = f"delete the group{'' if len(groups) == 1 else 's'} {listed(map(quoted, groups))}"

        def delete(admin: KafkaAdminClient) -> Mapping[str, str]:
            outcome = admin.delete_groups(list(groups))
            _raise_passing(getattr(driver, said, driver.NoError) for said in outcome.values())
            return outcome  # type: ignore[no-any-return]

        ignored = {"OK", driver.NonEmptyGroupError.__name__, driver.GroupIdNotFoundError.__name__}
        for said in self._connection.ask(doing, deadline, delete).values():
            if said not in ignored:
                kind = getattr(driver, said, driver.UnknownError)
                raise translated(kind(), self._address, doing)

    def committed(
        self, group: str, lanes: Mapping[str, Collection[str]], deadline: Deadline
    ) -> Mapping[str, Ends]:
        """The committed offsets of these partitions: the next that the group would be handed."""
        wanted = [TopicPartition(name, int(lane)) for name, of in lanes.items() for lane in of]
        held = self._connection.ask(
            f"tell the offsets of the group {quoted(group)}",
            deadline,
            lambda admin: admin.list_group_offsets({group: wanted})[group],
        )
        found: dict[str, dict[str, int]] = {}
        for partition, committed in held.items():
            if committed.offset >= 0:
                found.setdefault(partition.topic, {})[str(partition.partition)] = committed.offset
        return found

    def assigned(
        self, group: str, channel: str, deadline: Deadline
    ) -> Mapping[str, Collection[str]]:
        """The partitions of a topic by the ids of the members that have any."""
        described = self._connection.ask(
            f"describe the group {quoted(group)}",
            deadline,
            lambda admin: admin.describe_groups([group])[group],
        )
        found: dict[str, list[str]] = {}
        for member in described["members"]:
            for topic, partition in _assigned(member):
                if topic == channel:
                    found.setdefault(member["member_id"], []).append(str(partition))
        return found

    def groups(self, deadline: Deadline) -> Mapping[str, bool]:
        """Every group by its state; a Kafka before 2.6 tells none, so somebody may be in each."""
        listed = self._connection.ask(
            "list the groups", deadline, lambda admin: admin.list_groups()
        )
        return {each["group_id"]: each.get("group_state") not in _NOBODY for each in listed}


_NOBODY = ("Empty", "Dead")
"""The states of a group without members (org.apache.kafka.common.GroupState)."""


def _raise_passing(errors: Iterable[type[Exception]]) -> None:
    """Raise an error that will pass, so that the question is repeated."""
    for error in errors:
        if issubclass(error, NOT_SENT):
            raise error()


def _assigned(member: Mapping[str, Any]) -> list[tuple[str, int]]:
    assignment = member["member_assignment"]
    if not assignment:
        return []
    return [
        (topic["topic"], partition)
        for topic in assignment["assigned_partitions"]
        for partition in topic["partitions"]
    ]
