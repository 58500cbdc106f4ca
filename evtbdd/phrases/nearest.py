"""What a step that is no phrase may have been meant for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import takewhile

from evtbdd.phrases.catalogue import Registered
from evtbdd.phrases.distance import Path, Word, along, start, words_of
from evtbdd.phrases.pattern import Items, Value
from evtbdd.phrases.spelling import placeholder, ways

_KINDS = {"Quoted": "quoted", "Duration": "time", "Number": "number"}
_LONGEST = 60  # words of a step that are looked at
_REORDERED = 1.0  # the cost of all the right words in another order


@dataclass(frozen=True, slots=True)
class Nearest:
    """A phrase that a step may have been meant for.

    `cost` is 0 for a fit and grows by about 1 a word; `spelling` says the phrase with the step's
    own values, as far as it has them. `position` is the character of the step where the two part,
    `said` the word there, `meant` the phrase's; each is empty at the end. `reordered` says that the
    words are the phrase's, in another order.
    """

    entry: Registered
    cost: float
    spelling: str
    position: int
    said: str
    meant: str
    reordered: bool


def nearest(step: str, phrases: Iterable[Registered], count: int = 1) -> list[Nearest]:
    """The phrases that come nearest to the text of a step, without its keyword; best first."""
    said = words_of(step)[:_LONGEST]
    found = sorted((_compare(step, said, entry) for entry in phrases), key=lambda each: each.cost)
    return found[:count]


def explain(step: str, phrases: Iterable[Registered], keyword: str = "") -> str:
    """The nearest phrase to an undefined step, in a few lines for its author.

    `keyword` is what stands before the step; without it that of the phrase is printed.
    """
    best = next(iter(nearest(step, phrases)), None)
    before = keyword or (best.entry.keyword if best else "")
    lines = [f"No phrase fits:  {before} {step}"]
    if best is None or best.cost > max(1.5, 0.5 * min(len(words_of(step)), _LONGEST)):
        return "\n".join([*lines, "nearest:         none comes near"])
    here = best.said or "the end"
    if best.reordered:
        why = "its clauses come in another order"
    elif best.meant:
        why = f"the phrase has: {'a colon' if best.meant == ':' else best.meant}"
    else:
        why = "the phrase ends here"
    lines.append(f"nearest:         {best.entry.printed}")
    lines.append(f"they part at:    {here} ({why})")
    lines.append(f"so perhaps:      {before} {best.spelling}")
    return "\n".join(lines)


def _compare(step: str, said: Sequence[Word], entry: Registered) -> Nearest:
    parts = _parts(entry)
    row = start(said)
    for alternatives in parts:
        rows = [along(row, words, said) for words in alternatives]
        row = [min(paths, key=lambda path: path.cost) for paths in zip(*rows, strict=True)]
    best, reordered = row[-1], False
    if best.cost > _REORDERED and (words := _reordered(said, parts)):
        best, reordered = Path(_REORDERED, words), True
    keys = zip(said, best.words, strict=False)
    shorter = min(len(said), len(best.words))
    at = next((place for place, (a, b) in enumerate(keys) if a.key != b.key), shorter)
    return Nearest(
        entry,
        best.cost,
        re.sub(r" (?=[:,])", "", " ".join(word.text for word in best.words)),
        said[at].start if at < len(said) else len(step),
        said[at].text if at < len(said) else "",
        _shown(best.words[at]) if at < len(best.words) else "",
        reordered,
    )


def _shown(word: Word) -> str:
    """A word of the phrase; of a value, which kind is meant, whatever was said for it."""
    kinds = {
        "<quoted>": "a text in quotes",
        "<number>": "a number",
        "<time>": "a time with its unit",
    }
    return kinds[word.key] if word.value else word.text


def _parts(entry: Registered) -> list[list[tuple[Word, ...]]]:
    """For each part of a phrase that spaces set apart, the words that it can be."""
    parts: list[Items] = []
    for item in entry.phrase.items:
        if item.spaced or not parts:
            parts.append((item,))
        else:
            parts[-1] += (item,)
    return [_spoken(part, entry) for part in parts]


def _spoken(part: Items, entry: Registered) -> list[tuple[Word, ...]]:
    values: dict[str, Word] = {}

    def mark(value: Value) -> str:
        shown = entry.names.get(value.name) or placeholder(value)
        kind = _KINDS[value.kind.name]
        key = f"\x00{len(values)}\x00"
        values[key] = Word(f"<{kind}>", f'"{shown}"' if kind == "quoted" else shown)
        return key

    pieces = (re.split("(\x00[0-9]+\x00)", text) for text in dict.fromkeys(ways(part, mark)))
    return [
        tuple(
            w for piece in split for w in ([values[piece]] if piece in values else words_of(piece))
        )
        for split in pieces
    ]


def _reordered(said: Sequence[Word], parts: list[list[tuple[Word, ...]]]) -> tuple[Word, ...]:
    """The phrase's words with the step's values, where the step has just these, but elsewhere."""
    keys = sorted(word.key for word in said)
    for words in _spellings(parts):
        if sorted(word.key for word in words) == keys:
            return tuple(_moved(words, said))
    return ()


def _moved(words: Sequence[Word], said: Sequence[Word]) -> Iterator[Word]:
    """The phrase's words, each value taken from where the most words before it are the same."""
    left = [place for place, word in enumerate(said) if word.value]
    for at, word in enumerate(words):
        if word.value:
            fitting = (place for place in left if said[place].key == word.key)
            best = max(fitting, key=partial(_common, said, words[:at]))
            left.remove(best)
            yield word._replace(text=said[best].text)
        else:
            yield word


def _common(said: Sequence[Word], before: Sequence[Word], place: int) -> int:
    """How many of the words just before a place in a step are those of `before`, from its end."""
    pairs = zip(reversed(said[:place]), reversed(before), strict=False)
    return len(list(takewhile(lambda pair: pair[0].key == pair[1].key, pairs)))


def _spellings(parts: list[list[tuple[Word, ...]]]) -> list[tuple[Word, ...]]:
    whole: list[tuple[Word, ...]] = [()]
    for alternatives in parts:
        whole = [words + more for words in whole for more in alternatives]
    return whole
