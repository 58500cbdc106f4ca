"""Files: what services read and write."""

from __future__ import annotations

from evtbdd.files import expectations, writing
from evtbdd.phrases import Data, step
from evtbdd.scenario import Scenario

SECTION = "Databases and files"


@step(
    'the file "{path}" holds:',
    section=SECTION,
    keyword="Given",
    act=True,
    example='the file "prices.csv" holds:\n  """\n  sku,price\n  A-1,20\n  """',
)
def file_holds(scenario: Scenario, *, path: str, data: Data) -> None:
    """The text, whatever was there before; a path begins in ${scenario.folder}."""
    writing.hold(scenario, path, data)


@step(
    'this text is appended to the file "{path}":',
    section=SECTION,
    act=True,
    example='this text is appended to the file "prices.csv":\n  """\n  A-2,\n  """',
)
def text_is_appended(scenario: Scenario, *, path: str, data: Data) -> None:
    """As it stands, without a line break at its end."""
    writing.append_text(scenario, path, data)


@step(
    'this line is appended to the file "{path}":',
    section=SECTION,
    act=True,
    example='this line is appended to the file "prices.csv":\n  """\n  A-2,30\n  """',
)
def line_is_appended(scenario: Scenario, *, path: str, data: Data) -> None:
    """One line, with its line break."""
    writing.append_line(scenario, path, data)


@step(
    'the file "{path}" contains these lines [{in_order=in order}] [within {within:Duration}]:',
    section=SECTION,
    example='the file "report.csv" contains these lines:\n  """\n  ORD-1,shipped\n  """',
)
def file_contains(
    scenario: Scenario, *, path: str, in_order: bool, within: float | None, data: Data
) -> None:
    """Whole lines, each one of its own; in order, with whatever stands between them."""
    expectations.contains(scenario, path, data, within, in_order=in_order)


@step(
    'the file "{path}" has exactly {number:Number} line[s] [during {during:Duration}]',
    section=SECTION,
    example='the file "report.csv" has exactly 2 lines during 2 seconds',
)
def file_has_lines(scenario: Scenario, *, path: str, number: int, during: float | None) -> None:
    """So many, as soon as it has them; with a time, none more until that is over."""
    expectations.has_lines(scenario, path, number, during)
