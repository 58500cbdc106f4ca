"""The classic group protocol, as a state machine, with time moved by hand."""

import pytest

from evtbdd.embedded.kafka.errors import ErrorCode, Refused
from evtbdd.embedded.kafka.group import Group
from evtbdd.embedded.kafka.members import Joining
from evtbdd.embedded.kafka.rebalance import State


def joining(member_id="", instance_id=None, required=False, protocols=("range",), **values):
    return Joining(
        member_id=member_id,
        instance_id=instance_id,
        client_id="client",
        client_host="127.0.0.1",
        protocol_type=values.get("protocol_type", "consumer"),
        protocols=tuple((name, values.get("metadata", b"m")) for name in protocols),
        session_timeout=values.get("session", 6.0),
        rebalance_timeout=values.get("rebalance", 30.0),
        member_id_required=required,
        may_skip_assignment=values.get("may_skip", False),
    )


class Rig:
    """A group, and the answers it has given."""

    def __init__(self, initial_delay=0.0):
        self.group = Group("g", initial_delay)
        self.now = 100.0

    def join(self, *args, **values):
        answers = []
        self.group.join(joining(*args, **values), answers.append, self.now)
        return answers

    def sync(self, member_id, assignments=()):
        answers = []
        group = self.group
        group.sync(
            group.member(member_id), group.generation, dict(assignments), answers.append, self.now
        )
        return answers

    def lead(self, *args, **values):
        """A group of one that is stable; the id of its member."""
        (joined,) = self.join(*args, **values)
        self.sync(joined.member_id, {joined.member_id: b"all"})
        return joined.member_id

    def pass_time(self, seconds):
        self.now += seconds
        self.group.expire(self.now)

    def heartbeat(self, member_id):
        try:
            self.group.heartbeat(self.group.member(member_id), self.group.generation, self.now)
        except Refused as refusal:
            return refusal.code
        return ErrorCode.NONE


@pytest.fixture
def rig():
    return Rig()


def code(call, *args, **values):
    with pytest.raises(Refused) as refused:
        call(*args, **values)
    return refused.value.code


def test_the_first_member_leads(rig):
    """One member joins at once, leads, assigns, and the group is stable."""
    (joined,) = rig.join()
    assert joined.error is ErrorCode.NONE
    assert (joined.generation, joined.leader, joined.protocol) == (1, joined.member_id, "range")
    assert joined.members == ((joined.member_id, None, b"m"),)
    assert joined.member_id.startswith("client-")
    assert rig.group.state is State.COMPLETING
    (synced,) = rig.sync(joined.member_id, {joined.member_id: b"all"})
    assert (synced.error, synced.assignment) == (ErrorCode.NONE, b"all")
    assert rig.group.state is State.STABLE


def test_a_member_is_told_its_id_first(rig):
    """With JoinGroup 4 and later a newcomer gets an id, and joins with that."""
    (refused,) = rig.join(required=True)
    assert refused.error is ErrorCode.MEMBER_ID_REQUIRED
    (joined,) = rig.join(refused.member_id, required=True)
    assert (joined.error, joined.member_id) == (ErrorCode.NONE, refused.member_id)


def test_an_id_given_out_holds_the_rebalance_up_until_it_expires(rig):
    """A rebalance waits for who was told an id, no longer than its session."""
    first = rig.lead()
    rig.join(required=True, session=2.0)
    again = rig.join(first, metadata=b"changed")
    assert again == []
    rig.pass_time(2.0)
    assert [a.error for a in again] == [ErrorCode.NONE]


def test_two_members(rig):
    """A second member waits until the first has joined again; each syncs to its own assignment."""
    first = rig.lead()
    waiting = rig.join()
    assert waiting == []
    assert rig.heartbeat(first) is ErrorCode.REBALANCE_IN_PROGRESS
    (leader,) = rig.join(first)
    (follower,) = waiting
    assert (leader.generation, follower.generation) == (2, 2)
    assert (len(leader.members), follower.members) == (2, ())
    early = rig.sync(follower.member_id)
    assert early == []
    rig.sync(first, {first: b"1", follower.member_id: b"2"})
    assert [s.assignment for s in early] == [b"2"]


def test_a_member_that_does_not_join_again_is_left_behind(rig):
    """When the rebalance timeout is over, the generation begins without the absent."""
    first = rig.lead(session=60.0, rebalance=10.0)
    waiting = rig.join(session=60.0, rebalance=10.0)
    rig.pass_time(9.9)
    assert waiting == []
    rig.pass_time(0.2)
    (joined,) = waiting
    assert joined.leader == joined.member_id
    assert code(rig.group.member, first) is ErrorCode.UNKNOWN_MEMBER_ID


