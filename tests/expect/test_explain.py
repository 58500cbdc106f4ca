"""What holds for every failure text."""

from __future__ import annotations

from collections.abc import Callable

from expect.support import JSON_READING, ask, event
from hypothesis import given, settings
from hypothesis import strategies as st

from evtbdd.events import Event, Reading
from evtbdd.expect.count import Absent, Counted
from evtbdd.expect.every import EveryHas
from evtbdd.expect.explain import Circumstances, explain
from evtbdd.expect.last import LastHas
from evtbdd.expect.layout import MOST_LINES
from evtbdd.expect.order import InOrderOf
from evtbdd.expect.pattern import Pattern
from evtbdd.expect.presence import Arrives, ArrivesAtLeast
from evtbdd.expect.question import Answer, Question
from evtbdd.expect.rows import OnlyTheseArrive, TheseArrive
from evtbdd.expect.sighting import Sighting
from evtbdd.expect.together import SameKeyTogether
from evtbdd.values.addresses import Address

NAMES = [f"f{number}" for number in range(30)]
PAYLOADS = st.dictionaries(st.sampled_from(NAMES), st.integers(0, 2), max_size=30)
EVENTS = st.lists(
    st.one_of(
        st.builds(
            event,
            PAYLOADS,
            key=st.sampled_from(["a", "b", b"\xff", "long " * 30, None]),
            type=st.sampled_from(["T", "U", None]),
            channel=st.just("shipments"),
        ),
        st.sampled_from([event(raw=b"no\njson", key="a"), event(raw=None, key="a"), event(None)]),
    ),
    max_size=12,
)
PATTERNS = st.builds(
    Pattern,
    type=st.sampled_from(["T", None]),
    key=st.sampled_from(["a", None]),
    fields=PAYLOADS.map(lambda d: tuple((Address.parse(k), v) for k, v in d.items())),
)
AMONG = Pattern("T")


def on(make: Callable[..., Question]) -> st.SearchStrategy[Question]:
    return st.builds(make, PATTERNS)


QUESTIONS = st.one_of(
    on(lambda p: Arrives("shipments", p)),
    on(lambda p: ArrivesAtLeast("shipments", 3, p)),
    on(lambda p: Counted("shipments", 2, 2, p)),
    on(lambda p: Absent("shipments", p)),
    on(lambda p: EveryHas("shipments", AMONG, p)),
    on(lambda p: LastHas("shipments", AMONG, p, lane="partition")),
    on(
        lambda p: InOrderOf("shipments", 3, p, Address.parse("f1"), per_key=False, lane="partition")
    ),
    on(lambda p: SameKeyTogether("shipments", lane="partition")),
    st.lists(PATTERNS, min_size=1, max_size=20).map(
        lambda rows: TheseArrive("shipments", rows, in_order=True)
    ),
    st.lists(PATTERNS, min_size=1, max_size=20).map(
        lambda rows: OnlyTheseArrive("shipments", rows, AMONG, in_order=False)
    ),
)
SOME = st.lists(st.builds(Sighting, st.just(0), st.floats(-5, 5), st.just(event())), max_size=6)
AROUND = st.builds(
    Circumstances,
    time=st.just(" within 5 seconds"),
    waited=st.floats(0, 5),
    where=st.just("memory, channel x"),
    elsewhere=SOME,
    too_early=SOME,
    own=SOME,
    before=SOME,
    history=SOME,
    services=st.lists(st.just("meanwhile: the service ended"), max_size=2),
)
NOTHING = Circumstances(" within 5 seconds", 5.0, "memory, channel x")


def unfulfilled(question: Question) -> bool:
    """Whether it is one that is ever explained."""
    answer = question.answer()
    return answer is Answer.CONTRADICTED or (answer is Answer.OPEN and not question.at_the_end())


@settings(deadline=None, max_examples=300)
@given(QUESTIONS, EVENTS, AROUND)
def test_it_is_never_longer_than_25_lines(
    question: Question, seen: list[Event], around: Circumstances
) -> None:
    """However many rows, fields, events and circumstances there are; and it begins the same."""
    if not unfulfilled(ask(question, *seen)):
        return
    told = explain(question, around).split("\n")
    assert len(told) <= MOST_LINES
    assert told[0] == f'Expected on "shipments" within 5 seconds: {question.expected()}'
    assert sum(line.startswith(f"but {question.but()} (waited ") for line in told) == 1


@settings(deadline=None)
@given(PATTERNS, EVENTS)
def test_every_difference_of_the_nearest_is_told_up_to_the_cut(
    pattern: Pattern, seen: list[Event]
) -> None:
    """And where lines are cut, it says how many more there are."""
    question = ask(Arrives("shipments", pattern), *seen)
    if question.answer() is Answer.MET or not seen:
        return
    text = explain(question, NOTHING)
    nearest = min(seen, key=lambda each: pattern.judge(each).weight)
    differences = [" ".join(each.line().split("\n")) for each in pattern.judge(nearest).differences]
    told = [line.strip() for line in text.split("\n")]
    hidden = [line for line in differences if line not in told]
    if hidden:
        assert f"and {len(hidden)} more differences" in told
        assert len(told) == MOST_LINES


@settings(deadline=None)
@given(PATTERNS, EVENTS)
def test_the_nearest_is_the_first_of_least_weight(pattern: Pattern, seen: list[Event]) -> None:
    """No other event lies nearer."""
    question = ask(Arrives("shipments", pattern), *seen)
    if question.answer() is Answer.MET or not seen:
        return
    weights = [pattern.judge(each).weight for each in seen]
    (line,) = [each for each in explain(question, NOTHING).split("\n") if "  nearest  " in each]
    assert line.startswith(f"  nearest  #{weights.index(min(weights)) + 1} at ")


@settings(deadline=None)
@given(QUESTIONS, EVENTS)
def test_no_event_is_told_twice(question: Question, seen: list[Event]) -> None:
    """Each is the nearest, one that contradicts, one that matched, or one of the others."""
    if not unfulfilled(ask(question, *seen)):
        return
    body = explain(question, NOTHING).split("\n")[1:]
    blocks = [line for line in body if line.startswith(("  #", "  nearest", "  also", "  matched"))]
    blocks += [line for line in body if line.startswith("  others")]
    numbers = [word[1:] for line in blocks for word in line.split() if word[:1] == "#"]
    assert len(numbers) == len(set(numbers))


def test_details_give_way_before_differences() -> None:
    """They stand in the feature file; what differs stands nowhere else."""
    fields = tuple((Address.parse(name), "x") for name in NAMES)
    question = ask(Arrives("shipments", Pattern(fields=fields)), event({NAMES[0]: "x"}))
    told = explain(question, NOTHING).split("\n")
    assert told[1:8] == [
        '  with  f0 = "x"',
        *(f'        f{number} = "x"' for number in range(1, 6)),
        "        and 24 more fields",
    ]
    assert told[-2:] == [
        '           f14: absent, expected "x"',
        "           and 15 more differences",
    ]
    assert len(told) == MOST_LINES


def test_a_line_stays_a_line() -> None:
    """A reason of several lines is told in one."""

    def decode(data: bytes, headers: object) -> object:
        raise ValueError("first\nsecond")

    pattern = Pattern(fields=((Address.parse("a"), 1),))
    seen = event(raw=b"x", key="k", number=0, reading=Reading(decode, JSON_READING.type_of))
    told = explain(ask(Arrives("shipments", pattern), seen), NOTHING).split("\n")
    assert told[-1] == (
        "           $: unreadable (first second), expected a payload that can be read"
    )
