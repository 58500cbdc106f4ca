"""What a scenario writes for services to read, and what it expects them to write."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from evtbdd.errors import ExpectationFailed, PhraseError, ServiceError
from evtbdd.files import expectations, writing
from evtbdd.phrases import Data
from evtbdd.phrases.data import Row, Table
from evtbdd.plan import Plan
from evtbdd.scenario import Scenario
from evtbdd.sections import SECTIONS
from evtbdd.settings.load import Settings
from evtbdd.world import World


@pytest.fixture
def scenario(tmp_path: Path) -> Iterator[Scenario]:
    """A scenario with a folder of its own."""
    settings = Settings.load(
        tmp_path, sections=SECTIONS, userdata={"evtbdd.timeout": "100 ms"}, environ={}
    )
    world = World(settings, tmp_path)
    yield world.begin(Plan(), tmp_path, "s1")
    world.close()


def below(text: str) -> Data:
    return Data(None, text, ("orders.feature", 10), "")


def path(scenario: Scenario, name: str = "out.txt") -> Path:
    return Path(scenario.services.folder()) / name


def contains(scenario: Scenario, text: str, *, in_order: bool = False) -> None:
    expectations.contains(scenario, "out.txt", below(text), None, in_order=in_order)


def test_a_file_holds_what_is_said(scenario: Scenario) -> None:
    """With a line break at its end, whatever it held before; placeholders are replaced."""
    scenario.values.remember("sku", "tea")
    for text in ("old", "sku,price\n${sku},20"):
        writing.hold(scenario, "in/out.txt", below(text))
    assert path(scenario, "in/out.txt").read_bytes() == b"sku,price\ntea,20\n"
    writing.hold(scenario, "empty.txt", below(""))
    assert path(scenario, "empty.txt").read_bytes() == b""


def test_what_is_appended(scenario: Scenario) -> None:
    """A text as it stands, so that a line can come in pieces; a line whole."""
    writing.append_line(scenario, "out.txt", below("one"))
    writing.append_text(scenario, "out.txt", below("t"))
    writing.append_text(scenario, "out.txt", below("wo\nth"))
    assert path(scenario).read_bytes() == b"one\ntwo\nth"
    with pytest.raises(PhraseError) as raised:
        writing.append_line(scenario, "out.txt", below("one\ntwo"))
    assert str(raised.value) == (
        "orders.feature:10: the step speaks of one line, and there are several below it; write "
        'When this text is appended to the file "out.txt":'
    )


def test_the_folder_goes_with_the_scenario(tmp_path: Path) -> None:
    """Nothing of it is left."""
    world = World(Settings.load(tmp_path, sections=SECTIONS, userdata={}, environ={}), tmp_path)
    scenario = world.begin(Plan(), tmp_path, "s1")
    writing.hold(scenario, "out.txt", below("x"))
    file = path(scenario)
    assert file.exists()
    world.end()
    assert not file.parent.exists()
    world.close()


@pytest.mark.parametrize("name", ["../out.txt", "in/../../out.txt"])
def test_a_path_that_climbs_out(scenario: Scenario, name: str) -> None:
    """It could only be a mistake."""
    with pytest.raises(PhraseError) as raised:
        expectations.has_lines(scenario, name, 1, None)
    assert str(raised.value) == (
        f'The path "{name}" leads out of ${{scenario.folder}}; a file elsewhere has an absolute path.'
    )


def test_a_file_elsewhere_is_looked_at_and_not_written(scenario: Scenario, tmp_path: Path) -> None:
    """evtbdd could not take back what it did there."""
    elsewhere = tmp_path / "elsewhere.txt"
    elsewhere.write_text("one\n", encoding="utf-8")
    expectations.has_lines(scenario, str(elsewhere), 1, None)
    with pytest.raises(PhraseError) as raised:
        writing.append_line(scenario, str(elsewhere), below("two"))
    assert str(raised.value) == (
        f'The file "{elsewhere}" lies outside of ${{scenario.folder}}, and evtbdd writes only there: '
        "it could not take back what it did elsewhere. Have the service look in ${scenario.folder}."
    )
    assert elsewhere.read_text(encoding="utf-8") == "one\n"


def test_lines_are_whole_and_each_is_one_of_its_own(scenario: Scenario) -> None:
    """Whatever stands between them; the line breaks of Windows too."""
    path(scenario).write_bytes(b"one\r\ntwo\none\nthree")
    contains(scenario, "three\none\none")
    contains(scenario, "one\none\nthree", in_order=True)
    with pytest.raises(ExpectationFailed) as raised:
        contains(scenario, "two\none\none\none\nthr")
    assert str(raised.value) == (
        'Expected the file "out.txt" to contain 5 lines within 100 ms\n'
        "but its 4 lines do not hold these:\n"
        '    "one"\n'
        '    "thr"\n'
        "  It holds:\n"
        '    "one"\n'
        '    "two"\n'
        '    "one"\n'
        '    "three"'
    )
    with pytest.raises(ExpectationFailed) as raised:
        contains(scenario, "two\nthree\none", in_order=True)
    assert str(raised.value).startswith(
        'Expected the file "out.txt" to contain 3 lines in order within 100 ms\n'
        "but its 4 lines do not come to this one:\n"
        '    "one"\n'
        "  It holds:\n"
    )


def test_no_file(scenario: Scenario) -> None:
    """The service did not write it, or writes another one: what is beside it is told."""
    for name in ("other.txt", "report.csv"):
        path(scenario, name).touch()
    with pytest.raises(ExpectationFailed) as raised:
        contains(scenario, "one")
    assert str(raised.value) == (
        'Expected the file "out.txt" to contain 1 line within 100 ms\n'
        f"but there is no such file ({path(scenario)}); beside it: "
        '"other.txt", "report.csv"'
    )


def test_a_line_that_comes_is_waited_for(scenario: Scenario) -> None:
    """The step ends when it is there."""
    file = path(scenario)
    writes = threading.Timer(0.1, lambda: file.write_text("one\n", encoding="utf-8"))
    writes.start()
    expectations.contains(scenario, "out.txt", below("one"), 60.0, in_order=False)
    writes.join()


def test_so_many_lines(scenario: Scenario) -> None:
    """As soon as it has them; what stands behind the last line break is a line too."""
    path(scenario).write_bytes(b"one\ntwo")
    expectations.has_lines(scenario, "out.txt", 2, None)
    path(scenario).write_bytes(b"")
    expectations.has_lines(scenario, "out.txt", 0, None)
    with pytest.raises(ExpectationFailed) as raised:
        expectations.has_lines(scenario, "out.txt", 1, None)
    assert str(raised.value) == (
        'Expected the file "out.txt" to have exactly 1 line within 100 ms\nbut it has 0 lines'
    )


def test_a_line_too_many_fails_at_once(scenario: Scenario) -> None:
    """However long is watched; with a time they may come until its end."""
    file = path(scenario)
    writes = threading.Timer(0.1, lambda: file.write_text("1\n2\n3\n", encoding="utf-8"))
    writes.start()
    with pytest.raises(ExpectationFailed) as raised:
        expectations.has_lines(scenario, "out.txt", 2, 60.0)
    writes.join()
    assert str(raised.value) == (
        'Expected the file "out.txt" to have exactly 2 lines during 1 minute\n'
        'but it has 3 lines\n  It holds:\n    "1"\n    "2"\n    "3"'
    )
    expectations.has_lines(scenario, "out.txt", 3, 0.05)
    with pytest.raises(ExpectationFailed, match="exactly 4 lines during 50 ms\nbut it has 3 lines"):
        expectations.has_lines(scenario, "out.txt", 4, 0.05)


def test_what_cannot_be_read_is_an_error(scenario: Scenario) -> None:
    """A folder of that name is no file."""
    path(scenario).mkdir()
    with pytest.raises(ServiceError, match=r"out\.txt cannot be read: Is a directory\.$"):
        contains(scenario, "one")
    with pytest.raises(ServiceError, match=r"out\.txt cannot be written: Is a directory\.$"):
        writing.hold(scenario, "out.txt", below("one"))


def test_a_table_is_no_text(scenario: Scenario) -> None:
    """Said where it stands."""
    data = Data(Table(("a",), (Row(("b",), 11),)), None, ("orders.feature", 10), "")
    for step in (
        lambda: writing.hold(scenario, "out.txt", data),
        lambda: expectations.contains(scenario, "out.txt", data, None, in_order=False),
    ):
        with pytest.raises(PhraseError) as raised:
            step()
        assert str(raised.value) == (
            'orders.feature:10: what a file holds is a text, between """, no table.'
        )


def test_no_line_is_no_question(scenario: Scenario) -> None:
    """It could only be green."""
    with pytest.raises(PhraseError, match=r"^There is no line below the step\.$"):
        contains(scenario, "")
