"""The sections of evtbdd in a file of settings, with the line of everything."""

from __future__ import annotations

import configparser
import re
from dataclasses import dataclass
from pathlib import Path

from evtbdd.words import quoted


@dataclass(frozen=True, slots=True)
class Line:
    """A key of a section and its value, or (key "") the heading of a section; `place` is for people."""

    section: str
    key: str
    value: str
    place: str


@dataclass(frozen=True, slots=True)
class File:
    """What a file holds: its lines in order, and what is wrong with it as a file."""

    lines: tuple[Line, ...]
    mistakes: tuple[str, ...]


def read(path: Path) -> File:
    """The sections `evtbdd` and `evtbdd:…` of an ini file without interpolation.

    What stands in other sections is not even parsed: it need not be readable to us. A file that is
    not there is empty.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return File((), ())
    except (OSError, UnicodeDecodeError) as error:
        return File((), (f"{path.name} cannot be read: {error}",))
    ours = [""] * len(text.splitlines())
    inside = False
    for number, line in enumerate(text.splitlines()):
        if heading := re.match(r"\[\s*(.*?)\s*(?:\]|$)", line):
            inside = re.match(r"evtbdd($|\W)", heading[1]) is not None
        ours[number] = line if inside else ""
    return _parsed(path.name, ours)


def _parsed(name: str, lines: list[str]) -> File:
    parser = configparser.RawConfigParser(strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    try:
        parser.read_string("\n".join(lines))
    except configparser.DuplicateSectionError as error:
        return File((), (f"{name} line {error.lineno}: [{error.section}] stands there twice.",))
    except configparser.DuplicateOptionError as error:
        what = f"[{error.section}] has {quoted(error.option)} twice."
        return File((), (f"{name} line {error.lineno}: {what}",))
    except configparser.MissingSectionHeaderError as error:
        what = f"{quoted(error.line.strip())} is no heading such as [evtbdd:KIND:NAME]."
        return File((), (f"{name} line {error.lineno}: {what}",))
    except configparser.ParsingError as error:
        wrong = "is neither a section nor KEY = value."
        each = ((at, lines[at - 1].split()[0]) for at, _ in error.errors)  # the rest may be secret
        return File((), tuple(f"{name} line {at}: {quoted(word)} {wrong}" for at, word in each))
    found: dict[tuple[str, str], Line] = {}
    for indented in (False, True):  # a line that is indented continues a value, unless it cannot
        section = ""
        for number, line in enumerate(lines, 1):
            heading, option = parser.SECTCRE.match(line), parser.OPTCRE.match(line)
            key = option["option"].strip() if option else ""
            if heading:
                section = heading["header"]
            elif not key or line[0].isspace() != indented or not parser.has_option(section, key):
                continue
            value = "" if heading else parser.get(section, key)
            here = Line(section, "" if heading else key, value, f"{name} line {number}")
            found.setdefault((section, here.key), here)
    return File(tuple(found.values()), ())
