"""Which row is met by which event."""

from __future__ import annotations

from itertools import permutations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from evtbdd.expect.assignment import Assignment, Subsequence

FITTING = st.integers(1, 5).flatmap(
    lambda rows: st.tuples(
        st.just(rows),
        st.lists(st.lists(st.integers(0, rows - 1), unique=True, max_size=rows), max_size=7),
    )
)


def largest(rows: int, fitting: list[list[int]]) -> int:
    """The size of the largest one-to-one matching, found by trying all."""
    choices = [[None, *fits] for fits in fitting]
    return max(
        (
            len(taken)
            for choice in product(*choices)
            for taken in [[row for row in choice if row is not None]]
            if len(set(taken)) == len(taken)
        ),
        default=0,
    )


def filled(rows: int, fitting: list[list[int]]) -> Assignment:
    assignment = Assignment(rows)
    for fits in fitting:
        assignment.add(fits)
    return assignment


def matched(assignment: Assignment) -> int:
    return sum(event is not None for event in assignment.event_of)


@settings(deadline=None)
@given(FITTING)
def test_it_is_the_largest_there_is(drawn: tuple[int, list[list[int]]]) -> None:
    """No way of giving rows to events matches more."""
    rows, fitting = drawn
    assert matched(filled(rows, fitting)) == largest(rows, fitting)


@settings(deadline=None)
@given(FITTING)
def test_it_gives_each_row_an_event_that_fits_and_none_two_rows(
    drawn: tuple[int, list[list[int]]],
) -> None:
    """It is a matching, and tells of each event the row that has it."""
    rows, fitting = drawn
    assignment = filled(rows, fitting)
    taken = [(row, e) for row, e in enumerate(assignment.event_of) if e is not None]
    assert all(row in fitting[e] for row, e in taken)
    assert len({e for _, e in taken}) == len(taken)
    assert {(assignment.row_of(e), e) for _, e in taken} == set(taken)
    unused = set(range(len(fitting))) - {e for _, e in taken}
    assert all(assignment.row_of(e) is None for e in unused)


@settings(deadline=None)
@given(FITTING)
def test_it_never_shrinks(drawn: tuple[int, list[list[int]]]) -> None:
    """A row that is met stays met, and `add` says whether one more is."""
    rows, fitting = drawn
    assignment = Assignment(rows)
    for fits in fitting:
        before = {row for row, e in enumerate(assignment.event_of) if e is not None}
        grew = assignment.add(fits)
        after = {row for row, e in enumerate(assignment.event_of) if e is not None}
        assert before <= after
        assert len(after) - len(before) == int(grew)


@settings(deadline=None)
@given(FITTING, st.randoms())
def test_the_order_of_arrival_does_not_matter(
    drawn: tuple[int, list[list[int]]], random: st.randoms
) -> None:
    """Whether all rows are met depends on the events, not on their order."""
    rows, fitting = drawn
    shuffled = list(fitting)
    random.shuffle(shuffled)
    assert filled(rows, shuffled).complete == filled(rows, fitting).complete
    assert matched(filled(rows, shuffled)) == matched(filled(rows, fitting))


def test_a_later_event_makes_an_earlier_one_move_over() -> None:
    """The event that fits both rows gives up the one that the other needs."""
    assignment = filled(2, [[0, 1], [0]])
    assert assignment.event_of == [1, 0]
    assert assignment.complete


def test_a_long_chain_of_events_moves_over() -> None:
    """Two thousand rows are no deeper than the stack."""
    rows = 2000
    assignment = filled(rows, [[row, row + 1] for row in range(rows - 1)])
    assert assignment.add([0])
    assert assignment.complete


def test_rows_without_a_free_one_among_them_are_searched_once() -> None:
    """Fifty thousand events that no row needs cost a look at each of their rows, no search."""
    looked = 0

    class Fitting(list[int]):
        def __iter__(self) -> object:  # type: ignore[override]
            nonlocal looked
            looked += 1
            return super().__iter__()

    rows = list(range(30))
    assignment = Assignment(30)
    for _ in range(50_000):
        assignment.add(Fitting(rows))
    # Each is looked at as it comes; those that hold a row once more, when the rows are given up.
    assert looked <= 50_000 + 30 * 31


def test_no_rows_are_complete() -> None:
    """Nothing is missing of nothing."""
    assert Assignment(0).complete


@settings(deadline=None)
@given(FITTING)
def test_the_subsequence_meets_as_many_rows_as_any(drawn: tuple[int, list[list[int]]]) -> None:
    """No rising choice of events meets the rows further, one after another."""
    rows, fitting = drawn
    subsequence = Subsequence(rows)
    for e, fits in enumerate(fitting):
        subsequence.add(fits, e)
    chosen = subsequence.chosen
    assert chosen == sorted(set(chosen))
    assert all(row in fitting[e] for row, e in enumerate(chosen))
    furthest = max(
        number
        for number in range(min(rows, len(fitting)) + 1)
        if any(
            list(choice) == sorted(choice)
            and all(row in fitting[e] for row, e in enumerate(choice))
            for choice in permutations(range(len(fitting)), number)
        )
    )
    assert len(chosen) == furthest
    assert subsequence.complete == (furthest == rows)
