"""What the expecting phrases do: each puts one question, made of its words and its data."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from evtbdd.clock import Deadline
from evtbdd.errors import ExpectationFailed, PhraseError
from evtbdd.events import MISSING
from evtbdd.expect.count import Absent, Counted
from evtbdd.expect.described import pattern_of, patterns_of
from evtbdd.expect.every import EveryHas
from evtbdd.expect.expect import Expect
from evtbdd.expect.last import LastHas
from evtbdd.expect.order import InOrderOf
from evtbdd.expect.pattern import Pattern, brief
from evtbdd.expect.presence import Arrives, ArrivesAtLeast
from evtbdd.expect.question import Claim, Question
from evtbdd.expect.rows import OnlyTheseArrive, TheseArrive
from evtbdd.expect.sighting import Sighting
from evtbdd.expect.source import belongs, noun
from evtbdd.expect.states import Found, Look, settle
from evtbdd.expect.together import SameKeyTogether
from evtbdd.phrases import Data
from evtbdd.ports import Capability
from evtbdd.values.addresses import Address
from evtbdd.values.render import show
from evtbdd.values.store import Values
from evtbdd.witness import Witness
from evtbdd.words import counted, quoted


class Expectations:
    """The expectations of one scenario, as its phrases say them.

    Every method raises ExpectationFailed where the system is wrong, and an EvtbddError where
    nothing can be said; see Expect.
    """

    def __init__(self, expect: Expect, witness: Witness, values: Values) -> None:
        self._expect = expect
        self._witness = witness
        self._values = values

    def arrives(
        self, channel: str, base: Pattern, data: Data | None, within: float | None, in_all: bool
    ) -> None:
        """One event arrives."""
        pattern = self._pattern(channel, base, data)
        self._expect.arrival(Arrives(channel, pattern), within=within, in_all=in_all)

    def at_least(
        self,
        channel: str,
        number: int,
        base: Pattern,
        data: Data,
        within: float | None,
        in_all: bool,
    ) -> None:
        """So many events arrive, or more."""
        if number < 1:
            raise PhraseError(
                f"At least 0 {noun(channel)}s always arrive; the number must be 1 or more."
            )
        question = ArrivesAtLeast(channel, number, self._pattern(channel, base, data))
        self._expect.arrival(question, within=within, in_all=in_all)

    def counted(
        self,
        channel: str,
        least: int,
        most: int,
        base: Pattern,
        data: Data,
        during: float | None,
        in_all: bool,
    ) -> None:
        """Between so many and so many events arrive."""
        pattern = self._pattern(channel, base, data)
        question = Absent(channel, pattern) if most == 0 else Counted(channel, least, most, pattern)
        self._expect.claim(question, during=during, in_all=in_all)

    def these(
        self,
        channel: str,
        base: Pattern,
        data: Data,
        within: float | None,
        in_all: bool,
        in_order: bool,
    ) -> None:
        """The events of a table arrive, among others."""
        self._witness.require(channel, Capability.ORDER if in_order else None)
        rows = patterns_of(data, base, self._values)
        self._require_routes(channel, rows)
        lane = self._witness.lane(channel)
        question = TheseArrive(channel, rows, in_order=in_order, lane=lane)
        self._expect.arrival(question, within=within, in_all=in_all)

    def only_these(
        self,
        channel: str,
        base: Pattern,
        data: Data,
        during: float | None,
        in_all: bool,
        in_order: bool,
    ) -> None:
        """The events of a table arrive, and no others of that type and key."""
        self._witness.require(channel, Capability.ORDER if in_order else None)
        rows = patterns_of(data, base, self._values)
        self._require_routes(channel, rows)
        lane = self._witness.lane(channel)
        question = OnlyTheseArrive(channel, rows, base, in_order=in_order, lane=lane)
        self._expect.claim(question, during=during, in_all=in_all)

    def every(
        self, channel: str, base: Pattern, data: Data, during: float | None, in_all: bool
    ) -> None:
        """All events of that type and key are as described, and there is at least one."""
        pattern = self._pattern(channel, base, data)
        question = EveryHas(channel, base, pattern)
        self._expect.claim(question, during=during, in_all=in_all)

    def in_order_of(
        self,
        channel: str,
        number: int,
        base: Pattern,
        address: str,
        per_key: bool,
        within: float | None,
        in_all: bool,
    ) -> None:
        """So many events arrive, and none has a smaller value than the one before."""
        self._witness.require(channel, Capability.ORDER)
        if number < 2:
            raise PhraseError(
                f"{counted(number, 'event')} cannot be out of order; the number must be 2 or more."
            )
        question = InOrderOf(
            channel,
            number,
            base,
            Address.parse(address),
            per_key=per_key,
            lane=self._witness.lane(channel),
        )
        self._expect.arrival(question, within=within, in_all=in_all)

    def last(self, channel: str, base: Pattern, data: Data, within: float | None) -> None:
        """The last event of that type and key is, or becomes, as described."""
        self._witness.require(channel, Capability.ORDER)
        pattern = self._pattern(channel, base, data)
        question = LastHas(channel, base, pattern, lane=self._witness.lane(channel))
        self._expect.arrival(question, within=within, in_all=False)

    def share_lane(self, channel: str, during: float | None, in_all: bool) -> None:
        """Events with the same key lie in the same partition."""
        self._witness.require(channel, Capability.PARTITIONS)
        question = SameKeyTogether(channel, lane=self._witness.lane(channel))
        self._expect.claim(question, during=during, in_all=in_all)

    def remember_its(self, address: str, name: str) -> None:
        """Remember what the event that the step before met has at an address."""
        its = self._expect.its
        if len(its) != 1:
            what = noun(its[0].event.channel) if its else "event"
            met = f"{len(its) or 'no'} {what}{'s' if its else ''}"
            raise PhraseError(
                f"`its` is what the step before has met, and needs one {what}; that step met {met}."
            )
        event = its[0].event
        found = Address.parse(address).find(event)
        if found is MISSING:
            raise ExpectationFailed(
                f"Expected {quoted(address)} in the {noun(event.channel)} that the step before has "
                f"met ({brief(event)}, {event.record.where} {belongs(event.channel)})\n"
                f"but there is none in {show(event.payload, 400)}"
            )
        self._values.remember(name, found)

    def met(self, found: Sequence[Sighting]) -> None:
        """Note what a step has met that is no event: `its` of the next step is that."""
        self._expect.its = tuple(found)

    @property
    def witness(self) -> Witness:
        """What expectations see of the world, for those who look at states."""
        return self._witness

    def ask(self, question: Question, within: float | None) -> None:
        """Wait until a question is met."""
        self._expect.arrival(question, within=within, in_all=False)

    def watch(self, question: Claim, during: float) -> None:
        """Watch that a claim is not contradicted."""
        self._expect.claim(question, during=during, in_all=False)

    def settle(
        self,
        expected: str,
        look: Callable[[], Look[Found]],
        *,
        patience: Deadline,
        stays: float | None = None,
        every: float = 0.02,
    ) -> Found:
        """A state comes, and stays so for as long as said; see evtbdd.expect.states."""
        return settle(
            expected, look, patience=patience, stays=stays, witness=self._witness, every=every
        )

    def until(self, during: float) -> Deadline:
        """When a watch of so many seconds is over."""
        return self._expect.watch_until(during)

    def patience(self, within: float | None) -> Deadline:
        """When the patience of a step is over."""
        return self._expect.patience(within)

    def _pattern(self, channel: str, base: Pattern, data: Data | None) -> Pattern:
        self._witness.require(channel, None)
        pattern = base
        if data is not None:
            as_text = self._witness.holds_text(channel)
            pattern = pattern_of(data, base, self._values, as_text=as_text)
        self._require_routes(channel, [pattern])
        return pattern

    def _require_routes(self, channel: str, patterns: Sequence[Pattern]) -> None:
        """Where there are no routing keys, to miss one would be nobody's fault but the step's."""
        if any(each.names_routing_key for each in patterns):
            self._witness.require(channel, Capability.ROUTING_KEYS)
