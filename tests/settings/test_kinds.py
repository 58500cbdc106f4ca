"""What the values of settings can be."""

from __future__ import annotations

import pytest

from evtbdd.settings import kinds


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (kinds.text, " ${a} % ", " ${a} % "),
        (kinds.yes_no, "yes", True),
        (kinds.yes_no, "Off", False),
        (kinds.duration, "500 ms", 0.5),
        (kinds.duration, "1.5 seconds", 1.5),
        (kinds.duration, "2 minutes", 120.0),
        (kinds.duration, "0 ms", 0.0),
        (kinds.patience, "1 second", 1.0),
        (kinds.whole_number, "0", 0),
        (kinds.count, "12", 12),
        (kinds.number, "1.5", 1.5),
        (kinds.choice("open", "closed"), "open", "open"),
        (kinds.words, "a 'b c' \"d\"", ("a", "b c", "d")),
        (kinds.words, "--at=${now + 2 days} '${env.A B}'", ("--at=${now + 2 days}", "${env.A B}")),
        (kinds.words, "", ()),
        (kinds.names_and_values, "\nA = 1\n\n B=x = y\nC =", {"A": "1", "B": "x = y", "C": ""}),
        (kinds.comma_list, "a, b ,c", ("a", "b", "c")),
        (kinds.comma_list, "a\nb", ("a", "b")),
        (kinds.comma_list, "", ()),
        (kinds.host_and_port, "kafka.local:9092", ("kafka.local", 9092)),
        (kinds.host_and_port, "[::1]:80", ("::1", 80)),
    ],
)
def test_a_value_of_a_kind(kind, text, value) -> None:
    """A text of its kind becomes its value."""
    assert kind(text) == value


@pytest.mark.parametrize(
    ("kind", "text", "clause"),
    [
        (kinds.yes_no, "maybe", '"maybe" is neither yes nor no'),
        (kinds.duration, "5", '"5" is not a time such as 500 ms, 1.5 seconds or 2 minutes'),
        (
            kinds.duration,
            "5 hours",
            '"5 hours" is not a time such as 500 ms, 1.5 seconds or 2 minutes',
        ),
        (kinds.patience, "0 seconds", '"0 seconds": a time must be more than zero'),
        (kinds.whole_number, "-1", '"-1" is not a whole number'),
        (kinds.count, "0", '"0" is not 1 or more'),
        (kinds.number, "1e3", '"1e3" is not a number'),
        (kinds.choice("open", "closed"), "Open", '"Open" is not open or closed'),
        (kinds.words, "a 'b", '"a \'b" cannot be split into words: no closing quotation'),
        (kinds.names_and_values, "A", '"A" is not a line NAME = value'),
        (kinds.names_and_values, "A = 1\nA = 2", '"A" has a value twice'),
        (kinds.comma_list, "a,,b", '"a,,b" has nothing between two commas'),
        (kinds.comma_list, "a, b, a", '"a" stands there twice'),
        (kinds.host_and_port, "host", '"host" is not an address HOST:PORT'),
        (kinds.host_and_port, "host:70000", '"host:70000" is not an address HOST:PORT'),
    ],
)
def test_a_text_that_is_not_of_its_kind(kind, text, clause) -> None:
    """A text that is not of the kind is refused with a clause that quotes it."""
    with pytest.raises(ValueError) as raised:
        kind(text)
    assert str(raised.value) == clause
