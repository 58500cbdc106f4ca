"""What came out, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from textwrap import indent

from soak.rounds import Judgement


class Tally:
    """Counts judgements by broker; those that are wrong are printed whole as they come."""

    def __init__(self) -> None:
        self._all: Counter[tuple[str, str]] = Counter()
        self._wrong: Counter[tuple[str, str]] = Counter()

    def add(self, broker: str, number: int, judgement: Judgement) -> None:
        """Count one, of that round."""
        kind = judgement.what.partition(":")[0]
        self._all[broker, kind] += 1
        if judgement.wrong is not None:
            self._wrong[broker, judgement.what] += 1
            print(f"WRONG on {broker}, round {number}: {judgement.what}")
            print(indent(judgement.wrong, "    "), flush=True)

    @property
    def clean(self) -> bool:
        """Whether something was judged, and nothing was wrong."""
        return bool(self._all) and not self._wrong

    def lines(self) -> Iterator[str]:
        """The summary: what is right of how many, then each thing that was wrong, and how often."""
        for (broker, kind), number in sorted(self._all.items()):
            wrong = sum(
                count
                for (where, what), count in self._wrong.items()
                if where == broker and what.partition(":")[0] == kind
            )
            yield f"{broker:<10} {kind:<14} {number - wrong} of {number} right"
        for (broker, what), number in self._wrong.most_common():
            yield f"{broker:<10} {what}: wrong {number} times"
