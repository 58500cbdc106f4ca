"""What a scenario inherits from the earlier ones of its scopes: the Earlier of its expectations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from evtbdd.clock import Deadline
from evtbdd.isolation.following import Following
from evtbdd.isolation.triggers import ScenarioTriggers, Trigger
from evtbdd.witness import OpenTrigger


class Owners:
    """Which scenario the values are of that events were correlated by, scope by scope."""

    def __init__(self) -> None:
        self._of: dict[str, dict[str, str]] = {}

    def add(self, scopes: Iterable[str], marks: Iterable[str], scenario: str) -> None:
        """These are of a scenario, in all of these scopes; of the last one that has used them."""
        of = dict.fromkeys(marks, scenario)
        for scope in scopes if of else ():
            self._of.setdefault(scope, {}).update(of)

    def get(self, scope: str, mark: str) -> str | None:
        """Whose it is, among the scenarios of a scope."""
        return self._of.get(scope, {}).get(mark)

    def drop(self, scope: str) -> None:
        """Forget those of a scope."""
        self._of.pop(scope, None)


class Legacy:
    """What the scenarios of a run leave to one another: what is open, and whose values are whose."""

    def __init__(self, following: Following) -> None:
        self.following = following
        self.owners = Owners()

    def begin(self, scenario: ScenarioTriggers, scope_of: Callable[[str], str]) -> Inherited:
        """A scenario begins; what it inherits."""
        return Inherited(self.following, self.following.begin(scenario), self.owners, scope_of)

    def end(self, scopes: Iterable[str], marks: Iterable[str], scenario: str) -> None:
        """The scenario that runs ends, in these longer scopes; the marks are its correlations."""
        self.owners.add(scopes, marks, scenario)
        self.following.end()

    def drop(self, scope: str) -> None:
        """A scope has ended, and its services with it."""
        self.owners.drop(scope)
        self.following.drop(scope)


class Inherited:
    """The Earlier of one scenario; `scope_of` says in which scope a channel lives (`f3`, `run`)."""

    def __init__(
        self,
        following: Following,
        triggers: Callable[[], Sequence[Trigger]],
        owners: Owners,
        scope_of: Callable[[str], str],
    ) -> None:
        self._following = following
        self._triggers = triggers
        self._owners = owners
        self._scope_of = scope_of

    def whose(self, channel: str, mark: str) -> str | None:
        """The name of the scenario that a correlation on a channel is of."""
        return self._owners.get(self._scope_of(channel), mark)

    def any_left(self) -> bool:
        """Whether anything was left to this scenario."""
        return bool(self._triggers())

    def holds(self, mark: str) -> bool:
        """Whether one of these events holds a value."""
        return self._following.holds(mark)

    def open_at(self, channel: str, moment: float) -> Sequence[OpenTrigger]:
        """Those open at a moment whose answers can come on a channel."""
        return _told(each for each in self._reaching(channel) if each.is_open_at(moment))

    def open_after(self, channel: str, deadline: Deadline) -> Sequence[OpenTrigger]:
        """Those open now, once there are none, at the deadline at the latest."""

        def left() -> Sequence[Trigger]:
            now = self._following.clock.now()
            return [each for each in self._reaching(channel) if each.is_open_at(now)]

        return _told(self._following.wait(left, deadline))

    def done_at(self, channel: str) -> float:
        """When the last of them was known to be done with; 0 where there was none."""
        return max((each.done or 0.0 for each in self._reaching(channel)), default=0.0)

    def _reaching(self, channel: str) -> Iterable[Trigger]:
        triggers = self._triggers()
        every = (*triggers, *self._following.late()) if triggers else ()
        return [each for each in every if each.consumer.may_answer_on(channel)]


def _told(triggers: Iterable[Trigger]) -> Sequence[OpenTrigger]:
    return [each.told() for each in triggers]


def reaches(
    consumes: Mapping[str, frozenset[str]], outputs: Mapping[str, frozenset[str] | None]
) -> Mapping[str, frozenset[str] | None]:
    """For each service the channels on which answers to what it consumes can come.

    `outputs` are those that a service may publish to itself, None where that is not known. What it
    publishes, others may consume, and answer in turn.
    """
    return {service: _reach(service, consumes, outputs) for service in outputs}


def _reach(
    service: str,
    consumes: Mapping[str, frozenset[str]],
    outputs: Mapping[str, frozenset[str] | None],
) -> frozenset[str] | None:
    reached: set[str] = set()
    pending, seen = [service], {service}
    while pending:
        out = outputs[pending.pop()]
        if out is None:
            return None
        reached |= out
        for other, of in consumes.items():
            if other not in seen and of & reached:
                seen.add(other)
                pending.append(other)
    return frozenset(reached)
