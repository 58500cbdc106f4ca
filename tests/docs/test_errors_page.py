"""docs/errors.md: what it quotes is what evtbdd says, and nothing that people meet is left out.

Where a sentence was changed on purpose, `make docs` puts it into the page; the tables, which hold
only parts of sentences, are mended by hand.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack

import pytest
from brokers.secured import Secured
from docs.examples import Example, alike, examples, said
from docs.page import ROOT, Page, anchor, codes
from docs.stages import NEED_SECURED
from docs.templates import HOLE, literals, raised, returned, templates

from evtbdd import errors
from evtbdd.brokers.kafka.errors import TABLE
from evtbdd.brokers.kafka.probe import PLAIN_THERE, TLS_THERE

PAGE = Page(ROOT / "docs" / "errors.md")
EXAMPLES = examples(PAGE)
SECURED = [each for each in EXAMPLES if each.stage.split()[0] in NEED_SECURED]
OPEN = [each for each in EXAMPLES if each not in SECURED]
QUOTING = (
    "notes",
    "ready",
    "started",
    "services",
    "connections",
    "local",
    "kafka",
    "shared",
    "settings",
    "web",
)
KAFKA = "evtbdd/brokers/kafka"
REACHING = (KAFKA, "evtbdd/brokers/handshake.py", "evtbdd/brokers/certificates.py")


def name(example: Example) -> str:
    return f"{example.stage}: {example.said[:50]}"


@pytest.fixture(scope="module")
def stack() -> Iterator[ExitStack]:
    """What the stages have opened."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture(scope="module")
def in_the_open(
    stack: ExitStack, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[Example, str]:
    """What evtbdd says of the examples that need nothing but Python."""
    return said(OPEN, tmp_path_factory.mktemp("open"), (stack, None))


@pytest.fixture(scope="module")
def behind_passwords(
    stack: ExitStack, secured: Secured, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[Example, str]:
    """What it says of those that need a Kafka with users."""
    return said(SECURED, tmp_path_factory.mktemp("secured"), (stack, secured))


@pytest.mark.parametrize("example", OPEN, ids=name)
def test_what_is_quoted_is_said(example: Example, in_the_open: Mapping[Example, str]) -> None:
    """A block holds, to the letter, what a run of the project above it prints."""
    assert alike(example.said) == alike(in_the_open[example])


@pytest.mark.parametrize("example", SECURED, ids=name)
def test_what_is_quoted_of_a_broker_with_users_is_said(
    example: Example, behind_passwords: Mapping[Example, str]
) -> None:
    """The same, where a Kafka with users must be there."""
    assert alike(example.said) == alike(behind_passwords[example])


def pattern(code: str) -> re.Pattern[str]:
    """What stands in backquotes, with … for anything."""
    return re.compile(".*".join(map(re.escape, code.split(HOLE))), re.DOTALL)


@pytest.mark.parametrize("table", QUOTING)
def test_what_a_table_quotes_stands_in_the_code(table: str) -> None:
    """The parts of sentences in the first column are those of some sentence of evtbdd."""
    quoted = [code for row in PAGE.table(table) for code in codes(row[0])]
    assert quoted
    unknown = [c for c in quoted if not any(map(pattern(c).fullmatch, templates()))]
    assert unknown == []


def test_every_diagnosis_of_a_connection_is_explained() -> None:
    """Whatever keeps evtbdd from a broker has its row."""
    causes = {PLAIN_THERE, TLS_THERE}
    for place in REACHING:
        causes |= raised({"Unreached", "NoTls", "Closed"}, place)
        causes |= returned({"_cause", "untrusted", "refused"}, place)
    assert len(causes) > 20
    rows = [pattern(code) for row in PAGE.table("connections") for code in codes(row[0])]
    assert {each for each in causes if not any(row.fullmatch(each) for row in rows)} == set()


def test_every_reason_of_a_refusal_is_explained() -> None:
    """Whatever Kafka answers instead of doing what it was asked has its row, and nothing else has."""
    explained = [code for row in PAGE.table("kafka") for code in codes(row[0])]
    assert sorted(explained) == sorted({reason for _, _, reason in TABLE})


def test_every_reason_why_a_claim_is_unproven_is_shown() -> None:
    """Each as an example of its own."""
    shown = "\n".join(each.said for each in EXAMPLES if each.said.startswith("Unproven: "))
    reasons = raised({"Unproven"})
    assert len(reasons) >= 7
    assert {each for each in reasons if not all(part in shown for part in literals(each))} == set()


def test_whatever_keeps_a_service_from_running_is_shown() -> None:
    """As an example, or in the table."""
    shown = [pattern(code) for row in PAGE.table("services") for code in codes(row[0])]
    text = "\n".join(each.said for each in EXAMPLES)
    for sentence in raised({"ServiceError"}, "evtbdd/services"):
        in_table = any(each.fullmatch(sentence) for each in shown)
        assert in_table or all(part in text for part in literals(sentence)), sentence


def test_every_class_is_explained() -> None:
    """With its place among the others."""
    kinds = [kind for _, kind in inspect.getmembers(errors, inspect.isclass)]
    expected = {(kind.__name__, kind.__bases__[0].__name__) for kind in kinds}
    assert {tuple(codes(cell)[0] for cell in row[:2]) for row in PAGE.table("classes")} == expected


def sections() -> Mapping[Example, str]:
    """The anchor of the section in which each example stands."""
    found = {}
    heads = [(each.line, anchor(each.text)) for each in PAGE.pieces() if each.kind == "heading"]
    wide = {anchor(line[3:]) for line in PAGE.text.split("\n") if line.startswith("## ")}
    for example in EXAMPLES:
        found[example] = [at for line, at in heads if line < example.line and at in wide][-1]
    return found


@pytest.mark.parametrize("example", EXAMPLES, ids=name)
def test_the_first_words_lead_to_the_section(example: Example) -> None:
    """Of the rows that fit, the one that says most is the right one."""
    rows = {c.rstrip(HOLE): row[-1] for row in PAGE.table("first words") for c in codes(row[0])}
    fitting = [
        words
        for line in example.said.replace("HOOK-ERROR in before_scenario: ", "").split("\n")
        for words in rows
        if line.startswith(words)
    ]
    assert rows[max(fitting, key=len)].endswith(f"(#{sections()[example]})")
