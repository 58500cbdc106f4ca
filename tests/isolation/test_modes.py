"""What channels are called, and how long they live, by the mode of isolation."""

from __future__ import annotations

import pytest

from evtbdd.errors import SettingsError
from evtbdd.isolation.modes import MODES, Isolation, longest
from evtbdd.isolation.names import Names

NAMES = Names("evtbdd", "t3fkq0abcde")


def test_every_channel_has_a_name_of_its_own_in_each_scope() -> None:
    """Which nobody else uses."""
    isolation = Isolation("names", NAMES)
    first, second = (isolation.physical(scope, "orders", None) for scope in ("s1", "s2"))
    assert (first, second) == (NAMES.channel("s1", "orders"), NAMES.channel("s2", "orders"))


@pytest.mark.parametrize("mode", ["namespace", "shared"])
def test_a_fixed_name_is_the_same_in_every_scope(mode: str) -> None:
    """The one that the settings give it, else the channel's own."""
    isolation = Isolation(mode, NAMES)
    assert isolation.physical("s1", "orders", "orders.v1") == "orders.v1"
    assert isolation.physical("run", "orders", None) == "orders"


def test_a_fixed_name_needs_another_mode_than_names() -> None:
    """The sentence names the two that would be right."""
    with pytest.raises(SettingsError) as raised:
        Isolation("names", NAMES).physical("s1", "orders", "orders.v1")
    assert str(raised.value) == (
        'The channel "orders" is to have the name "orders.v1" on its broker, and with isolation = '
        "names every channel gets a name of its own. Fixed names need isolation = namespace, where "
        "the broker, or a part of it, is this run's alone, or isolation = shared, where others may "
        "use the channel too."
    )


@pytest.mark.parametrize(
    ("mode", "lives"), [("names", "scenario"), ("namespace", "feature"), ("shared", "run")]
)
def test_how_long_a_channel_lives_depends_on_the_mode(mode: str, lives: str) -> None:
    """As its own services do, as those of its broker do, or for the run."""
    assert Isolation(mode, NAMES).lives("scenario", "feature") == lives


def test_there_are_three_modes() -> None:
    """In the order in which one would try them."""
    assert MODES == ("names", "namespace", "shared")


def test_the_longest_of_several_scopes() -> None:
    """A scenario's, where there are none."""
    assert longest(["feature", "run", "scenario"]) == "run"
    assert longest([]) == "scenario"
