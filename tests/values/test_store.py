"""The values of one scenario."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path

import pytest
from hamcrest import has_length
from hypothesis import given, settings
from hypothesis import strategies as st

from evtbdd.errors import EvtbddError, PhraseError, UnknownName
from evtbdd.events import MISSING
from evtbdd.values.compare import equal
from evtbdd.values.matcher_words import MatcherWords
from evtbdd.values.store import Values

NOW = datetime(2024, 5, 1, 12, 0, 0, 5000, tzinfo=timezone.utc)


def values_in(folder: Path = Path(), environment: Mapping[str, str] | None = None) -> Values:
    ids = iter(f"id-{number}" for number in range(1, 100))
    return Values(
        folder=folder,
        environment={"HOME_PORT": "8080"} if environment is None else environment,
        now=lambda: NOW,
        fresh_id=lambda: next(ids),
        matchers=MatcherWords(installed=()),
    )


@pytest.fixture
def values() -> Values:
    made = values_in()
    made.remember("orderId", "A-1")
    made.remember("first order", {"id": "A-1", "items": [{"sku": "X", "n": 2}], "a b": None})
    made.remember("total", 20.0)
    made.remember("list", [1, {"x": True}])
    made.remember("raw", b"\x01\x02")
    return made


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("", ""),
        ("42", 42),
        ('"42"', "42"),
        ("created", "created"),
        ("${orderId}", "A-1"),
        ("${ orderId }", "A-1"),
        ("ORD-${orderId}", "ORD-A-1"),
        ("${total}", 20.0),
        ("${total} EUR", "20.0 EUR"),
        ("${first order.id}", "A-1"),
        ("${first order.items[0].sku}", "X"),
        ("${first order.items[*].n}", [2]),
        ("${first order['a b']}", None),
        ("${list[1].x}", True),
        ("${list[-1]}", {"x": True}),
        ("${raw}", b"\x01\x02"),
        ('{"id": ${orderId}, "t": "${total}", "s": "is ${total}"}',
         {"id": "A-1", "t": 20.0, "s": "is 20.0"}),
        ("[${orderId}, ${list}]", ["A-1", [1, {"x": True}]]),
        ("$${orderId}", "${orderId}"),
        ("${base64 AQ==}", b"\x01"),
        ("${now}", "2024-05-01T12:00:00.005Z"),
        ("${now + 2 days}", "2024-05-03T12:00:00.005Z"),
        ("${today}", "2024-05-01"),
        ("${today - 1 day}", "2024-04-30"),
        ("until ${today + 1 week}", "until 2024-05-08"),
        ("${uuid}", "id-1"),
        ("${uuid} ${uuid}", "id-1 id-2"),
        ("${env.HOME_PORT}", "8080"),
        ("${counter}", 1),
    ],
)  # fmt: skip
def test_a_cell_is_parsed_and_then_expanded(values: Values, cell: str, value: object) -> None:
    """A cell that is one placeholder takes its value with its kind; inside text it is text."""
    assert values.sent(cell) == value
    assert values.expected(cell) == value or "uuid" in cell


def test_text_key_and_document(values: Values) -> None:
    """The same placeholders work in the words of a step, in keys and in JSON texts."""
    assert values.text("${total}") == "20.0"
    assert values.text("orders of ${first order.id}") == "orders of A-1"
    assert values.key("${raw}") == b"\x01\x02"
    assert values.key("${total}") == "20.0"
    assert values.key("42") == "42"
    assert values.sent_document('{"id": ${orderId},\n "${orderId}": [${list}]}') == {
        "id": "A-1",
        "A-1": [[1, {"x": True}]],
    }


def test_bytes_come_from_files_beside_the_features(tmp_path: Path) -> None:
    """A relative path begins in the folder, and may hold placeholders."""
    (tmp_path / "a file.bin").write_bytes(b"\x00\xff")
    values = values_in(tmp_path)
    values.remember("name", "a file")
    assert values.sent("${bytes from a file.bin}") == b"\x00\xff"
    assert values.sent("${bytes from ${name}.bin}") == b"\x00\xff"
    with pytest.raises(PhraseError) as missing:
        values.sent("${bytes from other.bin}")
    assert str(missing.value) == (
        f"${{bytes from other.bin}} cannot be read from {tmp_path / 'other.bin'}: "
        "no such file or directory."
    )


def test_the_counter_tells_the_events_of_a_step_apart(values: Values) -> None:
    """It is the same within an event, one more for the next, and 1 again in the next step."""
    values.begin_step()
    seen = [values.sent("${counter} ${counter}")]
    values.next_event()
    seen.append(values.sent("${counter} ${counter}"))
    values.begin_step()
    seen.append(values.sent("${counter} ${counter}"))
    assert seen == ["1 1", "2 2", "1 1"]


def test_a_fresh_id_is_a_uuid_unless_said_otherwise() -> None:
    """By default `${uuid}` is a random UUID, another each time."""
    values = Values(folder=Path(), environment={}, now=lambda: NOW)
    one, other = values.text("${uuid}"), values.text("${uuid}")
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", one)
    assert one != other


def test_a_name_can_be_remembered_anew(values: Values) -> None:
    """The last value counts; what it looks like is not expanded again."""
    values.remember("orderId", "${total}")
    assert values.sent("${orderId}") == "${total}"
    assert values.sent("is ${orderId}") == "is ${total}"


def test_providers_answer_for_their_prefix(values: Values) -> None:
    """What follows the prefix is the provider's; a KeyError means that it does not know it."""
    names = {"orders": "evtbdd-1-orders", "order.url": "http://x"}
    values.provide("channel", names.__getitem__, lambda: names)
    assert values.text("to ${channel.orders}") == "to evtbdd-1-orders"
    assert values.text("${channel.order.url}") == "http://x"
    with pytest.raises(UnknownName) as unknown:
        values.text("${channel.order}")
    assert str(unknown.value) == (
        '${channel.order} is not known. Did you mean "channel.orders" or "channel.order.url"?'
    )
    assert "channel.orders" in values.names()


