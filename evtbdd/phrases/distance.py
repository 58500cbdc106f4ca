"""How far a step is from a way to say a phrase: edit distance over words, made for slips of people."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from evtbdd.phrases.kinds import QUOTED

_WORD = re.compile(
    rf"""(?P<quoted>"{QUOTED.regex}")
      | (?P<time>[0-9]+(?:\.[0-9]+)?[ ](?:ms|seconds?|minutes?)\b)
      | (?P<almost_time>[0-9]+(?:[.,][0-9]+)?[ ]?(?:m|ms|msecs?|s|secs?|seconds?|mins?|minutes?)\b)
      | (?P<number>[0-9]+\b)
      | (?P<word>\w[\w'-]*)
      | (?P<sign>\S)""",
    re.VERBOSE,
)
_MISSING, _SIGN, _SLIP, _VALUE_SLIP, _OTHER, _FIRST = 1.0, 0.4, 0.4, 0.6, 1.2, 0.6


class Word(NamedTuple):
    """A word of a step or a phrase: the kind of a value or the word itself, how it reads, where."""

    key: str
    text: str
    start: int = -1

    @property
    def value(self) -> bool:
        """Whether it is a value, not a word of the phrase."""
        return self.key[0] == "<" and len(self.key) > 1


class Path(NamedTuple):
    """The cheapest way to a point of a phrase: its cost, and the words of the phrase so far."""

    cost: float
    words: tuple[Word, ...]

    def then(self, cost: float, *words: Word) -> Path:
        """The way on from here."""
        return Path(self.cost + cost, self.words + words)


def words_of(text: str) -> list[Word]:
    """The words of a step; a quoted text, a number and a time are one word each."""
    words = []
    for found in _WORD.finditer(text):
        kind = found.lastgroup or ""
        key = found[0] if kind in ("word", "sign") else f"<{kind}>"
        words.append(Word(key, found[0], found.start()))
    return words


def start(said: Sequence[Word]) -> list[Path]:
    """The row before the first word of a phrase: place n has left out the first n said words."""
    row = [Path(0.0, ())]
    for place, word in enumerate(said):
        row.append(row[-1].then(_price(word) + (0 if place else _FIRST)))
    return row


def along(row: Sequence[Path], words: Sequence[Word], said: Sequence[Word]) -> list[Path]:
    """What a row of paths becomes by some words of a phrase; place n has used n said words.

    To miss the first word costs more: no, a, every, exactly say what a sentence is about.
    """
    current = list(row)
    for word in words:
        before = current
        first = 0.0 if before[0].words else _FIRST
        current = [before[0].then(_price(word) + first, word)]
        for place, spoken in enumerate(said, 1):
            cost, meant = _read(spoken, word)
            cost += first if place == 1 and cost > _VALUE_SLIP else 0.0
            paths = [
                before[place - 1].then(cost, meant),
                before[place].then(_price(word) + first, word),
                current[-1].then(_price(spoken)),
            ]
            if place > 1 and said[place - 2].key + spoken.key == word.key:  # "with in"
                paths.append(before[place - 2].then(_SLIP, word))
            current.append(min(paths, key=lambda path: path.cost))
    return current


def _price(word: Word) -> float:
    """What it costs to leave a word out, or to have one more: little for a sign, as the colon."""
    return _SIGN if len(word.key) == 1 and not word.key.isalnum() else _MISSING


def _read(said: Word, meant: Word) -> tuple[float, Word]:
    """What it costs to read one word as another, and what was meant, with the said value if any."""
    if not meant.value:
        return _exchange(said.key, meant.key), meant
    if said.key == meant.key:
        return 0.0, meant._replace(text=said.text)
    if meant.key == "<quoted>":
        if said.key == "<number>" or said.text[0].isalpha():
            return _VALUE_SLIP, meant._replace(text=f'"{said.text}"')
    elif meant.key == "<number>":
        if said.key == "<quoted>" and said.text.strip('"').isdecimal():
            return _VALUE_SLIP, meant._replace(text=said.text.strip('"'))
    elif said.key in ("<number>", "<almost_time>"):
        return _SLIP, meant._replace(text=_time(said.text))
    return _OTHER, meant


def _time(text: str) -> str:
    """A time as it is written, of `5`, `5s`, `5 sec`, `1,5 min`."""
    number = re.match("[0-9.,]+", text)
    digits = number[0] if number else ""
    unit = text[len(digits) :].strip() or "s"
    whole = "ms" if unit.startswith("ms") else "minutes" if unit.startswith("m") else "seconds"
    return f"{digits.replace(',', '.')} {whole}"


@functools.lru_cache(maxsize=20_000)
def _exchange(said: str, meant: str) -> float:
    """What it costs to read a word as another one: little for a slip of the pen."""
    if said == meant:
        return 0.0
    if said.lower() == meant.lower():
        return 0.3
    alike = SequenceMatcher(None, said, meant).ratio() >= 0.75 and min(len(said), len(meant)) > 2
    return _SLIP if alike and said[0] != "<" else _OTHER
