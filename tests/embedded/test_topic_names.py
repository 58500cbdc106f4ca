"""Which names a topic may have."""

import pytest

from evtbdd.embedded.kafka.errors import ErrorCode, Refused
from evtbdd.embedded.kafka.topics import Topics, name_problem


@pytest.mark.parametrize("name", ["a", "a.b_c-D9", "...", "a" * 249])
def test_legal_names(name):
    """Letters, digits, dot, underscore and hyphen make a name, up to 249 of them."""
    assert name_problem(name) is None


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("", "the empty string is not allowed"),
        (".", "'.' is not allowed"),
        ("..", "'..' is not allowed"),
        ("a" * 250, f"the length of '{'a' * 250}' is longer than the max allowed length 249"),
        (
            "a b",
            "'a b' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'",
        ),
        (
            "é",
            "'é' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'",
        ),
    ],
)
def test_illegal_names(name, problem):
    """An illegal name is refused in Kafka's own words."""
    assert name_problem(name) == problem


@pytest.mark.parametrize("name", ["a.b", "a_b"])
def test_collision(name):
    """Names that differ in dots and underscores only collide."""
    topics = Topics()
    topics.create("a_b" if name == "a.b" else "a.b", 1)
    with pytest.raises(Refused) as refusal:
        topics.check_free(name)
    assert refusal.value.code is ErrorCode.INVALID_TOPIC
    twin = "a_b" if name == "a.b" else "a.b"
    assert refusal.value.message == f"Topic '{name}' collides with existing topic: {twin}"


def test_a_deleted_name_is_free():
    """A name may be used again once its topic is deleted."""
    topics = Topics()
    topics.delete(topics.create("a", 1))
    topics.check_free("a")