@pytest.mark.parametrize("prefix", ["uuid", "any", "env", "orderId", "channel", "two words", ""])
def test_a_prefix_that_is_taken_cannot_be_provided(values: Values, prefix: str) -> None:
    """Providers are wired by evtbdd itself, so a collision is a mistake in the program."""
    values.provide("channel", str, tuple)
    with pytest.raises(ValueError, match="cannot be provided"):
        values.provide(prefix, str, tuple)


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("${ordrId}", '${ordrId} is not known. Did you mean "orderId"?'),
        (
            "${frst order.id}",
            '${frst order.id} is not known. Did you mean "first order" or "orderId"?',
        ),
        ("${uid}", '${uid} is not known. Did you mean "uuid"?'),
        ("${now later}", '${now later} is not known. Did you mean "now"?'),
        ("${absnt}", '${absnt} is not known. Did you mean "absent"?'),
        (
            "${env.HOME_PRT}",
            '${env.HOME_PRT} is not known. Did you mean "HOME_PORT"?',
        ),
        (
            "${qqq}",
            '${qqq} is not known. Known: "absent", "any", "at least", "at most", "base64", '
            '"bytes from", "containing", "counter", "env", "first order", "greater than", '
            '"less than", ….',
        ),
    ],
)
def test_an_unknown_name_is_told_with_the_near_ones(
    values: Values, cell: str, message: str
) -> None:
    """Whatever could have been meant is suggested."""
    for expand in (values.sent, values.expected, values.text, values.key):
        with pytest.raises(UnknownName) as raised:
            expand(cell)
        assert str(raised.value) == message


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("${any}", "${any} only makes sense in expected data."),
        ("${any uuid}", "${any uuid} only makes sense in expected data."),
        ("a${absent}b", "${absent} only makes sense in expected data."),
        ('{"a": [${one of 1, 2}]}', "${one of 1, 2} only makes sense in expected data."),
        ("${5 ± 0.1}", "${5 ± 0.1} only makes sense in expected data."),
        ("${not same as orderId}", "${not same as orderId} only makes sense in expected data."),
        ("${}", "${} names nothing; a literal ${ is written $${."),
        (
            "${orderId",
            "The placeholder ${orderId is never closed by a }; a literal ${ is written $${.",
        ),
        ("${base64 A}", "${base64 A} is no base64: "),
        ("${bytes from}", "${bytes from} is not complete: the name of a file must follow."),
        ("a ${raw}", "${raw} stands for bytes, which cannot be a part of a text."),
        (
            "${first order.total}",
            '${first order.total} finds nothing: "first order" is '
            '{"id":"A-1","items":[{"sku":"X","n":2}],"a b":null}.',
        ),
        ("${list.@key}", '${list.@key} finds nothing: "list" is [1,{"x":true}].'),
        ("${env}", "${env} is not complete: write the name of a variable, as ${env.HOME}."),
        ("${list[0}", '"[0" is no address: a bracket is never closed.'),
        ("${today + 5 ms}", "${today + 5 ms} is a date, so it counts in whole days or weeks."),
    ],
)
def test_what_cannot_be_meant_in_sent_data_is_an_error(
    values: Values, cell: str, message: str
) -> None:
    """A placeholder that makes no sense where it stands says so."""
    with pytest.raises(PhraseError) as raised:
        values.sent(cell)
    assert str(raised.value)[: len(message)] == message
    assert message.endswith(": ") or str(raised.value) == message


