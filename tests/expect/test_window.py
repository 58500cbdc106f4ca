"""Which events an expectation looks at."""

from __future__ import annotations

from expect.support import event
from hypothesis import given, settings
from hypothesis import strategies as st

from evtbdd.events import Position
from evtbdd.expect.window import Lies, Window, window
from evtbdd.journal import Acted, Noted, Published, ScenarioBegan, Seen


def noted(*entries: object) -> list[Noted]:
    return [Noted(number, float(number), entry) for number, entry in enumerate(entries)]  # type: ignore[arg-type]


def look(*entries: object, in_all: bool = False, own_counts: bool = False) -> Window:
    return window(noted(*entries), in_all=in_all, own_counts=own_counts, began=-1.0)


BEGAN = ScenarioBegan({"shipments": {"0": 10, "1": 4}})
ACTED = Acted({"shipments": {"0": 15, "1": 4}})


def test_without_an_act_the_window_begins_with_the_scenario() -> None:
    """What lies at the recorded end or behind it is inside, what lies before it is not."""
    seen = look(BEGAN)
    assert seen.lies(event(number=10)) is Lies.INSIDE
    assert seen.lies(event(number=9)) is Lies.BEFORE
    assert seen.began == 0.0


def test_it_begins_with_the_last_block_of_acts() -> None:
    """An event before the last block's positions, but in the scenario, is too early."""
    seen = look(BEGAN, Acted({"shipments": {"0": 12}}), ACTED)
    assert seen.lies(event(number=15)) is Lies.INSIDE
    assert seen.lies(event(number=14)) is Lies.TOO_EARLY
    assert seen.lies(event(number=9)) is Lies.BEFORE
    assert seen.began == 2.0


def test_in_all_widens_it_to_the_scenario() -> None:
    """An act makes no difference then; what was there before the scenario stays outside."""
    seen = look(BEGAN, ACTED, in_all=True)
    assert seen.lies(event(number=10)) is Lies.INSIDE
    assert seen.lies(event(number=9)) is Lies.BEFORE
    assert seen.began == 0.0


def test_every_lane_has_a_beginning_of_its_own() -> None:
    """The same number lies inside in one lane and outside in another."""
    seen = look(BEGAN, ACTED)
    assert seen.lies(event(lane="1", number=4)) is Lies.INSIDE
    assert seen.lies(event(lane="0", number=4)) is Lies.BEFORE


def test_a_lane_or_channel_added_later_lies_inside_from_its_first_event() -> None:
    """Positions that were never recorded begin at zero."""
    seen = look(BEGAN, ACTED)
    assert seen.lies(event(lane="2", number=0)) is Lies.INSIDE
    assert seen.lies(event(channel="rejected", number=0)) is Lies.INSIDE


def test_own_events_count_only_without_a_service() -> None:
    """What the scenario published is its own where a service runs, else it lies inside."""
    published = Published("shipments", Position("0", 16), None, None)
    assert look(BEGAN, ACTED, published).lies(event(number=16)) is Lies.OWN
    assert look(BEGAN, ACTED, published).lies(event(number=17)) is Lies.INSIDE
    assert look(BEGAN, ACTED, published, own_counts=True).lies(event(number=16)) is Lies.INSIDE


def test_an_own_event_is_its_own_wherever_the_window_begins() -> None:
    """It is not called too early: `in all` would not make it count."""
    published = Published("shipments", Position("0", 12), None, None)
    assert look(BEGAN, published, ACTED).lies(event(number=12)) is Lies.OWN
    counting = look(BEGAN, published, ACTED, own_counts=True)
    assert counting.lies(event(number=12)) is Lies.TOO_EARLY


def test_the_same_position_on_another_channel_is_not_its_own() -> None:
    """A position means something on its channel only."""
    published = Published("orders", Position("0", 16), None, None)
    assert look(BEGAN, published).lies(event(number=16)) is Lies.INSIDE


def test_what_the_channel_already_held_never_counts() -> None:
    """Not with `in all`, and not without a service."""
    published = Published("shipments", Position("0", 16), None, None, history=True)
    seen = look(published, BEGAN, in_all=True, own_counts=True)
    assert seen.lies(event(number=16)) is Lies.HISTORY


def test_before_the_scenario_began_everything_lies_inside() -> None:
    """With an empty journal the window begins when it is told to."""
    seen = look()
    assert seen.lies(event(number=0)) is Lies.INSIDE
    assert seen.began == -1.0


POSITIONS = st.builds(Position, st.sampled_from("012"), st.integers(0, 6))
ENDS = st.dictionaries(
    st.sampled_from(["shipments", "orders"]),
    st.dictionaries(st.sampled_from("012"), st.integers(0, 6)),
)
CHANNELS = st.sampled_from(["shipments", "orders"])


@settings(deadline=None)
@given(
    began=ENDS,
    acts=st.lists(ENDS, max_size=3),
    published=st.lists(st.tuples(CHANNELS, POSITIONS, st.booleans()), max_size=4),
    seen=st.lists(st.tuples(CHANNELS, POSITIONS), max_size=8),
    in_all=st.booleans(),
    own_counts=st.booleans(),
    data=st.data(),
)
def test_the_place_of_an_event_depends_on_positions_alone(
    began: dict[str, dict[str, int]],
    acts: list[dict[str, dict[str, int]]],
    published: list[tuple[str, Position, bool]],
    seen: list[tuple[str, Position]],
    in_all: bool,
    own_counts: bool,
    data: st.DataObject,
) -> None:
    """However the sightings and the publishing lie between the acts, each event lies in its place."""
    fixed: list[object] = [ScenarioBegan(began), *(Acted(ends) for ends in acts)]
    loose: list[object] = [
        *(Published(c, p, None, None, history) for c, p, history in published),
        *(Seen(event(channel=c, lane=p.lane, number=p.number)) for c, p in seen),
    ]
    plain = look(*fixed, *loose, in_all=in_all, own_counts=own_counts)
    shuffled = list(fixed)
    for entry in data.draw(st.permutations(loose)):
        shuffled.insert(data.draw(st.integers(0, len(shuffled))), entry)
    other = look(*shuffled, in_all=in_all, own_counts=own_counts)
    for channel, position in [*seen, *((c, p) for c, p, _ in published)]:
        looked_at = event(channel=channel, lane=position.lane, number=position.number)
        assert other.lies(looked_at) is plain.lies(looked_at)


@settings(deadline=None)
@given(began=ENDS, acts=st.lists(ENDS, max_size=3), place=POSITIONS, own=st.booleans())
def test_in_all_never_leaves_out_what_a_narrower_window_holds(
    began: dict[str, dict[str, int]],
    acts: list[dict[str, dict[str, int]]],
    place: Position,
    own: bool,
) -> None:
    """As ends only rise, every event inside is inside with `in all` too."""
    rising = [began]
    for ends in acts:
        before = rising[-1]
        rising.append(
            {
                channel: {
                    lane: max(
                        ends.get(channel, {}).get(lane, 0), before.get(channel, {}).get(lane, 0)
                    )
                    for lane in {*ends.get(channel, {}), *before.get(channel, {})}
                }
                for channel in {*ends, *before}
            }
        )
    entries: list[object] = [ScenarioBegan(rising[0]), *map(Acted, rising[1:])]
    entries += [Published("shipments", place, None, None)] if own else []
    looked_at = event(lane=place.lane, number=place.number)
    if look(*entries).lies(looked_at) is Lies.INSIDE:
        assert look(*entries, in_all=True).lies(looked_at) is Lies.INSIDE