def test_a_silent_member_expires(rig):
    """Without a sign of life for its session timeout a member is removed; the last leaves it empty."""
    member = rig.lead(session=6.0)
    rig.pass_time(5.9)
    assert rig.heartbeat(member) is ErrorCode.NONE
    rig.pass_time(5.9)
    assert rig.group.state is State.STABLE
    rig.pass_time(0.2)
    assert rig.group.state is State.EMPTY
    assert rig.group.deadline() is None


def test_who_waits_to_be_answered_does_not_expire(rig):
    """A member that waits for the others is alive, however long it takes."""
    rig.lead(session=100.0, rebalance=50.0)
    waiting = rig.join(session=1.0, rebalance=50.0)
    rig.pass_time(40.0)
    assert waiting == []
    assert len(rig.group.members) == 2


def test_a_leader_that_never_syncs_is_removed(rig):
    """Who has joined must sync within the rebalance timeout."""
    (joined,) = rig.join(session=100.0, rebalance=5.0)
    rig.pass_time(5.0)
    assert rig.group.state is State.EMPTY
    assert code(rig.group.member, joined.member_id) is ErrorCode.UNKNOWN_MEMBER_ID


def test_leaving_makes_the_others_rebalance(rig):
    """When one leaves, the other is told to join again and gets everything."""
    first = rig.lead()
    waiting = rig.join()
    rig.join(first)
    second = waiting[0].member_id
    rig.sync(second)
    rig.sync(first, {})
    rig.group.leave(first, None, rig.now)
    assert rig.heartbeat(second) is ErrorCode.REBALANCE_IN_PROGRESS
    (joined,) = rig.join(second)
    assert (joined.leader, joined.generation) == (second, 3)


def test_a_sync_is_broken_off_by_a_new_rebalance(rig):
    """Who waits for an assignment while another joins is told to join again."""
    first = rig.lead()
    waiting = rig.join()
    rig.join(first)
    synced = rig.sync(waiting[0].member_id)
    rig.join()
    assert [s.error for s in synced] == [ErrorCode.REBALANCE_IN_PROGRESS]


def test_the_protocol_all_know_is_elected(rig):
    """Of the assignors all members know, the one most of them prefer."""
    first = rig.lead(protocols=("x", "y"))
    waiting = rig.join(protocols=("y",))
    rig.join(first, protocols=("x", "y"))
    assert waiting[0].protocol == "y"
    assert code(rig.join, protocols=("z",)) is ErrorCode.INCONSISTENT_GROUP_PROTOCOL
    assert code(rig.join, protocol_type="connect") is ErrorCode.INCONSISTENT_GROUP_PROTOCOL
    assert code(rig.join, protocols=()) is ErrorCode.INCONSISTENT_GROUP_PROTOCOL


def test_a_static_member_comes_back_without_a_rebalance(rig):
    """A restarted instance gets the same generation; its former id is fenced."""
    former = rig.lead(instance_id="i")
    (joined,) = rig.join(instance_id="i")
    assert joined.member_id != former
    assert joined.member_id.startswith("i-")
    assert (joined.generation, joined.leader, joined.members) == (1, former, ())
    assert rig.group.state is State.STABLE
    assert rig.sync(joined.member_id)[0].assignment == b"all"
    assert code(rig.group.member, former, "i") is ErrorCode.FENCED_INSTANCE_ID
    assert code(rig.group.member, former) is ErrorCode.UNKNOWN_MEMBER_ID


def test_a_static_leader_may_skip_the_assignment(rig):
    """With JoinGroup 9 a leader that came back is told to assign nothing."""
    rig.lead(instance_id="i")
    (joined,) = rig.join(instance_id="i", may_skip=True)
    assert (joined.skip_assignment, joined.leader) == (True, joined.member_id)


def test_the_first_members_wait_for_others():
    """With an initial delay members that come together are in the first generation together."""
    rig = Rig(initial_delay=3.0)
    first = rig.join()
    rig.pass_time(2.0)
    second = rig.join()
    rig.pass_time(2.0)
    assert (first, second) == ([], [])
    rig.pass_time(1.0)
    assert [first[0].generation, second[0].generation] == [1, 1]
    assert len(first[0].members) == 2


def test_who_may_commit(rig):
    """Members of this generation may; others only while the group is empty."""
    rig.group.check_commit(-1, "", None, False)
    (joined,) = rig.join()
    commit = rig.group.check_commit
    assert code(commit, 1, joined.member_id, None, False) is ErrorCode.REBALANCE_IN_PROGRESS
    commit(1, joined.member_id, None, True)
    rig.sync(joined.member_id, {})
    commit(1, joined.member_id, None, False)
    assert code(commit, 2, joined.member_id, None, False) is ErrorCode.ILLEGAL_GENERATION
    assert code(commit, 1, "nobody", None, False) is ErrorCode.UNKNOWN_MEMBER_ID
    assert code(commit, -1, "", None, False) is ErrorCode.UNKNOWN_MEMBER_ID