def test_a_text_that_is_no_json_says_where(values: Values) -> None:
    """Line and column are those of the text as it was written."""
    for read in (values.sent_document, values.expected_document):
        with pytest.raises(PhraseError) as raised:
            read('{"id": ${orderId},\n "n" 5}')
        assert str(raised.value) == "The text is no JSON: expected ':' at line 2, column 6."


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("uuid", '"uuid" cannot be remembered: ${uuid} has a meaning already.'),
        ("any", '"any" cannot be remembered: ${any} has a meaning already.'),
        ("not paid", '"not paid" cannot be remembered: ${not} has a meaning already.'),
        ("today 2", '"today 2" cannot be remembered: ${today} has a meaning already.'),
        ("length", '"length" cannot be remembered: ${length} has a meaning already.'),
        ("run", '"run" cannot be remembered: ${run} has a meaning already.'),
        *(
            (
                name,
                f'"{name}" cannot be remembered as a name: '
                "write words of letters, digits, _ and -.",
            )
            for name in ("", "a.b", "a[0]", " a", "a  b", "a{b", "-a")
        ),
    ],
)
def test_a_remembered_name_hides_nothing(name: str, message: str) -> None:
    """Words that have a meaning, and what would not be read as a name, are refused."""
    words = MatcherWords(installed=())
    words.register("length", lambda text: has_length(int(text)))
    values = Values(folder=Path(), environment={}, now=lambda: NOW, matchers=words)
    values.provide("run", str, tuple)
    with pytest.raises(PhraseError) as raised:
        values.remember(name, 1)
    assert str(raised.value) == message


@pytest.mark.parametrize("name", ["a", "order-1", "2nd order", "größe", "notes", "one", "any_id"])
def test_names_are_words(values: Values, name: str) -> None:
    """Letters of any language, digits, _ and - make words; spaces may part them."""
    values.remember(name, [name])
    assert values.sent(f"${{{name}[0]}}") == name


@pytest.mark.parametrize(
    ("cell", "fitting", "other"),
    [
        ("${any}", None, MISSING),
        ("${any number}", 5, "5"),
        ('{"a": ${any}, "b": ["${any text}"]}', {"a": 1, "b": ["x"]}, {"b": ["x"]}),
        ("${absent}", MISSING, None),
        ("${one of created, ${orderId}}", "A-1", "A-2"),
        ('{"s": "${one of "a, b", c}"}', {"s": "a, b"}, {"s": "b"}),
        ("${one of ${any number}, null}", None, "x"),
        ("${not ${orderId}}", "B", "A-1"),
        ("${not same as first order.id}", "B", "A-1"),
        ("${same as total}", 20, "20.0"),
        ("${matching ^${orderId}-[0-9]{2}$}", "A-1-07", "A-1-7"),
        ("${containing ${orderId}}", "is A-1!", "is A-2!"),
        ("${greater than ${total}}", 21, 20),
        ("${at least ${now - 5 minutes}}", "2024-05-01T11:56:00Z", "2024-05-01T11:54:00Z"),
        ("${${total} ± 0.5}", 20.5, 20.6),
        ("${now ± 1 second}", "2024-05-01T12:00:01Z", "2024-05-01T12:00:02Z"),
        ("${length 2}", [1, 2], [1]),
    ],
)
def test_expected_data_may_hold_matchers_anywhere(
    cell: str, fitting: object, other: object
) -> None:
    """A matcher holds at the place where it stands; placeholders work within its words."""
    words = MatcherWords(installed=())
    words.register("length", lambda text: has_length(int(text)))
    values = Values(folder=Path(), environment={}, now=lambda: NOW, matchers=words)
    values.remember("orderId", "A-1")
    values.remember("first order", {"id": "A-1"})
    values.remember("total", 20.0)
    assert equal(values.expected(cell), fitting) is True
    assert equal(values.expected(cell), other) is False
    if cell.startswith("{"):
        assert equal(values.expected_document(cell), fitting) is True


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("a${any}", "${any} stands for a whole value, so it cannot be a part of a longer text."),
        (
            "${matching [}",
            "${matching [} is no regular expression: unterminated character set at position 0.",
        ),
        ("${same as ordrId}", '${ordrId} is not known. Did you mean "orderId"?'),
        ("${containing ${any}}", "${any} only makes sense in expected data."),
        (
            "${greater than total}",
            '"total" is neither a number nor a time like 2024-05-01T12:00:00Z; '
            "a remembered value is written ${total} in there.",
        ),
    ],
)
def test_what_cannot_be_meant_in_expected_data_is_an_error(
    values: Values, cell: str, message: str
) -> None:
    """Expected data is held to the same rules."""
    with pytest.raises(EvtbddError) as raised:
        values.expected(cell)
    assert str(raised.value) == message


@settings(deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8")).filter(lambda text: "${" not in text))
def test_words_without_placeholders_stay_as_they_are(text: str) -> None:
    """A text of a step that holds no `${` is left alone."""
    assert values_in().text(text) == text
    assert values_in().key(text) == text


def test_a_fresh_id_is_remembered_and_known_to_be_one() -> None:
    """By it events are known to be this scenario's."""
    values = values_in()
    values.remember_fresh("order")
    values.remember("other", "ORD-1")
    assert values.fresh_ids == [values.sent("${order}")]
    with pytest.raises(PhraseError):
        values.remember_fresh("now")
    assert len(values.fresh_ids) == 1
